import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { describeDeliveries } from './delivery-support.js';
import { enqueue } from './enqueue.js';
import { holdOutgoing, releaseOutgoing } from './hold.js';
import { defineJob, handleJob, type JobRun } from './job.js';
import { cancelJob, listJobs, readJob } from './progress.js';
import type { QueueSettings } from './queues.js';
import { createScheduler } from './scheduler.js';
import { gate, jobsFixture, until } from './test-support.js';

const jobs = jobsFixture();
const payload = z.object({ n: z.number() });
const note = defineJob({ topic: 'note', payload, backoffMs: 20, leaseMs: 5_000 });

// What they promise when something fails is in conformance-failures.test.ts.
describeDeliveries(jobs, 'the delivery', (deliver) => {
  const isDone = async (id: string) => (await jobs.row(id)).doneAt !== null;
  const one: QueueSettings[] = [{ name: 'background', concurrency: 1, limiter: null }];

  it('runs a committed row once, with its payload', async () => {
    const seen: number[] = [];
    const { types } = deliver({
      handlers: [handleJob(note, async (_, { n }) => void seen.push(n))],
    });
    const id = await jobs.add(note, { n: 7 });
    await until(() => isDone(id));
    expect(seen).toEqual([7]);
    await expect.poll(types).toEqual(['done']);
  });

  it('runs nothing of a transaction that was rolled back', async () => {
    const seen: number[] = [];
    const { delivery } = deliver({
      handlers: [handleJob(note, async (_, { n }) => void seen.push(n))],
    });
    await jobs
      .db()
      .transaction(async (tx) => {
        await enqueue(tx, note, { n: 1 });
        throw new Error('rolled back');
      })
      .catch(() => undefined);
    const id = await jobs.add(note, { n: 2 });
    delivery.nudge();
    await until(() => isDone(id));
    expect(seen).toEqual([2]);
  });

  it('keeps outgoing jobs back while they are held, and no others', async () => {
    const seen: string[] = [];
    const mail = defineJob({ ...note, topic: 'mail', isOutgoing: true });
    await holdOutgoing(jobs.db(), 'a restore');
    const handlers = [mail, note].map((job) =>
      handleJob(job, async () => void seen.push(job.topic)),
    );
    const { delivery } = deliver({ handlers });
    const held = await jobs.add(mail, { n: 1 }, { priority: 1 });
    const other = await jobs.add(note, { n: 2 }, { priority: 10 });
    delivery.nudge();
    await until(() => isDone(other));
    expect(seen).toEqual(['note']);
    expect((await jobs.row(held)).attempt).toBe(0);
    await releaseOutgoing(jobs.db());
    await until(() => isDone(held));
    expect(seen).toEqual(['note', 'mail']);
  });

  it('takes paid work before ordinary work, and that before batches', async () => {
    const order: number[] = [];
    const first = gate();
    for (const [n, priority] of ([10, 5, 1, 10, 1, 5] as const).entries()) {
      await jobs.add(note, { n }, { priority });
    }
    deliver({
      handlers: [
        handleJob(note, async (_, { n }) => {
          order.push(n);
          // The first waits until all have arrived.
          if (order.length === 1) await first.opened;
        }),
      ],
      queues: one,
    });
    await until(() => order.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    first.open();
    await until(() => order.length === 6);
    expect(order).toEqual([2, 4, 1, 5, 0, 3]);
  });

  it('starts no more in a span of time than the limiter allows', async () => {
    const starts: number[] = [];
    for (let n = 0; n < 7; n++) await jobs.add(note, { n });
    deliver({
      handlers: [handleJob(note, async () => void starts.push(performance.now()))],
      queues: [{ name: 'background', concurrency: 10, limiter: { max: 3, durationMs: 400 } }],
    });
    await until(() => starts.length === 7);
    // Whatever the clock of the limiter, two full windows lie between the first and the seventh.
    expect((starts[6] ?? 0) - (starts[0] ?? 0)).toBeGreaterThan(400);
  });

  it('waits with a delayed row', async () => {
    let ranAt = 0;
    deliver({
      handlers: [
        handleJob(note, async () => {
          ranAt = performance.now();
        }),
      ],
    });
    const queuedAt = performance.now();
    const id = await jobs.add(note, { n: 1 }, { delayMs: 300 });
    await until(() => isDone(id));
    expect(ranAt - queuedAt).toBeGreaterThanOrEqual(290);
  });

  it('shows its progress to the owner, and to nobody else', async () => {
    const [owner, other] = [await jobs.user(), await jobs.user()];
    const reported = gate();
    const finish = gate();
    deliver({
      handlers: [
        handleJob(note, async (run) => {
          await run.report({ done: 3, total: 10 });
          reported.open();
          await finish.opened;
        }),
      ],
    });
    const id = await jobs.add(note, { n: 1 }, { ownerId: owner });
    await reported.opened;
    const db = jobs.db();
    expect(await readJob(db, { id, userId: owner })).toMatchObject({
      status: 'running',
      progress: { done: 3, total: 10 },
    });
    expect(await readJob(db, { id, userId: other })).toBeNull();
    expect(await listJobs(db, { userId: other, limit: 10, cursor: null })).toEqual([]);
    finish.open();
    await until(() => isDone(id));
    expect(await listJobs(db, { userId: owner, limit: 10, cursor: null })).toMatchObject([
      { id, status: 'done' },
    ]);
  });

  it('ends a cancelled run at its next report, and never starts a cancelled row', async () => {
    const [owner, other] = [await jobs.user(), await jobs.user()];
    const started = gate();
    let isAborted = false;
    const work = async (run: JobRun) => {
      await run.report({ done: 0, total: null });
      started.open();
      for (let n = 1; ; n++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        // Equal numbers are the end of the work, which is always written.
        await run.report({ done: n, total: n }).catch((error: unknown) => {
          isAborted = run.signal.aborted;
          throw error;
        });
      }
    };
    const { types } = deliver({ handlers: [handleJob(note, work)], queues: one });
    const db = jobs.db();
    const running = await jobs.add(note, { n: 1 }, { ownerId: owner });
    await started.opened;
    const waiting = await jobs.add(note, { n: 2 }, { ownerId: owner });
    expect(await cancelJob(db, { id: waiting, userId: other })).toBe(false);
    expect(await cancelJob(db, { id: waiting, userId: owner })).toBe(true);
    expect(await cancelJob(db, { id: running, userId: owner })).toBe(true);
    await until(async () => (await jobs.row(running)).failedAt !== null);
    expect(isAborted).toBe(true);
    await expect.poll(types).toEqual(['cancelled']);
    expect(await readJob(db, { id: waiting, userId: owner })).toMatchObject({
      status: 'cancelled',
      attempt: 0,
    });
    expect(await jobs.letters()).toEqual([]);
  });

  it('queues a slot of a schedule once, however many processes there are', async () => {
    const seen: number[] = [];
    deliver({ handlers: [handleJob(note, async (_, { n }) => void seen.push(n))] });
    const name = randomUUID();
    const schedulers = Array.from({ length: 3 }, () =>
      createScheduler({
        db: jobs.db(),
        schedules: [{ name, everyMs: 86_400_000, enqueue: (tx) => enqueue(tx, note, { n: 42 }) }],
      }),
    );
    const taken = await Promise.all(schedulers.map((scheduler) => scheduler.runDue()));
    expect(taken.sort()).toEqual([0, 0, 1]);
    await until(() => seen.length > 0);
    expect(await schedulers[0]?.runDue()).toBe(0);
    expect(seen).toEqual([42]);
  });
});
