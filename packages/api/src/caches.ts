import {
  type Cache,
  type CacheOptions,
  type ChangeFeed,
  createCache,
  createIdFilter,
  type IdFilter,
} from '@ainotebook/cache';
import type { Db } from '@ainotebook/db';
import { apiKeyClass } from './api-keys/api-key-access.js';
import { sessionClass, userClass } from './auth/access-cache.js';
import { listClass, profileClass, tagsClass } from './publications/list-cache.js';
import { articleClass, pageClass, slugClass } from './publications/page-cache.js';
import { createSlugFilter } from './publications/slug-filter.js';
import { scopeClass } from './scopes.js';

/** Everything that is read through the cache. */
const CLASSES = [
  sessionClass,
  userClass,
  apiKeyClass,
  scopeClass,
  slugClass,
  pageClass,
  articleClass,
  profileClass,
  listClass,
  tagsClass,
];

/** A reply waits so long for the caches at most; two seconds later they know in any case. */
const SETTLE_MS = 500;

/** The cache of a process, as the rules read it. */
export interface Caches {
  cache: Cache;
  /** Which addresses under `/p/` were never given; all may have been until its owner has it built. */
  slugFilter: IdFilter;
  /** Resolves when the caches of this process know of everything committed until now, or soon after. */
  settleCaches: () => Promise<void>;
}

/** The cache of this process over `feed`, which its owner starts. */
export function createCaches(options: Omit<CacheOptions, 'classes'> & { db: Db }): Caches {
  const { db, ...rest } = options;
  return {
    cache: createCache({ ...rest, classes: CLASSES }),
    slugFilter: createSlugFilter({ feed: rest.feed, db }),
    settleCaches: settler(rest.feed),
  };
}

/** Reads everything from Postgres: for commands, tests and tools. */
export function noCaches(): Caches {
  const feed: ChangeFeed = { subscribe: () => () => undefined, nudge: () => undefined };
  const cache = createCache({ classes: CLASSES, feed, maxLoads: Number.POSITIVE_INFINITY });
  const slugFilter = createIdFilter({
    feed,
    prefix: 'slug',
    count: async () => 0,
    load: async function* () {},
  });
  return { cache, slugFilter, settleCaches: async () => undefined };
}

/** Waits for the first poll that began after the call. */
function settler(feed: ChangeFeed): () => Promise<void> {
  const waiting = new Set<{ since: number; resolve: () => void }>();
  feed.subscribe({
    onChanges: () => undefined,
    onProof(issuedAtMs) {
      for (const one of waiting) if (one.since <= issuedAtMs) one.resolve();
    },
  });
  return () =>
    new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        waiting.delete(one);
        resolve();
      };
      const one = { since: performance.now(), resolve: done };
      const timer = setTimeout(done, SETTLE_MS);
      waiting.add(one);
      feed.nudge();
    });
}
