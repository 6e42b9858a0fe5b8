import type { Egress } from '@ainotebook/egress';

/** An answer is text; more than this is none. */
const MAX_BYTES = 64 * 2 ** 20;

/**
 * A `fetch` for providers whose address somebody else than the operator has set: by the one guarded fetch. What that
 * refuses looks like what cannot be reached.
 * @param options.timeoutMs longest whole answer
 */
export function fetchThrough(
  egress: Pick<Egress, 'fetch'>,
  { timeoutMs }: { timeoutMs: number },
): typeof fetch {
  return async (input, init) => {
    const { method, headers, body, signal } = init ?? {};
    if (typeof body !== 'string') throw new TypeError('only text is sent to a provider');
    const response = await egress
      .fetch(String(input), {
        method: method === 'GET' ? 'GET' : 'POST',
        headers: Object.fromEntries(new Headers(headers)),
        body,
        maxBytes: MAX_BYTES,
        timeoutMs,
        ...(signal ? { signal } : {}),
      })
      .catch((error: unknown) => {
        signal?.throwIfAborted();
        // What the platform's own fetch throws for every fault of a connection.
        throw new TypeError('fetch failed', { cause: error });
      });
    const { status, headers: sent } = response;
    return new Response(asPlatform(response.body, signal), { status, headers: sent });
  };
}

/** Breaks as a body of the platform's own fetch does. */
function asPlatform(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal | null | undefined,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        const isLeft = signal?.aborted ?? false;
        controller.error(isLeft ? error : new TypeError('terminated', { cause: error }));
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
