import { type Cache, type CacheOptions, type ChangeFeed, createCache } from '@ainotebook/cache';
import { sessionClass, userClass } from './auth/access-cache.js';
import { listClass, profileClass, tagsClass } from './publications/list-cache.js';
import { articleClass, pageClass, slugClass } from './publications/page-cache.js';
import { scopeClass } from './scopes.js';

/** Everything that is read through the cache. */
const CLASSES = [
  sessionClass,
  userClass,
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
  /** Resolves when the caches of this process know of everything committed until now, or soon after. */
  settleCaches: () => Promise<void>;
}

/** The cache of this process over `feed`, which its owner starts. */
export function createCaches(options: Omit<CacheOptions, 'classes'>): Caches {
  return {
    cache: createCache({ ...options, classes: CLASSES }),
    settleCaches: settler(options.feed),
  };
}

/** Reads everything from Postgres: for commands, tests and tools. */
export function noCaches(): Caches {
  const feed: ChangeFeed = { subscribe: () => () => undefined, nudge: () => undefined };
  const cache = createCache({ classes: CLASSES, feed, maxLoads: Number.POSITIVE_INFINITY });
  return { cache, settleCaches: async () => undefined };
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
