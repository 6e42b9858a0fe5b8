import type { WebhookEvent } from './generated/types.js';

export type { WebhookEvent };

/** Seconds that the clocks of the server and of the receiver may differ, unless told otherwise. */
const TOLERANCE_SECONDS = 300;

/**
 * Why a request is not to be trusted: it lacks a header, was not signed with this secret, or was signed too long ago
 * or in the future (a repetition by somebody else, or a wrong clock). `secret`: it is not one; `payload`: what is
 * signed is no event, so the server is of another release.
 */
export class WebhookVerificationError extends Error {
  override name = 'WebhookVerificationError';
  readonly reason: 'headers' | 'signature' | 'timestamp' | 'secret' | 'payload';

  constructor(reason: WebhookVerificationError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Headers as `fetch` and edge runtimes have them, or as Node does. */
export type WebhookHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** An event and the id of its delivery, which is the same when it is sent again. */
export type VerifiedWebhook = WebhookEvent & { id: string };

/**
 * Checks that a request was sent by the server, and gives what it tells.
 * @param payload the body as it arrived: JSON that was parsed and written again has another signature
 * @param secret what was shown when the webhook was made, `whsec_...`
 * @throws WebhookVerificationError; answer with a status other than 2xx then
 * @example
 * const { id, type, data } = await verifyWebhook(await request.text(), request.headers, secret);
 * if (type === 'article.published') console.log(id, data.url);
 * @see https://www.standardwebhooks.com
 */
export async function verifyWebhook(
  payload: string | Uint8Array,
  headers: WebhookHeaders,
  secret: string,
  { toleranceSeconds = TOLERANCE_SECONDS }: { toleranceSeconds?: number } = {},
): Promise<VerifiedWebhook> {
  const id = headerOf(headers, 'webhook-id');
  const timestamp = headerOf(headers, 'webhook-timestamp');
  const signatures = headerOf(headers, 'webhook-signature');
  const key = await keyOf(secret);
  const body = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
  const head = new TextEncoder().encode(`${id}.${timestamp}.`);
  const signed = new Uint8Array(head.length + body.length);
  signed.set(head);
  signed.set(body, head.length);
  if (!(await isSignedBy(key, signed, signatures))) {
    throw new WebhookVerificationError('signature', 'No signature is of this secret and body');
  }
  // After the signature: of a request that is not signed nothing is said.
  const ageSeconds = Math.abs(Date.now() / 1000 - Number(timestamp));
  if (!/^\d+$/.test(timestamp) || ageSeconds > toleranceSeconds) {
    throw new WebhookVerificationError('timestamp', 'It was signed too long ago, or in the future');
  }
  return { ...eventOf(body), id };
}

function headerOf(headers: WebhookHeaders, name: string): string {
  const value =
    typeof headers.get === 'function'
      ? headers.get(name)
      : (headers as Exclude<WebhookHeaders, { get: unknown }>)[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new WebhookVerificationError('headers', `The header ${name} is missing`);
}

async function keyOf(secret: string): Promise<CryptoKey> {
  const bytes = bytesOf(secret.replace(/^whsec_/, ''));
  if (!bytes || bytes.length === 0) {
    throw new WebhookVerificationError('secret', 'The secret is not one of a webhook: whsec_...');
  }
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  return crypto.subtle.importKey('raw', bytes, algorithm, false, ['verify']);
}

/** There are several while a secret is replaced. They are compared in a time that tells nothing. */
async function isSignedBy(
  key: CryptoKey,
  signed: Uint8Array<ArrayBuffer>,
  signatures: string,
): Promise<boolean> {
  for (const part of signatures.split(' ')) {
    const [version, text = ''] = part.split(',');
    const signature = version === 'v1' ? bytesOf(text) : null;
    if (signature && (await crypto.subtle.verify('HMAC', key, signature, signed))) return true;
  }
  return false;
}

/** Of base64; null when it is not. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

function eventOf(body: Uint8Array): WebhookEvent {
  try {
    const event = JSON.parse(new TextDecoder().decode(body));
    // Signed by the server, whose words are not doubted; new types are minor changes.
    if (typeof event.type === 'string') return event;
  } catch {
    // Said below.
  }
  throw new WebhookVerificationError('payload', 'What is signed is not an event');
}
