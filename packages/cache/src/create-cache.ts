import { Cache } from './cache.js';
import type { CacheClass } from './cache-class.js';
import type { ChangeFeed } from './feed.js';
import { RedisStore, type StoreLog } from './redis-store.js';

export interface CacheOptions {
  /** All kinds of values that will be asked for. */
  classes: readonly CacheClass<unknown>[];
  feed: ChangeFeed;
  /** How many loads may run at once: some less than the pool has connections. */
  maxLoads: number;
  /** Without Redis each process caches for itself, with the same promise. */
  redis?:
    | {
        url: string;
        /** Release or schema version: two of them share no values. */
        release: string;
        /** 100 */
        commandTimeoutMs?: number;
      }
    | undefined;
  /** Values in this process; 20,000. */
  maxEntries?: number;
  /** Estimated size of the values in this process; 64 MiB. */
  maxBytes?: number;
  /** A value whose JSON is longer is not kept; 1 MiB. */
  maxValueBytes?: number;
  /** How long a load may wait for a place; 500. */
  loadWaitMs?: number;
  log?: StoreLog;
}

/**
 * A cache in two levels, this process and Redis, before Postgres.
 *
 * A value is never older than two seconds, in any process, and never goes back in time within one, as
 * long as Postgres answers. Redis may fail, hang, forget or evict: that costs time only.
 */
export function createCache(options: CacheOptions): Cache {
  const { redis, log, ...rest } = options;
  if (!redis) return new Cache(rest);
  const store = new RedisStore({
    url: redis.url,
    prefix: `ainotebook:${redis.release}:`,
    commandTimeoutMs: redis.commandTimeoutMs ?? 100,
    log,
    onHint: (change) => cache.hear(change),
  });
  const cache = new Cache({ ...rest, store });
  return cache;
}
