import { createHmac, randomBytes } from 'node:crypto';

/** What a new secret is derived from. */
export const newSalt = () => randomBytes(18).toString('base64url');

/**
 * The secret of a webhook, in the form of Standard Webhooks. Derived, since signing needs it and a stolen table
 * must not have it.
 */
export function secretOf(serverSecret: string, salt: string): string {
  return `whsec_${keyOf(serverSecret, salt).toString('base64')}`;
}

const keyOf = (serverSecret: string, salt: string) =>
  createHmac('sha256', serverSecret).update(`webhook:${salt}`).digest();

/**
 * The headers that prove where a delivery is from, one signature for each secret that is good.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signatureHeaders(
  serverSecret: string,
  salts: readonly string[],
  { id, body }: { id: string; body: string },
): Record<string, string> {
  const timestamp = Math.floor(Date.now() / 1000);
  const signatures = salts.map((salt) =>
    createHmac('sha256', keyOf(serverSecret, salt))
      .update(`${id}.${timestamp}.${body}`)
      .digest('base64'),
  );
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.map((signature) => `v1,${signature}`).join(' '),
  };
}
