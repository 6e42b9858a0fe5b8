import { randomUUID } from 'node:crypto';
import { describeWithRedis, keeperUrl } from '@ainotebook/testkit';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { JobEvent } from './events.js';
import { defineJob, handleJob, type JobHandler } from './job.js';
import { createQueueDelivery, workerOptions } from './queue-delivery.js';
import type { QueueSettings } from './queues.js';
import { gate, jobsFixture, until } from './test-support.js';

interface Start {
  handlers: readonly JobHandler[];
  queues?: QueueSettings[];
  onEvent: (event: JobEvent) => void;
}

const jobs = jobsFixture();
const payload = z.object({ n: z.number() });
const note = defineJob({ topic: 'note', payload, backoffMs: 20, leaseMs: 5_000 });

// What every delivery promises is in conformance.test.ts.
describeWithRedis('the delivery by BullMQ', (redisUrl) => {
  const make = (start: Start, options: { prefix?: string } = {}) =>
    createQueueDelivery({
      db: jobs.db(),
      redisUrl,
      hasWorkers: true,
      pollMs: 10,
      handoverMs: 500,
      prefix: randomUUID(),
      ...options,
      ...start,
    });

  it('gives BullMQ the attempts, back-off, priority, concurrency and limiter of the job', async () => {
    const article = defineJob({
      topic: 'process-article',
      payload,
      queue: 'article-processing',
      attempts: 3,
      backoffMs: 2_000,
    });
    const settings: QueueSettings = {
      name: 'article-processing',
      concurrency: 10,
      limiter: { max: 100, durationMs: 60_000 },
    };
    const delivery = createQueueDelivery({
      db: jobs.db(),
      redisUrl,
      hasWorkers: false,
      pollMs: 10,
      prefix: randomUUID(),
      handlers: [handleJob(article, async () => undefined)],
      queues: [settings],
    });
    const id = await jobs.add(article, { n: 1 }, { priority: 1 });
    delivery.start();
    await delivery.check();
    const [queue] = delivery.queues;
    await until(async () => (await queue?.getJobCountByTypes('prioritized')) === 1);
    const job = await queue?.getJob(id);
    await delivery.stop({ deadlineMs: 100 });
    expect(queue?.name).toBe('article-processing');
    expect(job?.name).toBe('process-article');
    expect(job?.opts).toMatchObject({
      attempts: 3,
      backoff: { type: 'exponential', delay: 2_000 },
      priority: 1,
    });
    expect(job?.data).toEqual({ outboxId: id });
    expect(workerOptions(settings)).toMatchObject({
      concurrency: 10,
      limiter: { max: 100, duration: 60_000 },
    });
    expect(workerOptions(settings).maxStalledCount).toBeGreaterThanOrEqual(5);
  });

  it('sends again what a wiped Redis has lost', async () => {
    const started = gate();
    const finish = gate();
    let runs = 0;
    const delivery = make({
      handlers: [
        handleJob(note, async (_, { n }) => {
          runs += 1;
          if (n === 0) {
            started.open();
            await finish.opened;
          }
        }),
      ],
      queues: [{ name: 'background', concurrency: 1, limiter: null }],
      onEvent: () => undefined,
    });
    delivery.start();
    const ids = [];
    for (let n = 0; n < 20; n++) ids.push(await jobs.add(note, { n }));
    await started.opened;
    const redis = new Redis(keeperUrl(redisUrl));
    await redis.flushdb();
    redis.disconnect();
    finish.open();
    await until(async () => (await jobs.rows()).every((row) => row.doneAt !== null));
    await delivery.stop({ deadlineMs: 2_000 });
    expect(runs).toBe(20);
  });

  it('keeps rows in Postgres beyond the depth of the queue', async () => {
    const finish = gate();
    const delivery = createQueueDelivery({
      db: jobs.db(),
      redisUrl,
      hasWorkers: true,
      pollMs: 10,
      depth: 3,
      prefix: randomUUID(),
      handlers: [handleJob(note, () => finish.opened)],
      queues: [{ name: 'background', concurrency: 1, limiter: null }],
    });
    for (let n = 0; n < 12; n++) await jobs.add(note, { n });
    delivery.start();
    await delivery.check();
    const [queue] = delivery.queues;
    const inQueue = () => queue?.getJobCountByTypes('waiting', 'prioritized', 'active', 'delayed');
    await until(async () => (await inQueue()) === 3);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await inQueue()).toBe(3);
    finish.open();
    await until(async () => (await jobs.rows()).every((row) => row.doneAt !== null));
    await delivery.stop({ deadlineMs: 2_000 });
  });

  it('refuses a Redis that evicts, and says which line to change', async () => {
    const redis = new Redis(keeperUrl(redisUrl));
    const events: JobEvent[] = [];
    const start = {
      handlers: [handleJob(note, async () => undefined)],
      onEvent: (event: JobEvent) => void events.push(event),
    };
    const [fine, refused] = [make(start), make(start)];
    const id = await jobs.add(note, { n: 1 });
    try {
      await fine.check();
      await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
      await expect(refused.check()).rejects.toThrow('maxmemory-policy noeviction');
      refused.start();
      await until(() => events.length > 0);
      expect(events).toMatchObject([{ type: 'poll-failed' }]);
      expect(await jobs.row(id)).toMatchObject({ attempt: 0, doneAt: null });
    } finally {
      await redis.config('SET', 'maxmemory-policy', 'noeviction');
      redis.disconnect();
    }
    await until(async () => (await jobs.row(id)).doneAt !== null);
    await Promise.all([fine, refused].map((delivery) => delivery.stop({ deadlineMs: 1_000 })));
  });

  it('loses nothing and starts again when Redis was away', async () => {
    const events: JobEvent[] = [];
    const nowhere = createQueueDelivery({
      db: jobs.db(),
      redisUrl: 'redis://127.0.0.1:1',
      hasWorkers: true,
      pollMs: 10,
      handlers: [handleJob(note, async () => undefined)],
      onEvent: (event) => events.push(event),
    });
    const id = await jobs.add(note, { n: 1 });
    nowhere.start();
    await until(() => events.some((event) => event.type === 'poll-failed'));
    await nowhere.stop({ deadlineMs: 100 });
    expect(await jobs.row(id)).toMatchObject({ attempt: 0, doneAt: null });
    const delivery = make({
      handlers: [handleJob(note, async () => undefined)],
      onEvent: () => undefined,
    });
    delivery.start();
    await until(async () => (await jobs.row(id)).doneAt !== null);
    await delivery.stop({ deadlineMs: 2_000 });
  });
});
