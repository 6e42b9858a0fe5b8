import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '@ainotebook/api';

/**
 * Lets work that keeps the processor busy run one piece at a time, with a turn for everybody else
 * between two pieces.
 * @param maxQueued beyond so many, new work is refused
 */
export function createGate(maxQueued: number) {
  let last: Promise<unknown> = Promise.resolve();
  let queued = 0;
  /** @throws AppError unavailable */
  return async <T>(work: () => T): Promise<T> => {
    if (queued >= maxQueued) {
      throw new AppError('unavailable', 'The server is busy; try again shortly', {
        retryAfterMs: 1000,
      });
    }
    queued += 1;
    const mine = last.then(() => nextTurn()).then(work);
    last = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      queued -= 1;
    }
  };
}
