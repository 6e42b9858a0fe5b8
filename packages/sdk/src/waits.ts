import { AbortError, TimeoutError } from './errors.js';

/**
 * Ends `work` with the caller's signal or after `timeoutMs`, also where it does not heed the signal.
 * @throws AbortError, TimeoutError
 */
export async function within<T>(
  timeoutMs: number,
  caller: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (caller?.aborted) throw aborted();
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = caller ? AbortSignal.any([caller, timeout]) : timeout;
  let end = () => {};
  try {
    return await new Promise<T>((resolve, reject) => {
      end = () => reject(signal.reason);
      signal.addEventListener('abort', end, { once: true });
      work(signal).then(resolve, reject);
    });
  } catch (error) {
    if (caller?.aborted) throw aborted(error);
    if (timeout.aborted) {
      throw new TimeoutError(`No answer within ${timeoutMs} ms`, { cause: error });
    }
    throw error;
  } finally {
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
