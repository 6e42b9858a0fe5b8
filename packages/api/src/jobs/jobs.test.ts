import { schema } from '@ainotebook/db';
import { createDispatcher, defineJob, enqueue, handleJob } from '@ainotebook/jobs';
import { eq } from 'drizzle-orm';
import { v7 } from 'uuid';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { codeOf } from '../auth/test-client.js';
import { countQueries } from '../count-queries.js';
import { type TestUser, useApi } from '../test-support.js';

const t = useApi();
const work = defineJob({ topic: 'test.work', payload: z.object({}), attempts: 1 });
let alice: TestUser;
let bob: TestUser;

beforeEach(async () => {
  await t.services().db.delete(schema.outbox);
  await t.services().db.delete(schema.deadLetters);
  [alice, bob] = [await t.user(), await t.user()];
});

async function queue(ownerId: string): Promise<string> {
  const { db } = t.services();
  const id = await db.transaction((tx) => enqueue(tx, work, {}, { ownerId }));
  if (!id) throw new Error('the job is new');
  return id;
}

const run = (handle: () => Promise<void>) =>
  createDispatcher({ db: t.services().db, handlers: [handleJob(work, handle)] }).runDue();

describe('the jobs of a user', () => {
  it('are listed page by page, newest first, and are nobody else’s', async () => {
    const ids = [await queue(alice.id), await queue(alice.id), await queue(alice.id)];
    await queue(bob.id);
    const first = await alice.api.jobs.list({ limit: 2 });
    const second = await alice.api.jobs.list({ limit: 2, cursor: first.nextCursor });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids.reverse());
    expect(second.nextCursor).toBeNull();
    expect(await codeOf(bob.api.jobs.get({ id: ids[0] ?? '' }))).toBe('not_found');
    expect(await codeOf(t.api().jobs.list())).toBe('unauthenticated');
    expect(await codeOf(alice.api.jobs.list({ cursor: 'forged' }))).toBe('bad_input');
  });

  it('cost the same to list at one and at sixty', async () => {
    await queue(alice.id);
    for (let n = 0; n < 60; n++) await queue(bob.id);
    const { db } = t.services();
    const cost = (user: TestUser) => countQueries(db, () => user.api.jobs.list({ limit: 100 }));
    expect(await cost(bob)).toBe(await cost(alice));
  });

  it('end when they are cancelled before they ran, and again is harmless', async () => {
    const id = await queue(alice.id);
    expect(await codeOf(bob.api.jobs.cancel({ id }))).toBe('not_found');
    expect(await alice.api.jobs.cancel({ id })).toMatchObject({ status: 'cancelled' });
    expect(await alice.api.jobs.cancel({ id })).toMatchObject({ status: 'cancelled' });
    let runs = 0;
    await run(async () => void runs++);
    expect(runs).toBe(0);
  });

  it('stay done when they are cancelled too late', async () => {
    const id = await queue(alice.id);
    await run(async () => undefined);
    expect(await alice.api.jobs.cancel({ id })).toMatchObject({ status: 'done' });
  });
});

describe('work under way', () => {
  it('is shown to an administrator with how far it is, whoever asked for it', async () => {
    const admin = await t.user({ role: 'admin' });
    const id = await queue(alice.id);
    // Waits, so it is only counted.
    const { db } = t.services();
    await db.transaction((tx) => enqueue(tx, work, {}, { ownerId: bob.id, delayMs: 60_000 }));
    let during: unknown;
    const handler = handleJob(work, async (run) => {
      await run.report({ done: 3, total: 10 });
      during = await admin.api.admin.jobs.listRunning();
    });
    await createDispatcher({ db, handlers: [handler] }).runDue();
    expect(during).toEqual([
      {
        id,
        topic: 'test.work',
        attempt: 1,
        progress: { done: 3, total: 10 },
        startedAt: expect.any(Date),
      },
    ]);
    expect(await admin.api.admin.jobs.listRunning()).toEqual([]);
  });
});

describe('work that failed for good', () => {
  it('is counted, listed, tried again or given up by an administrator', async () => {
    const admin = await t.user({ role: 'admin' });
    const [again, gone] = [await queue(alice.id), await queue(alice.id)];
    const fail = () => Promise.reject(new Error('no'));
    await run(fail);
    expect(await admin.api.admin.jobs.counts()).toMatchObject({ waiting: 0, failed: 2 });
    const { items } = await admin.api.admin.jobs.listFailed();
    expect(items).toHaveLength(2);
    expect(items[0]).toMatchObject({ topic: 'test.work', attempts: 1 });
    const { db } = t.services();
    const letterOf = async (outboxId: string) => {
      const [letter] = await db
        .select({ id: schema.deadLetters.id })
        .from(schema.deadLetters)
        .where(eq(schema.deadLetters.outboxId, outboxId));
      return { id: letter?.id ?? v7() };
    };
    await admin.api.admin.jobs.retry(await letterOf(again));
    await admin.api.admin.jobs.discard(await letterOf(gone));
    expect(await admin.api.admin.jobs.counts()).toMatchObject({ waiting: 1, failed: 0 });
    await run(async () => undefined);
    expect(await alice.api.jobs.get({ id: again })).toMatchObject({ status: 'done' });
    expect(await alice.api.jobs.get({ id: gone })).toMatchObject({ status: 'failed' });
    expect(await codeOf(admin.api.admin.jobs.retry({ id: v7() }))).toBe('not_found');
    const { items: events } = await admin.api.admin.site.listAudit();
    expect(events.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['job.retried', 'job.discarded']),
    );
  });

  it('is no user’s business', async () => {
    expect(await codeOf(alice.api.admin.jobs.listRunning())).toBe('forbidden');
    expect(await codeOf(alice.api.admin.jobs.counts())).toBe('forbidden');
    expect(await codeOf(alice.api.admin.jobs.listFailed())).toBe('forbidden');
  });
});
