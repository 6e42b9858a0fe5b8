import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createDispatcher } from './dispatcher.js';
import { enqueueMany, enqueuePart } from './enqueue-many.js';
import { defineJob, handleJob } from './job.js';
import { jobsFixture } from './test-support.js';

const jobs = jobsFixture();
const index = defineJob({ topic: 'index', payload: z.object({ articleId: z.string() }) });
const items = (...ids: string[]) =>
  ids.map((articleId) => ({ payload: { articleId }, dedupeKey: articleId }));
const keys = async () => (await jobs.rows()).map((row) => row.dedupeKey).sort();

describe('enqueueMany', () => {
  it('queues each key once, over several statements, and rows without a key all', async () => {
    const many = Array.from({ length: 2_100 }, (_, n) => `k${n % 2_050}`);
    const keyless = [{ payload: { articleId: 'x' } }, { payload: { articleId: 'x' } }];
    await jobs.db().transaction((tx) => enqueueMany(tx, index, [...items(...many), ...keyless]));
    expect(await jobs.rows()).toHaveLength(2_052);
  });

  it('leaves the row that waits already, at the higher priority', async () => {
    const id = await jobs.add(index, { articleId: 'a' }, { dedupeKey: 'a', priority: 10 });
    await jobs
      .db()
      .transaction((tx) => enqueueMany(tx, index, items('b', 'a'), { priority: 1, delayMs: 500 }));
    expect(await keys()).toEqual(['a', 'b']);
    expect(await jobs.row(id)).toMatchObject({ priority: 1 });
  });

  it('writes nothing when the transaction rolls back or a payload does not fit', async () => {
    const rolledBack = jobs.db().transaction(async (tx) => {
      await enqueueMany(tx, index, items('a', 'b'));
      throw new Error('the change failed');
    });
    await expect(rolledBack).rejects.toThrow('the change failed');
    const unfit = defineJob({ topic: 'dated', payload: z.object({ at: z.date() }) });
    await expect(
      jobs.db().transaction((tx) => enqueueMany(tx, unfit, [{ payload: { at: new Date() } }])),
    ).rejects.toThrow(z.ZodError);
    expect(await jobs.rows()).toEqual([]);
  });

  it('does not deadlock when two batches hold the same keys in opposite order', async () => {
    const forward = Array.from({ length: 200 }, (_, n) => `k${n}`);
    const batches = Array.from({ length: 8 }, (_, n) =>
      items(...(n % 2 ? forward : forward.toReversed())),
    );
    await Promise.all(
      batches.map((batch) => jobs.db().transaction((tx) => enqueueMany(tx, index, batch))),
    );
    expect(await jobs.rows()).toHaveLength(200);
  });

  it('is delivered as what was given', async () => {
    await jobs.db().transaction((tx) => enqueueMany(tx, index, items('引号"\\{},')));
    const seen: string[] = [];
    const handler = handleJob(index, async (_, { articleId }) => void seen.push(articleId));
    await createDispatcher({ db: jobs.db(), handlers: [handler] }).runDue();
    expect(seen).toEqual(['引号"\\{},']);
  });
});

describe('enqueuePart', () => {
  const change = (when: boolean) =>
    jobs.db().execute(sql`
      with changed as (select 1 where ${when}),
      queued as (${enqueuePart(index, { payload: { articleId: 'a' }, dedupeKey: 'a' }, sql`changed`)})
      select 1`);

  it('queues with the change of its statement, and not without it', async () => {
    await change(false);
    expect(await jobs.rows()).toEqual([]);
    await change(true);
    await change(true);
    expect(await jobs.rows()).toMatchObject([{ topic: 'index', payload: { articleId: 'a' } }]);
  });
});
