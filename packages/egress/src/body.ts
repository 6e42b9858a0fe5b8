import { EgressError } from './egress-error.js';

/** The body as it comes, cut with `too_large` after `maxBytes`; its failures are put into words by `explain`. */
export function limitedBody(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
  explain: (error: unknown) => unknown,
): ReadableStream<Uint8Array> {
  const reader = body?.getReader();
  let bytes = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const chunk = await reader?.read();
          if (!chunk || chunk.done) return controller.close();
          bytes += chunk.value.byteLength;
          if (bytes > maxBytes) throw new EgressError('too_large');
          controller.enqueue(chunk.value);
        } catch (error) {
          controller.error(explain(error));
          // The other end may go on sending for ever.
          await reader?.cancel().catch(() => undefined);
        }
      },
      cancel: (reason) => reader?.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
