import { randomUUID } from 'node:crypto';
import { describeWithRedis, keeperUrl, startOwnRedis } from '@ainotebook/testkit';
import { sql } from 'drizzle-orm';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import type { JobDelivery } from './dispatcher.js';
import type { JobEvent } from './events.js';
import { defineJob, handleJob, type JobHandler } from './job.js';
import { countJobs } from './progress.js';
import { createQueueDelivery, type QueueDeliveryOptions } from './queue-delivery.js';
import { gate, jobsFixture, until } from './test-support.js';

const jobs = jobsFixture();
const payload = z.object({ n: z.number() });
const note = defineJob({ topic: 'note', payload, backoffMs: 20, leaseMs: 5_000 });
/** Longer than any test. */
const AN_HOUR = 3_600_000;

describeWithRedis('the delivery by BullMQ, when something fails', (redisUrl) => {
  let prefix = '';
  const open: JobDelivery[] = [];
  beforeEach(() => {
    prefix = randomUUID();
  });
  afterEach(async () => {
    for (const delivery of open.splice(0)) await delivery.stop({ deadlineMs: 1_000 });
  });

  /** A process; those of one test share the queue. */
  function start(handlers: JobHandler[], options: Partial<QueueDeliveryOptions> = {}) {
    const events: JobEvent[] = [];
    const delivery = createQueueDelivery({
      db: jobs.db(),
      redisUrl,
      hasWorkers: true,
      pollMs: 10,
      handoverMs: 300,
      againMs: 50,
      prefix,
      handlers,
      onEvent: (event) => events.push(event),
      ...options,
    });
    open.push(delivery);
    delivery.start();
    const [queue] = delivery.queues;
    if (!queue) throw new Error('a delivery has at least one queue');
    return { delivery, queue, events };
  }

  const isDone = async (id: string) => (await jobs.row(id)).doneAt !== null;
  const done = handleJob(note, async () => undefined);

  it('runs what it brought while rows could not be claimed, as soon as they can be', async () => {
    const sender = start([done], { hasWorkers: false });
    const ids = [await jobs.add(note, { n: 1 }), await jobs.add(note, { n: 2 })];
    await until(async () => (await sender.queue.getPrioritizedCount()) === 2);
    await jobs.db().execute(sql`alter table outbox rename to outbox_away`);
    const { events } = start([done]);
    const told = () => events.filter(({ type }) => type === 'unclaimed');
    await until(() => told().length > 0);
    // Often enough for every attempt that BullMQ would give a job.
    await new Promise((resolve) => setTimeout(resolve, 500));
    await jobs.db().execute(sql`alter table outbox_away rename to outbox`);
    await until(async () => (await Promise.all(ids.map(isDone))).every(Boolean));
    expect(told()).toHaveLength(1);
  });

  it('leaves a topic of a newer release to its workers, and forgets one whose row has ended', async () => {
    const fresh = defineJob({ ...note, topic: 'fresh' });
    const handler = handleJob(fresh, async () => undefined);
    const { queue } = start([handler], { hasWorkers: false });
    start([done]);
    const [wanted, failed] = [await jobs.add(fresh, { n: 1 }), await jobs.add(fresh, { n: 2 })];
    await until(async () => (await queue.getDelayedCount()) === 2);
    await jobs.db().execute(sql`update outbox set failed_at = now() where id = ${failed}`);
    await until(async () => (await queue.getJob(failed)) === undefined);
    expect(await jobs.row(wanted)).toMatchObject({ attempt: 0, failedAt: null });
    start([handler]);
    await until(() => isDone(wanted));
  });

  it('waits as long as Postgres says after a failure, and no attempt is used up before', async () => {
    const broken = handleJob({ ...note, backoffMs: 2 * AN_HOUR }, async () => {
      throw new Error('not yet');
    });
    const { queue } = start([broken]);
    const id = await jobs.add(note, { n: 1 });
    await until(async () => (await queue.getDelayedCount()) === 1);
    const { dueAt } = await jobs.row(id);
    const waitMs = (await queue.getJob(id))?.delay ?? 0;
    // The cap of an hour, give or take a quarter; BullMQ by itself would wait for two.
    expect(waitMs).toBeLessThanOrEqual(1.25 * AN_HOUR);
    expect(dueAt.getTime()).toBeGreaterThan(Date.now() + AN_HOUR / 2);
    // Sent again, to a queue that has it and to one that has lost it.
    const again = () => jobs.db().execute(sql`update outbox set next_at = now()`);
    const isSent = async () => (await jobs.row(id)).nextAt.getTime() > Date.now();
    await again();
    await until(isSent);
    expect(await queue.getDelayedCount()).toBe(1);
    const redis = new Redis(keeperUrl(redisUrl));
    await redis.flushdb();
    redis.disconnect();
    await again();
    await until(async () => (await queue.getDelayedCount()) === 1);
    expect(await jobs.row(id)).toMatchObject({ attempt: 1, doneAt: null });
    expect((await queue.getJob(id))?.delay).toBeGreaterThan(AN_HOUR / 2);
  });

  it('lets others by while many failed ones wait for their time', async () => {
    const isBad = gate();
    let failures = 0;
    const { queue } = start(
      [
        handleJob({ ...note, backoffMs: AN_HOUR }, async (_, { n }) => {
          if (n === 0) return;
          failures += 1;
          if (failures === 3) isBad.open();
          throw new Error('away');
        }),
      ],
      { depth: 3 },
    );
    for (let n = 1; n <= 3; n++) await jobs.add(note, { n });
    await isBad.opened;
    await until(async () => (await queue.getDelayedCount()) === 3);
    const fine = await jobs.add(note, { n: 0 });
    await until(() => isDone(fine));
  });

  it('shows how long rows wait although it has sent them to a queue that nobody works off', async () => {
    const { queue } = start([done], { hasWorkers: false });
    await jobs.add(note, { n: 1 });
    await jobs.age(3_600);
    await until(async () => (await queue.getPrioritizedCount()) === 1);
    const counts = await countJobs(jobs.db());
    expect(counts).toMatchObject({ waiting: 1, running: 0 });
    expect(counts.oldestWaitingMs).toBeGreaterThanOrEqual(AN_HOUR);
  });

  it('sends no more to a Redis whose memory runs short, and goes on when there is room', async () => {
    const own = await startOwnRedis();
    const keeper = new Redis(keeperUrl(own.url));
    try {
      const info = await keeper.info('memory');
      const used = Number(/^used_memory:(\d+)/m.exec(info)?.[1]);
      await keeper.config('SET', 'maxmemory', String(Math.round(used * 1.5)));
      const { queue, delivery } = start([done], { redisUrl: own.url });
      await delivery.check();
      const id = await jobs.add(note, { n: 1 });
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(await queue.getJob(id)).toBeUndefined();
      expect(await jobs.row(id)).toMatchObject({ attempt: 0, doneAt: null });
      await keeper.config('SET', 'maxmemory', '0');
      await until(() => isDone(id));
      await delivery.stop({ deadlineMs: 1_000 });
      open.splice(open.indexOf(delivery), 1);
    } finally {
      keeper.disconnect();
      await own.stop();
    }
  });
});
