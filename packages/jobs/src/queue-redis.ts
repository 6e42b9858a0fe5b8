import { once } from 'node:events';
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
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    retryStrategy: (attempt) => Math.min(attempt * 200, 5_000),
  });
}

/** Resolves when the first attempt to connect has ended well or badly, whoever began it: BullMQ may have. */
export async function firstContact(redis: Redis): Promise<void> {
  if (redis.status === 'ready') return;
  const ended = Promise.race([once(redis, 'ready'), once(redis, 'close')]);
  if (redis.status === 'wait') redis.connect().catch(() => undefined);
  await ended.catch(() => undefined);
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

/** A Redis that would drop jobs when it is full. */
export class EvictingQueueError extends Error {
  override name = 'EvictingQueueError';
}

/**
 * Refuses a Redis that evicts: it would lose jobs in silence.
 * @throws EvictingQueueError
 */
function refuseEviction(info: string): void {
  const policy = field(info, 'maxmemory_policy');
  if (policy === 'noeviction') return;
  throw new EvictingQueueError(
    `The Redis that holds jobs has maxmemory-policy ${policy} and would lose some; ` +
      'put "maxmemory-policy noeviction" into its redis.conf, or name another in REDIS_QUEUE_URL.',
  );
}

/** The Redis that holds jobs, asked at most every two seconds. */
export interface QueueMemory {
  /** @throws EvictingQueueError, or what Redis says when it cannot be asked. */
  isFull(): Promise<boolean>;
}

export function watchMemory(redis: Redis): QueueMemory {
  let isFull = false;
  let nextAt = 0;
  return {
    async isFull() {
      const now = performance.now();
      if (now < nextAt) return isFull;
      const info = await redis.info('memory');
      refuseEviction(info);
      const most = Number(field(info, 'maxmemory') ?? 0);
      isFull = most > 0 && Number(field(info, 'used_memory') ?? 0) / most > FULL_AT;
      nextAt = now + ASK_EVERY_MS;
      return isFull;
    },
  };
}
