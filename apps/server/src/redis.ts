import { Redis } from 'ioredis';
import type { Logger } from './logger.js';

const RECONNECT_MAX_MS = 5000;

/**
 * A Redis client that fails at once instead of waiting: Redis is a copy and a convenience, and no
 * request may hang on it. Connects in the background for as long as it takes.
 * @param options.without what is done while it does not answer, for the log
 */
export function connectRedis(
  url: string,
  { log, without }: { log: Logger; without: string },
): Redis {
  const redis = new Redis(url, {
    commandTimeout: 100,
    connectTimeout: 2000,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    lazyConnect: true,
    retryStrategy: (attempt) => Math.min(attempt * 200, RECONNECT_MAX_MS),
  });
  // Told once per outage: the client reports every attempt.
  let isDown = false;
  redis.on('error', (error) => {
    if (!isDown) log.warn(`Redis does not answer; ${without}`, { err: error });
    isDown = true;
  });
  redis.on('ready', () => {
    if (isDown) log.info('Redis answers again');
    isDown = false;
  });
  // The failure is told by the listener above, and the client goes on trying.
  redis.connect().catch(() => undefined);
  return redis;
}
