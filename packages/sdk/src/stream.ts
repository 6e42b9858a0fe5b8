import { property } from './answers.js';
import type { EventStream, RequestOptions } from './runtime-types.js';
import {
  backOffMs,
  type Call,
  isPassing,
  isStaleToken,
  type TransportOptions,
} from './transport.js';
import { sleep, within } from './waits.js';

/** A procedure that answers bit by bit. `isResumed`: its input says in `after` where it goes on. */
export interface StreamProcedure {
  type: 'query' | 'mutation';
  path: string;
  isOnce: boolean;
  isResumed: boolean;
}

/**
 * The parts of a streaming procedure. Nothing is sent before the first is asked for. A line that breaks is opened again
 * where the text had come to; leaving the loop ends the request.
 */
export async function* stream(
  { call, options }: { call: Call; options: Pick<TransportOptions, 'timeoutMs' | 'maxRetries'> },
  { isResumed, ...procedure }: StreamProcedure,
  input: object | undefined,
  request: RequestOptions = {},
): EventStream<unknown> {
  const { signal, timeoutMs = options.timeoutMs, maxRetries = options.maxRetries } = request;
  let params: object = { ...input };
  for (let failures = 0; ; ) {
    const line = new AbortController();
    const ended = signal ? AbortSignal.any([signal, line.signal]) : line.signal;
    let isOpen = false;
    try {
      const opened = await call({ ...procedure, isStream: true }, params, {
        ...request,
        signal: ended,
      });
      isOpen = true;
      const events = (opened as AsyncIterable<unknown>)[Symbol.asyncIterator]();
      for (;;) {
        const { done, value } = await within(timeoutMs, signal, () => events.next());
        if (done) return;
        failures = 0;
        if (isResumed) params = { ...params, after: positionAfter(params, value) };
        yield value;
      }
    } catch (error) {
      // What could not be opened has been tried again already.
      const isWorth = isOpen && isResumed && (isPassing(error, false) || isStaleToken(error));
      if (!isWorth || failures >= maxRetries) throw error;
      await sleep(backOffMs(failures), signal);
      failures += 1;
    } finally {
      line.abort();
    }
  }
}

/** Where the event says that it goes on; else, UTF-16 units of text that have come. */
function positionAfter(params: object, event: unknown): string | number {
  const position = property(event, 'position');
  if (typeof position === 'string') return position;
  const text = property(event, 'text');
  return Number(property(params, 'after') ?? 0) + (typeof text === 'string' ? text.length : 0);
}
