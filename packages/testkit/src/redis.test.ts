import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { describeWithRedis, testRedisUrl } from './index.js';

describeWithRedis('the Redis of a test run', (url) => {
  it('is empty and not persistent', async () => {
    expect(url).toBe(testRedisUrl());
    const redis = new Redis(url);
    expect(await redis.dbsize()).toBe(0);
    await redis.set('left', 'over');
    expect(await redis.get('left')).toBe('over');
    redis.disconnect();
  });
});
