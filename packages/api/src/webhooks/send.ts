import type { WebhookFailure } from '@ainotebook/contract';
import { type Egress, EgressError } from '@ainotebook/egress';

/** From the name asked to the end of what is read of the answer. */
const TIMEOUT_MS = 15_000;
/** Characters of an answer that are kept. */
const KEPT_CHARACTERS = 1_000;

/** What came of an attempt; `failure` is null where it arrived. */
export interface Attempt {
  failure: WebhookFailure | null;
  responseStatus: number | null;
  responseBody: string | null;
  latencyMs: number;
}

/** Sends a body; a redirect is no success, since it could lead anywhere. @throws the reason of `signal` */
export async function send(
  egress: Pick<Egress, 'fetch'>,
  { url, headers, body }: { url: string; headers: Record<string, string>; body: string },
  signal: AbortSignal,
): Promise<Attempt> {
  const startedAt = performance.now();
  const latencyMs = () => Math.round(performance.now() - startedAt);
  try {
    const response = await egress.fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
      // Only its beginning is read.
      maxBytes: Number.POSITIVE_INFINITY,
      timeoutMs: TIMEOUT_MS,
      signal,
    });
    const { status } = response;
    const isSuccess = status >= 200 && status < 300;
    return {
      failure: isSuccess ? null : 'status',
      responseStatus: status,
      latencyMs: latencyMs(),
      responseBody: await beginningOf(response.body),
    };
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    return {
      failure: error.kind === 'refused' || error.kind === 'timeout' ? error.kind : 'unreachable',
      responseStatus: null,
      responseBody: null,
      latencyMs: latencyMs(),
    };
  }
}

/** What an answer begins with, as far as it comes. */
async function beginningOf(body: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = '';
  try {
    while (text.length < KEPT_CHARACTERS) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    // The status has arrived, which is what counts.
    if (!(error instanceof EgressError)) throw error;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  // What Postgres cannot keep, no page shows either.
  return text.slice(0, KEPT_CHARACTERS).replaceAll('\0', '').toWellFormed();
}
