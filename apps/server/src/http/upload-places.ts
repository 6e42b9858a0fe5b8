import { AppError } from '@ainotebook/api';

/** Lets an upload be received, when there is a place for it. @throws AppError unavailable */
export type InTurn = <Result>(userId: string, take: () => Promise<Result>) => Promise<Result>;

/**
 * Places for what one process receives at the same time.
 * @param most of all people together
 * @param ofOne of one person, whose slow uploads would else keep everybody out
 */
export function createUploadPlaces({ most, ofOne }: { most: number; ofOne: number }): InTurn {
  const taken = new Map<string, number>();
  let all = 0;
  return async (userId, take) => {
    const own = taken.get(userId) ?? 0;
    if (all >= most || own >= ofOne) {
      throw new AppError('unavailable', 'The server is busy; try again shortly', {
        retryAfterMs: 2000,
      });
    }
    all += 1;
    taken.set(userId, own + 1);
    try {
      return await take();
    } finally {
      all -= 1;
      const left = (taken.get(userId) ?? 1) - 1;
      if (left > 0) taken.set(userId, left);
      else taken.delete(userId);
    }
  };
}
