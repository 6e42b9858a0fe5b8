import { AbortError, TimeoutError } from './errors.js';

/** A longer one would ring at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Ends `work` with the caller's signal or after `timeoutMs`, also where it does not heed the signal. The signal it is
 * given outlives it where what it answers is still to be read, and is the caller's alone by then.
 * @throws AbortError, TimeoutError
 */
export async function within<T>(
  timeoutMs: number,
  caller: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (caller?.aborted) throw aborted();
  // Not `AbortSignal.timeout`, which would still end what `work` has opened.
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), Math.min(timeoutMs, LONGEST_TIMER_MS));
  const signal = caller ? AbortSignal.any([caller, late.signal]) : late.signal;
  let end = () => {};
  try {
    return await new Promise<T>((resolve, reject) => {
      end = () => reject(signal.reason);
      signal.addEventListener('abort', end, { once: true });
      work(signal).then(resolve, reject);
    });
  } catch (error) {
    if (caller?.aborted) throw aborted(error);
    if (late.signal.aborted) {
      throw new TimeoutError(`No answer within ${timeoutMs} ms`, { cause: error });
    }
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}

/** @throws AbortError */
export function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(aborted());
      return;
    }
    const abort = () => {
      clearTimeout(timer);
      reject(aborted());
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', abort, { once: true });
  });
}

function aborted(cause?: unknown): AbortError {
  return new AbortError('The call was aborted', cause === undefined ? undefined : { cause });
}
