import { sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { discardDeadLetter, listDeadLetters, retryDeadLetter } from './dead-letters.js';
import { createDispatcher } from './dispatcher.js';
import { enqueue } from './enqueue.js';
import { defineJob, handleJob } from './job.js';
import { cancelJob } from './progress.js';
import { pruneJobs } from './prune.js';
import { jobsFixture } from './test-support.js';

const jobs = jobsFixture();
const mail = defineJob({ topic: 'mail', payload: z.object({ n: z.number() }), attempts: 1 });

let isBroken = true;
const dispatcher = () =>
  createDispatcher({
    db: jobs.db(),
    handlers: [
      handleJob(mail, (run) =>
        run.once(async (tx) => {
          if (isBroken) throw new Error('no mail server');
          await tx.execute(sql`insert into effects values (${run.outboxId}, ${run.attempt})`);
        }),
      ),
    ],
  });

async function fail(count: number): Promise<void> {
  isBroken = true;
  for (let n = 0; n < count; n++) await jobs.add(mail, { n });
  await dispatcher().runDue();
}

describe('dead letters', () => {
  it('are listed newest first, page by page', async () => {
    await fail(5);
    const first = await listDeadLetters(jobs.db(), { limit: 3 });
    const second = await listDeadLetters(jobs.db(), { limit: 3, cursor: first.nextCursor ?? '' });
    expect(first.items).toHaveLength(3);
    expect(second.items).toHaveLength(2);
    expect(second.nextCursor).toBeNull();
    const ids = [...first.items, ...second.items].map((letter) => letter.id);
    expect(ids).toEqual([...ids].sort().reverse());
    expect(new Set(ids).size).toBe(5);
    expect(first.items[0]).toMatchObject({ topic: 'mail', error: 'Error: no mail server' });
  });

  it('can be tried again, with all attempts, under the same outbox id', async () => {
    await fail(1);
    const [letter] = await jobs.letters();
    isBroken = false;
    expect(await retryDeadLetter(jobs.db(), letter?.id ?? '')).toBe(true);
    expect(await jobs.letters()).toEqual([]);
    expect(await dispatcher().runDue()).toBe(1);
    expect(await jobs.effectCount()).toBe(1);
    expect(await jobs.row(letter?.outboxId ?? '')).toMatchObject({ attempt: 1, failedAt: null });
  });

  it('come back as a new letter when the second try fails too', async () => {
    await fail(1);
    const [letter] = await jobs.letters();
    await retryDeadLetter(jobs.db(), letter?.id ?? '');
    await dispatcher().runDue();
    const [again] = await jobs.letters();
    expect(again?.outboxId).toBe(letter?.outboxId);
    expect(again?.id).not.toBe(letter?.id);
  });

  it('can be tried again beside a newer waiting row with the same dedupe key', async () => {
    isBroken = true;
    await jobs.add(mail, { n: 1 }, { dedupeKey: 'k' });
    await dispatcher().runDue();
    await jobs.db().transaction((tx) => enqueue(tx, mail, { n: 2 }, { dedupeKey: 'k' }));
    const [letter] = await jobs.letters();
    expect(await retryDeadLetter(jobs.db(), letter?.id ?? '')).toBe(true);
    isBroken = false;
    expect(await dispatcher().runDue()).toBe(2);
  });

  it('answer false for a letter that is not there', async () => {
    expect(await retryDeadLetter(jobs.db(), v7())).toBe(false);
  });
});

describe('pruneJobs', () => {
  it('deletes what was done long ago, more than one batch of it, and nothing else', async () => {
    isBroken = false;
    const kept = await jobs.add(mail, { n: 1 });
    await dispatcher().runDue();
    await fail(1);
    await jobs.add(mail, { n: 2 }, { delayMs: 60_000 });
    await jobs.db().execute(sql`
      with old as (
        insert into outbox (id, topic, payload, attempt, done_at)
        select gen_random_uuid(), 'mail', '{"n":0}', 1, now() - interval '8 days'
        from generate_series(1, 2500) returning id, done_at
      )
      insert into inbox (consumer, outbox_id, done_at) select 'mail', id, done_at from old`);
    const removed = await pruneJobs(jobs.db(), { olderThanMs: 7 * 86_400_000 });
    expect(removed).toEqual({ outbox: 2500, inbox: 2500 });
    expect(await jobs.rows()).toHaveLength(3);
    expect((await jobs.row(kept)).doneAt).not.toBeNull();
    expect(await jobs.inboxCount()).toBe(1);
    expect(await jobs.letters()).toHaveLength(1);
  });

  it('deletes what was cancelled or given up long ago, and keeps what may be tried again', async () => {
    await fail(2);
    const [kept, givenUp] = await jobs.letters();
    await discardDeadLetter(jobs.db(), givenUp?.id ?? '');
    const ownerId = await jobs.user();
    const cancelled = await jobs.add(mail, { n: 3 }, { ownerId });
    await cancelJob(jobs.db(), { id: cancelled, userId: ownerId });
    const olderThanMs = 7 * 86_400_000;
    expect(await pruneJobs(jobs.db(), { olderThanMs })).toMatchObject({ outbox: 0 });
    await jobs.db().execute(sql`update outbox set failed_at = now() - interval '8 days'`);
    expect(await pruneJobs(jobs.db(), { olderThanMs })).toMatchObject({ outbox: 2 });
    expect((await jobs.rows()).map(({ id }) => id)).toEqual([kept?.outboxId]);
  });

  it('keeps the inbox row of an outbox row that may still be delivered', async () => {
    isBroken = false;
    await jobs.add(mail, { n: 1 });
    await dispatcher().runDue();
    await jobs.db().execute(sql`update inbox set done_at = now() - interval '9 days'`);
    await jobs.db().execute(sql`update outbox set done_at = null`);
    expect(await pruneJobs(jobs.db(), { olderThanMs: 86_400_000 })).toEqual({
      outbox: 0,
      inbox: 0,
    });
  });
});
