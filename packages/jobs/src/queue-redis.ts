import { Redis } from 'ioredis';

/** Above this share of its memory a queue Redis gets no more jobs: full, it would stop its workers. */
const FULL_AT = 0.6;
const ASK_EVERY_MS = 2_000;

/** A connection for sending: it fails at once instead of waiting. */
export function connectSender(url: string): Redis {
  return new Redis(url, {
    commandTimeout: 2_000,
    connectTimeout: 2_000,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    retryStrategy: (attempt) => Math.min(attempt * 200, 5_000),
  });
}

/** Resolves when a new connection is made, or has failed for the first time. */
export function firstContact(redis: Redis): Promise<void> {
  return new Promise((resolve) => {
    redis.once('ready', resolve);
    redis.once('error', () => resolve());
    redis.once('close', resolve);
  });
}

/** A connection for workers: it waits for Redis as long as it takes. */
export function connectWorker(url: string): Redis {
  return new Redis(url, {
    connectTimeout: 2_000,
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(attempt * 200, 5_000),
  });
}

function field(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim();
}

/**
 * What a Redis that holds jobs does when its memory is full.
 * @returns null when it refuses (`noeviction`), as it must; else the policy by which it drops jobs.
 */
export async function evictionPolicy(redis: Redis): Promise<string | null> {
  const policy = field(await redis.info('memory'), 'maxmemory_policy');
  return policy === 'noeviction' ? null : (policy ?? 'unknown');
}

/** Whether a queue Redis has room for more jobs. */
export interface QueueMemory {
  isFull(): Promise<boolean>;
}

/** Reads the memory of a Redis at most every two seconds. */
export function watchMemory(redis: Redis): QueueMemory {
  let isFull = false;
  let nextAt = 0;
  return {
    async isFull() {
      const now = performance.now();
      if (now < nextAt) return isFull;
      const info = await redis.info('memory');
      const most = Number(field(info, 'maxmemory') ?? 0);
      isFull = most > 0 && Number(field(info, 'used_memory') ?? 0) / most > FULL_AT;
      nextAt = now + ASK_EVERY_MS;
      return isFull;
    },
  };
}
