import { Redis } from 'ioredis';
import { beforeAll, describe, inject, it } from 'vitest';
import { findRedisServer } from './find-programs.js';
import { keeperUrl, startRedis } from './private-redis.js';
import { makeRunFolder, removeRunFolder } from './run-folder.js';

const REASON = 'no Redis: set TEST_REDIS_URL or put redis-server on PATH';
const DATABASES = 16;

/** The address of this worker's own Redis database, or undefined when there is no Redis to test with. */
export function testRedisUrl(): string | undefined {
  const server = inject('testRedisUrl');
  if (!server) return undefined;
  const url = new URL(server);
  url.pathname = `/${Number(process.env.VITEST_POOL_ID ?? 0) % DATABASES}`;
  return url.href;
}

/**
 * A `describe` whose tests get the address of an emptied Redis database. Without Redis it is skipped by
 * name with the reason; in CI it fails instead, since there nothing may be skipped unseen.
 */
export function describeWithRedis(name: string, tests: (url: string) => void): void {
  const url = testRedisUrl();
  if (url) {
    describe(name, () => {
      beforeAll(() => emptyDatabase(url));
      tests(url);
    });
    return;
  }
  describe(name, () => {
    if (!process.env.CI) it.skip(`skipped, ${REASON}`, () => undefined);
    else {
      it('runs against Redis in CI', () => {
        throw new Error(REASON);
      });
    }
  });
}

/** A Redis of its own, for a test that configures it or takes it away. @throws without `redis-server` on PATH */
export async function startOwnRedis(): Promise<{ url: string; stop(): Promise<void> }> {
  const program = findRedisServer();
  if (!program) throw new Error('redis-server is not on PATH');
  const folder = makeRunFolder();
  const redis = await startRedis(program, folder);
  return {
    url: redis.url,
    stop: async () => {
      await redis.stop();
      removeRunFolder(folder);
    },
  };
}

async function emptyDatabase(url: string): Promise<void> {
  const redis = new Redis(keeperUrl(url), { maxRetriesPerRequest: 1 });
  try {
    await redis.flushdb();
  } finally {
    redis.disconnect();
  }
}
