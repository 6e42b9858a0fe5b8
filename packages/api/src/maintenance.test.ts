import { schema } from '@ainotebook/db';
import { createDispatcher } from '@ainotebook/jobs';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { articleJobHandlers, queueThinning, thinRevisions } from './articles/articles.jobs.js';
import { runMaintenance } from './maintenance.js';
import { useApi } from './test-support.js';

const { articles, idempotencyKeys, outbox, revisions, siteSettings } = schema;
const setup = useApi();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** An article with a revision for each age; ids as they would have been made then. */
async function aged(ages: number[]) {
  const user = await setup.user();
  const { id } = await user.api.articles.create({});
  const { db } = setup.services();
  const rows = ages.map((age, i) => ({
    id: v7({ msecs: Date.now() - age }),
    articleId: id,
    number: ages.length - i + 1,
    kind: 'save' as const,
    title: 't',
    content: `${age}`,
    contentHash: `${age}`,
    createdAt: new Date(Date.now() - age),
  }));
  await db.insert(revisions).values(rows);
  return { id, user };
}

async function contents(articleId: string) {
  const { db } = setup.services();
  const rows = await db.select().from(revisions).where(eq(revisions.articleId, articleId));
  return rows.map((row) => Number(row.content)).sort((a, b) => a - b);
}

async function queued() {
  const { db } = setup.services();
  const rows = await db
    .select()
    .from(outbox)
    .where(and(eq(outbox.topic, 'revisions.thin'), sql`done_at is null`));
  return rows.map((row) => row.dedupeKey).sort();
}

describe('thinRevisions', () => {
  it('deletes what the rules let go of one article, and nothing of another', async () => {
    const week = Math.floor((Date.now() - 200 * DAY) / (7 * DAY)) * 7 * DAY;
    const inOneWeek = [3, 2, 1].map((i) => Date.now() - week - i * HOUR);
    const [a, b] = [await aged([0, ...inOneWeek]), await aged([0, ...inOneWeek])];
    expect(await thinRevisions(setup.services().db, a.id)).toBe(2);
    expect(await contents(a.id)).toHaveLength(2);
    expect(await contents(b.id)).toHaveLength(4);
    expect(await thinRevisions(setup.services().db, a.id)).toBe(0);
  });
});

describe('thinRevisions of a published article', () => {
  it('keeps the revision that readers see', async () => {
    const user = await setup.user();
    const { db } = setup.services();
    const { id } = await user.api.articles.create({ title: 't', content: 'live' });
    await user.api.publications.publish({ articleId: id });
    for (const [i, content] of ['a', 'b', 'c'].entries()) {
      await user.api.articles.save({ id, data: { title: 't', content }, baseRevision: i + 1 });
    }
    const old = new Date(Math.floor((Date.now() - 200 * DAY) / (7 * DAY)) * 7 * DAY);
    await db
      .update(revisions)
      .set({ createdAt: sql`${old}::timestamptz + number * interval '1 second'` })
      .where(eq(revisions.articleId, id));
    await thinRevisions(db, id);
    const left = await db.select().from(revisions).where(eq(revisions.articleId, id));
    expect(left.map((row) => row.content).sort()).toEqual(['c', 'live']);
  });
});

describe('queueThinning', () => {
  it('queues articles whose revisions reached an age since the last time, once', async () => {
    const { db } = setup.services();
    await queueThinning(db);
    const old = await aged([HOUR + MINUTE, 3 * HOUR]);
    const week = await aged([0, 7 * DAY + MINUTE]);
    const fresh = await aged([0, MINUTE, 12 * HOUR]);
    await db.update(outbox).set({ doneAt: sql`now()` });
    // As if the last time had been half an hour ago.
    await db.update(siteSettings).set({ value: Date.now() - HOUR / 2 });
    expect(await queueThinning(db)).toBe(2);
    expect(await queued()).toEqual([old.id, week.id].sort());
    expect(await queued()).not.toContain(fresh.id);
    await db.update(outbox).set({ doneAt: sql`now()` });
    await queueThinning(db, new Date(Date.now() + MINUTE));
    expect(await queued()).not.toContain(fresh.id);
  });

  it('makes up for a time when nothing ran', async () => {
    const { db } = setup.services();
    const { id } = await aged([0, 40 * DAY]);
    await db.delete(siteSettings);
    await db.update(outbox).set({ doneAt: sql`now()` });
    await queueThinning(db);
    expect(await queued()).toContain(id);
  });
});

describe('runMaintenance', () => {
  it('does the rest when one part fails, and then says which', async () => {
    const { db } = setup.services();
    const user = await setup.user();
    await db.insert(idempotencyKeys).values({
      userId: user.id,
      path: 'p',
      key: 'expired',
      inputHash: 'h',
      createdAt: sql`now() - interval '25 hours'`,
    });
    await db.transaction(async (tx) => {
      // The trash cannot be read: waiting for it ends by the lock time-out.
      await tx.execute(sql`lock table ${articles} in access exclusive mode`);
      await expect(runMaintenance(db, setup.services().blobs)).rejects.toThrow('purgedArticles');
    });
    const left = await db.$count(idempotencyKeys, eq(idempotencyKeys.key, 'expired'));
    expect(left).toBe(0);
  });

  it('deletes expired trash and stored replies, and has revisions thinned by a job', async () => {
    const { db } = setup.services();
    await db.delete(siteSettings);
    const week = Math.floor((Date.now() - 200 * DAY) / (7 * DAY)) * 7 * DAY;
    const thinned = await aged([0, ...[2, 1].map((i) => Date.now() - week - i * HOUR)]);
    const gone = await thinned.user.api.articles.create({ title: 'gone' });
    await db
      .update(articles)
      .set({ deletedAt: sql`now() - interval '31 days'` })
      .where(eq(articles.id, gone.id));
    await db.insert(idempotencyKeys).values(
      [23, 25].map((hours) => ({
        userId: thinned.user.id,
        path: 'p',
        key: `${hours}`,
        inputHash: 'h',
        createdAt: sql`now() - make_interval(hours => ${hours})`,
      })),
    );
    const done = await runMaintenance(db, setup.services().blobs);
    expect(done).toMatchObject({ purgedArticles: 1, idempotencyKeys: 1 });
    expect(done.thinnedArticles).toBeGreaterThanOrEqual(1);
    const dispatcher = createDispatcher({
      db,
      handlers: articleJobHandlers,
      queues: [{ name: 'background', concurrency: 2, limiter: null }],
      pollMs: 1000,
    });
    await dispatcher.runDue();
    expect(await contents(thinned.id)).toHaveLength(2);
    const left = await db
      .select({ key: idempotencyKeys.key })
      .from(idempotencyKeys)
      .where(inArray(idempotencyKeys.key, ['23', '25']));
    expect(left).toEqual([{ key: '23' }]);
  });
});
