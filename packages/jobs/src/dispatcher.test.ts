import { createDb } from '@ainotebook/db';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createDispatcher } from './dispatcher.js';
import type { JobEvent } from './events.js';
import { defineJob, handleJob, type JobRun } from './job.js';
import type { QueueSettings } from './queues.js';
import { DispatcherStoppedError } from './run.js';
import { gate, jobsFixture, running, until } from './test-support.js';

const jobs = jobsFixture();
const note = defineJob({ topic: 'note', payload: z.object({ n: z.number() }) });

const one = (concurrency: number, limiter: QueueSettings['limiter'] = null): QueueSettings[] => [
  { name: 'background', concurrency, limiter },
];

/** A dispatcher over one handler of `note`, one run at a time unless told, with its events. */
function dispatch(
  run: (run: JobRun, payload: { n: number }) => Promise<void>,
  options: { queues?: QueueSettings[]; pollMs?: number } = {},
) {
  const events: JobEvent[] = [];
  const dispatcher = createDispatcher({
    db: jobs.db(),
    handlers: [handleJob(note, run)],
    queues: one(1),
    ...options,
    onEvent: (event) => events.push(event),
  });
  return { dispatcher, events };
}

describe('the order of runs', () => {
  it('is by priority, then by time', async () => {
    for (const [n, priority] of [10, 5, 1, 10, 1, 5].entries()) {
      await jobs.add(note, { n }, { priority: priority === 1 ? 1 : priority === 5 ? 5 : 10 });
    }
    const order: number[] = [];
    const { dispatcher } = dispatch(async (_, { n }) => void order.push(n));
    expect(await dispatcher.runDue()).toBe(6);
    expect(order).toEqual([2, 4, 1, 5, 0, 3]);
  });

  it('gives every fifth turn to the oldest row once it has waited a minute', async () => {
    for (let n = 0; n < 3; n++) await jobs.add(note, { n }, { priority: 10 });
    await jobs.age(90);
    for (let n = 100; n < 120; n++) await jobs.add(note, { n }, { priority: 1 });
    const order: number[] = [];
    const { dispatcher } = dispatch(async (_, { n }) => void order.push(n));
    await dispatcher.runDue();
    expect([0, 1, 2].map((n) => order.indexOf(n))).toEqual([4, 9, 14]);
  });

  it('lets no old backlog of batches hold up the paid rows', async () => {
    for (let n = 0; n < 20; n++) await jobs.add(note, { n }, { priority: 10 });
    await jobs.age(90);
    for (let n = 100; n < 104; n++) await jobs.add(note, { n }, { priority: 1 });
    const order: number[] = [];
    const { dispatcher } = dispatch(async (_, { n }) => void order.push(n));
    await dispatcher.runDue();
    expect(order.slice(0, 5)).toEqual([100, 101, 102, 103, 0]);
  });
});

describe('a dispatcher', () => {
  it('runs what a commit enqueued as soon as it is nudged', async () => {
    let runs = 0;
    const { dispatcher } = dispatch(async () => void runs++, { pollMs: 60_000 });
    await running(dispatcher, async () => {
      await jobs.add(note, { n: 1 });
      dispatcher.nudge();
      await until(() => runs === 1);
    });
  });

  it('finds rows of other processes by itself', async () => {
    let runs = 0;
    const { dispatcher, events } = dispatch(async () => void runs++, { pollMs: 20 });
    await running(dispatcher, async () => {
      await jobs.add(note, { n: 1 });
      await until(() => runs === 1);
    });
    expect(events).toMatchObject([{ type: 'done', topic: 'note', attempt: 1 }]);
  });

  it('runs at most `concurrency` handlers at the same time, and that many', async () => {
    for (let n = 0; n < 30; n++) await jobs.add(note, { n });
    let now = 0;
    let most = 0;
    const { dispatcher } = dispatch(
      async () => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 10));
        now -= 1;
      },
      { queues: one(4), pollMs: 10 },
    );
    await running(dispatcher, () => until(async () => (await jobs.rows()).every((r) => r.doneAt)));
    expect(most).toBe(4);
  });

  it('never runs one row twice beside two others, over 600 rows', async () => {
    for (let n = 0; n < 600; n++) await jobs.add(note, { n });
    const running = new Set<string>();
    const starts = new Map<string, number>();
    let overlaps = 0;
    const run = async ({ outboxId }: JobRun) => {
      if (running.has(outboxId)) overlaps += 1;
      running.add(outboxId);
      starts.set(outboxId, (starts.get(outboxId) ?? 0) + 1);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
      running.delete(outboxId);
    };
    const three = Array.from({ length: 3 }, () => dispatch(run, { queues: one(8), pollMs: 5 }));
    for (const { dispatcher } of three) dispatcher.start();
    await until(async () => (await jobs.rows()).every((row) => row.doneAt !== null));
    await Promise.all(three.map(({ dispatcher }) => dispatcher.stop({ deadlineMs: 1_000 })));
    expect(overlaps).toBe(0);
    expect([...starts.values()].every((times) => times === 1)).toBe(true);
    expect(starts.size).toBe(600);
    // Each took part: the count above is of competing dispatchers.
    expect(three.every(({ events }) => events.length > 0)).toBe(true);
  });

  it('refuses two handlers of one topic', () => {
    const handler = handleJob(note, async () => {});
    expect(() => createDispatcher({ db: jobs.db(), handlers: [handler, handler] })).toThrow();
  });

  it('goes on when its listener throws', async () => {
    await jobs.add(note, { n: 1 });
    const dispatcher = createDispatcher({
      db: jobs.db(),
      handlers: [handleJob(note, async () => {})],
      onEvent: () => {
        throw new Error('the logger is broken');
      },
    });
    expect(await dispatcher.runDue()).toBe(1);
  });
});

describe('a database that fails', () => {
  it('is told once for an outage, and the work goes on afterwards', async () => {
    let runs = 0;
    const { dispatcher, events } = dispatch(async () => void runs++, { pollMs: 5 });
    await jobs.add(note, { n: 1 });
    await jobs.db().execute(sql`alter table outbox rename to outbox_away`);
    await running(dispatcher, async () => {
      await until(() => events.length > 0);
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(events.map((event) => event.type)).toEqual(['poll-failed']);
      await jobs.db().execute(sql`alter table outbox_away rename to outbox`);
      await until(() => runs === 1);
    });
    expect(events.map((event) => event.type)).toEqual(['poll-failed', 'poll-recovered', 'done']);
  });

  it('keeps neither start nor stop waiting when it cannot be reached at all', async () => {
    const nowhere = createDb('postgres://nobody@127.0.0.1:1/none');
    const events: JobEvent[] = [];
    const dispatcher = createDispatcher({
      db: nowhere.db,
      handlers: [],
      onEvent: (event) => events.push(event),
    });
    await running(dispatcher, () => until(() => events.length === 1));
    await expect(dispatcher.runDue()).rejects.toThrow();
    await nowhere.close();
  });
});

describe('stop', () => {
  it('lets runs finish, takes no more, and leaves the rest for others', async () => {
    for (let n = 0; n < 5; n++) await jobs.add(note, { n });
    const started = gate();
    const finish = gate();
    const { dispatcher } = dispatch(async () => {
      started.open();
      await finish.opened;
    });
    dispatcher.start();
    await started.opened;
    const stopped = dispatcher.stop({ deadlineMs: 5_000 });
    finish.open();
    await stopped;
    const rows = await jobs.rows();
    expect(rows.map((row) => row.doneAt !== null)).toEqual([true, false, false, false, false]);
    expect(rows.map((row) => row.attempt)).toEqual([1, 0, 0, 0, 0]);
  });

  it('aborts what outlives the deadline and makes its row due at once', async () => {
    const id = await jobs.add(note, { n: 1 });
    const started = gate();
    let reason: unknown;
    const { dispatcher, events } = dispatch(async (run) => {
      started.open();
      await new Promise((_, reject) => {
        run.signal.addEventListener('abort', () => {
          reason = run.signal.reason;
          reject(run.signal.reason);
        });
      });
    });
    dispatcher.start();
    await started.opened;
    await dispatcher.stop({ deadlineMs: 20 });
    expect(reason).toBeInstanceOf(DispatcherStoppedError);
    expect(events.map((event) => event.type)).toEqual(['released']);
    expect(await jobs.row(id)).toMatchObject({ doneAt: null, failedAt: null, lastError: null });
    const other = dispatch(async () => {});
    expect(await other.dispatcher.runDue()).toBe(1);
    expect(other.events).toMatchObject([{ type: 'done', attempt: 2 }]);
  });

  it('may be called twice, and before start', async () => {
    const { dispatcher } = dispatch(async () => {});
    await dispatcher.stop({ deadlineMs: 10 });
    await dispatcher.stop({ deadlineMs: 10 });
    dispatcher.start();
    await jobs.add(note, { n: 1 });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect((await jobs.rows())[0]?.attempt).toBe(0);
  });
});
