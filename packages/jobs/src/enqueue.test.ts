import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createDispatcher } from './dispatcher.js';
import { enqueue } from './enqueue.js';
import { defineJob, handleJob } from './job.js';
import { gate, jobsFixture, running, until } from './test-support.js';

const jobs = jobsFixture();
const index = defineJob({ topic: 'index', payload: z.object({ articleId: z.string() }) });

describe('enqueue', () => {
  it('writes nothing when the transaction of the caller rolls back', async () => {
    const attempt = jobs.db().transaction(async (tx) => {
      await enqueue(tx, index, { articleId: 'a' });
      throw new Error('the change failed');
    });
    await expect(attempt).rejects.toThrow('the change failed');
    expect(await jobs.rows()).toEqual([]);
  });

  it('writes nothing when only the savepoint around it rolls back', async () => {
    await jobs.db().transaction(async (tx) => {
      await enqueue(tx, index, { articleId: 'kept' });
      await tx
        .transaction(async (inner) => {
          await enqueue(inner, index, { articleId: 'undone' });
          throw new Error('back to the savepoint');
        })
        .catch(() => undefined);
    });
    expect((await jobs.rows()).map((row) => row.payload)).toEqual([{ articleId: 'kept' }]);
  });

  it('accepts a transaction only, so nothing is enqueued beside a change', () => {
    // @ts-expect-error A pool is not a transaction.
    const misuse = () => enqueue(jobs.db(), index, { articleId: 'a' });
    expect(misuse).toBeTypeOf('function');
  });

  it('refuses a payload that would not survive being stored as JSON', async () => {
    const job = defineJob({ topic: 'dated', payload: z.object({ at: z.date() }) });
    await expect(jobs.add(job, { at: new Date() })).rejects.toThrow(z.ZodError);
    expect(await jobs.rows()).toEqual([]);
  });

  it('keeps a delayed row waiting, by the clock of the database', async () => {
    const id = await jobs.add(index, { articleId: 'a' }, { delayMs: 60_000 });
    const dispatcher = createDispatcher({
      db: jobs.db(),
      handlers: [handleJob(index, async () => {})],
    });
    expect(await dispatcher.runDue()).toBe(0);
    const { nextAt, createdAt } = await jobs.row(id);
    expect(nextAt.getTime() - createdAt.getTime()).toBe(60_000);
    await jobs.age(0);
    expect(await dispatcher.runDue()).toBe(1);
  });

  it('refuses a priority without a lane', async () => {
    await expect(
      // @ts-expect-error Priorities are 1, 5 and 10.
      jobs.add(index, { articleId: 'a' }, { priority: 2 }),
    ).rejects.toThrow();
  });
});

describe('a dedupe key', () => {
  const add = (options: { priority?: 1 | 5 | 10; delayMs?: number } = {}, articleId = 'a') =>
    jobs
      .db()
      .transaction((tx) => enqueue(tx, index, { articleId }, { dedupeKey: articleId, ...options }));

  it('lets one row wait: the second enqueue answers null', async () => {
    expect(await add()).toBeTypeOf('string');
    expect(await add()).toBeNull();
    expect(await add({}, 'b')).toBeTypeOf('string');
    expect(await jobs.rows()).toHaveLength(2);
  });

  it('holds under twenty enqueues at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => add()));
    expect(answers.filter((id) => id !== null)).toHaveLength(1);
    expect(await jobs.rows()).toHaveLength(1);
  });

  it('gives the waiting row the higher priority and the earlier time', async () => {
    const id = await add({ priority: 10, delayMs: 60_000 });
    await add({ priority: 1 });
    await add({ priority: 5, delayMs: 90_000 });
    const row = await jobs.row(id ?? '');
    expect(row.priority).toBe(1);
    expect(row.nextAt.getTime()).toBeLessThan(row.createdAt.getTime() + 30_000);
  });

  it('enqueues again while a run is under way, so that the change is seen', async () => {
    const started = gate();
    const finish = gate();
    let runs = 0;
    const handler = handleJob(index, async () => {
      runs += 1;
      started.open();
      await finish.opened;
    });
    await add();
    await running(
      createDispatcher({ db: jobs.db(), handlers: [handler], pollMs: 10 }),
      async () => {
        await started.opened;
        expect(await add()).toBeTypeOf('string');
        finish.open();
        await until(() => runs === 2);
      },
    );
  });

  it('keeps the waiting row from running before the second change is committed', async () => {
    await jobs.db().execute(sql`create table documents (version int not null)`);
    await jobs.db().execute(sql`insert into documents values (1)`);
    let seen = 0;
    const handler = handleJob(index, async (run) => {
      const found = await run.db.execute<{ version: number }>(sql`select version from documents`);
      seen = found.rows[0]?.version ?? 0;
    });
    const dispatcher = createDispatcher({ db: jobs.db(), handlers: [handler] });
    await add();
    await jobs.db().transaction(async (tx) => {
      await tx.execute(sql`update documents set version = 2`);
      expect(await enqueue(tx, index, { articleId: 'a' }, { dedupeKey: 'a' })).toBeNull();
      // Run now, it would read version 1, be done, and nobody would come back for version 2.
      expect(await dispatcher.runDue()).toBe(0);
    });
    expect(await dispatcher.runDue()).toBe(1);
    expect(seen).toBe(2);
  });
});

describe('defineJob', () => {
  it('fills in three attempts, two seconds of back-off and a lease of a minute', () => {
    expect(index).toMatchObject({ attempts: 3, backoffMs: 2_000, leaseMs: 60_000 });
  });

  it.each([
    { topic: '' },
    { topic: 'two words' },
    { topic: 'a', attempts: 0 },
    { topic: 'a', attempts: 1.5 },
    { topic: 'a', backoffMs: -1 },
    { topic: 'a', leaseMs: 0 },
    { topic: 'a', leaseMs: Number.NaN },
  ])('refuses %o', (definition) => {
    expect(() => defineJob({ payload: z.object({}), ...definition })).toThrow(RangeError);
  });
});
