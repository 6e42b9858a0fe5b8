// The caches that bench/cache.mjs compares, each as its documentation sets it up for several processes, behind one
// interface: `get` reads through, `forget` is what a writer calls after its commit.
import { createChangeFeed, createDb } from '@ainotebook/db';
import { createKeyv as createKeyvRedis } from '@keyv/redis';
import { RedisMessageProvider } from '@qified/redis';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisBusDriver, redisDriver } from 'bentocache/drivers/redis';
import { createCache as createCacheManager } from 'cache-manager';
import { Cacheable, createKeyv } from 'cacheable';
import { Redis } from 'ioredis';
import { cacheClass, createCache } from '../packages/cache/dist/index.js';

const ENTRIES = 50_000;
/** A rival tells of a lost connection by events; what that costs is what is measured. */
const ignore = () => undefined;

/**
 * @typedef {{ ver: string, title: string, content: string }} Value
 * @typedef {{
 *   redisUrl: string,
 *   databaseUrl: string,
 *   ttlMs: number,
 *   load: (key: string) => Promise<Value>,
 * }} Given `ttlMs`: life of a value, in the process and in Redis
 * @typedef {{ get(key: string): Promise<Value>, forget(key: string, ver: string): Promise<unknown> }} Contender
 * @type {Record<string, (given: Given) => Promise<Contender> | Contender>}
 */
export const CONTENDERS = {
  ours,
  bentocache: bento,
  cacheable,
  'cache-manager': cacheManager,
};

async function ours({ redisUrl, databaseUrl, ttlMs, load }) {
  const { pool } = createDb(databaseUrl, { max: 2, min: 0 });
  const feed = createChangeFeed(pool, { onError: ignore });
  const notes = cacheClass('article', { ttlMs, localTtlMs: ttlMs, isStrict: true });
  const cache = createCache({
    classes: [notes],
    feed,
    maxLoads: 16,
    redis: { url: redisUrl, release: 'bench' },
    maxEntries: ENTRIES,
    maxBytes: 1 << 30,
  });
  const proven = new Promise((resolve) => {
    feed.subscribe({ onChanges: ignore, onProof: resolve });
  });
  feed.start();
  await proven;
  return {
    get: (key) =>
      cache.get(notes, key, async () => {
        const value = await load(key);
        return { ver: BigInt(value.ver), value };
      }),
    forget: async (key, ver) =>
      cache.apply([{ key: notes.key(key), ver: BigInt(ver), deleted: false }]),
  };
}

/**
 * Two levels and a bus over Redis (its "multi-tier" setup). `serialize: false`, which would spare its memory the JSON,
 * does not go with a second level: a value that came from Redis cannot be read a second time (1.6.1).
 */
function bento({ redisUrl, ttlMs, load }) {
  const [connection, bus] = [new Redis(redisUrl), new Redis(redisUrl)];
  for (const redis of [connection, bus]) redis.on('error', ignore);
  const cache = new BentoCache({
    default: 'notes',
    ttl: ttlMs,
    stores: {
      notes: bentostore()
        .useL1Layer(memoryDriver({ maxItems: ENTRIES }))
        .useL2Layer(redisDriver({ connection }))
        .useBus(redisBusDriver({ connection: bus, retryQueue: { enabled: true } })),
    },
  });
  return {
    get: (key) => cache.getOrSet({ key, factory: () => load(key) }),
    forget: (key) => cache.delete({ key }),
  };
}

/**
 * A secondary store in Redis, and CacheableSync over its pub/sub. Nobody listens to the errors of the provider's
 * connections, so that a cut one ends the process (@qified/redis 0.10.1); here somebody does, in its private parts.
 */
function cacheable({ redisUrl, ttlMs, load }) {
  const secondary = createKeyvRedis(redisUrl, { namespace: 'cacheable' });
  secondary.ttl = ttlMs;
  const provider = new RedisMessageProvider({ uri: redisUrl });
  for (const connection of [provider.pub, provider.sub]) connection.on('error', ignore);
  const cache = new Cacheable({
    primary: createKeyv({ ttl: ttlMs, lruSize: ENTRIES }),
    secondary,
    ttl: ttlMs,
    sync: { qified: provider },
  });
  cache.on('error', ignore);
  secondary.on('error', ignore);
  return {
    get: (key) => cache.getOrSet(key, () => load(key)),
    forget: (key) => cache.delete(key),
  };
}

/** Two stores; it has no bus. */
function cacheManager({ redisUrl, ttlMs, load }) {
  const redis = createKeyvRedis(redisUrl, { namespace: 'cache-manager' });
  redis.on('error', ignore);
  const cache = createCacheManager({
    stores: [createKeyv({ ttl: ttlMs, lruSize: ENTRIES }), redis],
    ttl: ttlMs,
  });
  return {
    get: (key) => cache.wrap(key, () => load(key)),
    forget: (key) => cache.del(key),
  };
}
