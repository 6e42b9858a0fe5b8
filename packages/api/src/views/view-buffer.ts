import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { ViewHit } from './views.service.js';

/** Hits that wait at most, some 10 MB of Redis; what comes then is counted at once. */
const MAX_WAITING = 100_000;
/** Hits of one transaction. */
const PART = 5_000;

/** Takes a hit unless too many wait. */
const PUSH = `
if redis.call('llen', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('rpush', KEYS[1], ARGV[1])
return 1`;

/** Gives what waits a name of its own, under which it no longer changes. Returns all that have one. */
const NAME = `
if redis.call('exists', KEYS[1]) == 1 then
  redis.call('rename', KEYS[1], KEYS[2] .. ':' .. ARGV[1])
  redis.call('sadd', KEYS[2], ARGV[1])
end
return redis.call('smembers', KEYS[2])`;

/** Hits of which Postgres has not heard yet, on their way by Redis. */
export interface ViewBuffer {
  /** @returns false when Redis did not take it: it must be counted otherwise */
  push(hit: ViewHit): Promise<boolean>;
  /**
   * Hands everything that waits to `count`, and what a process that died had taken. A part may come
   * again, from here or elsewhere, always under the same `batchId` and `part`.
   * @returns how many hits were handed over
   * @throws what Redis or `count` throws; what was not counted waits for the next call
   */
  flush(count: CountPart): Promise<number>;
  close(): void;
}

export type CountPart = (
  part: { batchId: string; part: number },
  hits: readonly ViewHit[],
) => Promise<unknown>;

/**
 * @param options.redis must not evict and must fail instead of wait: no offline queue, a command time-out
 * @param options.isFull whether Redis has no room to spare; throws when it may not hold anything
 */
export function createViewBuffer(options: {
  redis: Redis;
  isFull: () => Promise<boolean>;
  /** Of all keys; tests that share a Redis have one each. */
  prefix?: string;
}): ViewBuffer {
  const { redis, isFull, prefix = 'ainotebook:views' } = options;
  const [waiting, batches] = [`${prefix}:waiting`, `${prefix}:batches`];

  async function flushBatch(batchId: string, count: CountPart): Promise<number> {
    const key = `${batches}:${batchId}`;
    let total = 0;
    for (let part = 0; ; part += 1) {
      const stored = await redis.lrange(key, part * PART, (part + 1) * PART - 1);
      if (stored.length > 0) await count({ batchId, part }, stored.map(toHit));
      total += stored.length;
      if (stored.length < PART) break;
    }
    await redis.multi().del(key).srem(batches, batchId).exec();
    return total;
  }

  return {
    async push({ articleId, day, readerKey }) {
      try {
        if (await isFull()) return false;
        const stored = JSON.stringify([articleId, day, readerKey]);
        return (await redis.eval(PUSH, 1, waiting, stored, MAX_WAITING)) === 1;
      } catch {
        // The connection tells its outages; the caller counts the hit. If Redis took it after all, it is
        // the same reader of the same day.
        return false;
      }
    },
    async flush(count) {
      // The script returns the members of a set.
      const ids = (await redis.eval(NAME, 2, waiting, batches, randomUUID())) as string[];
      let total = 0;
      for (const id of ids) total += await flushBatch(id, count);
      return total;
    },
    close: () => redis.disconnect(),
  };
}

function toHit(stored: string): ViewHit {
  // Written by `push` above.
  const [articleId, day, readerKey] = JSON.parse(stored) as [string, string, string];
  return { articleId, day, readerKey };
}
