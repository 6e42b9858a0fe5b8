import { Redis } from 'ioredis';
import type { Settings } from '../env.js';
import { queueRedisUrl } from '../jobs.js';
import { type CheckName, type Finding, findingsOf, reasonOf } from './finding.js';

const OLDEST_MAJOR = 7;
const FULL_AT = 0.9;

/** What INFO tells; the shipped rights forbid CONFIG. */
async function readInfo(url: string): Promise<Map<string, string>> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 3_000,
    commandTimeout: 3_000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // The failed command tells.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    const lines = (await redis.info()).split('\r\n');
    return new Map(lines.map((line) => line.split(':', 2) as [string, string]));
  } finally {
    redis.disconnect();
  }
}

/** The Redis of the cache, which shall forget, and that of the jobs, which must not. */
export async function checkRedis(settings: Settings): Promise<Finding[]> {
  const { REDIS_URL } = settings.env;
  const queueUrl = queueRedisUrl(settings);
  const isShared = queueUrl === REDIS_URL;
  const cache = REDIS_URL
    ? checkRole('redis-cache', REDIS_URL, { isCache: !isShared })
    : [offFinding('redis-cache', 'Each process caches for itself (REDIS_URL is not set).')];
  const queue = queueUrl
    ? checkRole('redis-queue', queueUrl, { isCache: false })
    : [offFinding('redis-queue', 'Servers do the jobs themselves (REDIS_QUEUE_URL is not set).')];
  return [...(await cache), ...(await queue)];
}

const offFinding = (check: CheckName, says: string): Finding => ({ check, status: 'off', says });

async function checkRole(
  check: 'redis-cache' | 'redis-queue',
  url: string,
  { isCache }: { isCache: boolean },
): Promise<Finding[]> {
  const { found, ok, warn, fail } = findingsOf(check);
  const { host } = new URL(url);
  let info: Map<string, string>;
  try {
    info = await readInfo(url);
  } catch (error) {
    fail(
      `Redis at ${host} cannot be used: ${reasonOf(error)}`,
      'Start it, or correct its address.',
    );
    return found;
  }
  const version = info.get('redis_version') ?? '0';
  if (Number.parseInt(version, 10) < OLDEST_MAJOR) {
    fail(`Redis ${version} is too old.`, `Move to ${OLDEST_MAJOR} or newer.`);
  } else ok(`Redis ${version} at ${host} answers.`);
  const policy = info.get('maxmemory_policy') ?? '';
  const most = Number(info.get('maxmemory') ?? 0);
  if (isCache) {
    if (policy === 'noeviction') {
      warn('It forgets nothing and will be full.', 'Set maxmemory-policy allkeys-lru.');
    }
  } else if (check === 'redis-queue') {
    if (policy !== 'noeviction') {
      fail(
        `It holds jobs and may drop them (maxmemory-policy ${policy}); until then they wait in PostgreSQL.`,
        'Set maxmemory-policy noeviction, or name another Redis in REDIS_QUEUE_URL.',
      );
    }
    if (info.get('aof_enabled') === '0') {
      warn(
        'It keeps no append-only file: a restart loses views of the last minute, and jobs are sent again.',
        'Set appendonly yes.',
      );
    }
  }
  if (most === 0) warn('It may take all the memory of the machine.', 'Set maxmemory 256mb.');
  else if (policy === 'noeviction' && Number(info.get('used_memory') ?? 0) > FULL_AT * most) {
    fail('It is nearly full.', 'Raise maxmemory.');
  }
  return found;
}
