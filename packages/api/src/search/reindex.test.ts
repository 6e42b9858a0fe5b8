import { schema } from '@ainotebook/db';
import { createDispatcher } from '@ainotebook/jobs';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { createJobHandlers } from '../jobs.js';
import { type TestUser, testJobServices, useApi } from '../test-support.js';
import { INDEX_VERSION } from './indexing.js';
import { queueReindex } from './reindex.js';

const t = useApi();
const { articleTitles, chunks, outbox } = schema;
const db = () => t.services().db;

const runJobs = () =>
  createDispatcher({
    db: db(),
    handlers: createJobHandlers(testJobServices(t.services())),
  }).runDue();
const waiting = () =>
  db()
    .select({ payload: outbox.payload })
    .from(outbox)
    .where(and(eq(outbox.topic, 'process-article'), isNull(outbox.doneAt)));
const makeStale = (articleId: string) =>
  db()
    .update(chunks)
    .set({ indexVersion: INDEX_VERSION - 1, tsv: sql`${chunks.tsv}` })
    .where(eq(chunks.articleId, articleId));

let alice: TestUser;
let bob: TestUser;
let ids: string[];
beforeEach(async () => {
  // Articles of former cases stay: they are indexed.
  [alice, bob] = [await t.user(), await t.user()];
  ids = [];
  for (const n of [1, 2, 3]) {
    const { id } = await alice.api.articles.create({ title: `标题 ${n}`, content: `walnut ${n}` });
    ids.push(id);
  }
  await bob.api.articles.create({ title: 'his', content: 'walnut' });
  await runJobs();
});

describe('queueReindex', () => {
  it('queues nothing when everything is up to date', async () => {
    const found = await queueReindex(db(), { isAll: false });
    expect(found).toMatchObject({ queued: 0, waiting: 0 });
    expect(found.checked).toBeGreaterThanOrEqual(4);
  });

  it('queues what is stale, missing or behind, each once, and brings it up to date', async () => {
    const [stale = '', bare = '', untitled = ''] = ids;
    await makeStale(stale);
    await db().delete(chunks).where(eq(chunks.articleId, bare));
    await db().delete(articleTitles).where(eq(articleTitles.articleId, untitled));
    expect(await queueReindex(db(), { isAll: false })).toMatchObject({ queued: 3, waiting: 3 });
    expect(await queueReindex(db(), { isAll: false })).toMatchObject({ queued: 3, waiting: 3 });
    expect(await waiting()).toHaveLength(3);
    await runJobs();
    expect(await queueReindex(db(), { isAll: false })).toMatchObject({ queued: 0, waiting: 0 });
    const { items } = await alice.api.search.query({ q: 'walnut' });
    expect(items).toHaveLength(3);
    expect((await alice.api.search.titles({ q: 'biaoti' })).items).toHaveLength(3);
  });

  it('leaves searching as it was until the jobs have run', async () => {
    await makeStale(ids[0] ?? '');
    await queueReindex(db(), { isAll: true });
    expect((await alice.api.search.query({ q: 'walnut' })).items).toHaveLength(3);
    await runJobs();
    expect((await alice.api.search.query({ q: 'walnut' })).items).toHaveLength(3);
  });

  it('keeps to one account, and says when there is none', async () => {
    const progress: unknown[] = [];
    const found = await queueReindex(db(), {
      isAll: true,
      email: alice.email.toUpperCase(),
      onProgress: (step) => progress.push(step),
    });
    expect(found).toEqual({ checked: 3, queued: 3, waiting: 3 });
    expect(progress).toEqual([{ checked: 3, queued: 3 }]);
    expect((await waiting()).map(({ payload }) => payload)).toEqual(
      expect.arrayContaining(ids.map((articleId) => ({ articleId }))),
    );
    await expect(
      queueReindex(db(), { isAll: true, email: 'nobody@example.org' }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  it('leaves out the trash, and goes on after a batch', async () => {
    await alice.api.articles.delete({ id: ids[0] ?? '' });
    await runJobs();
    const item = { title: 'n', content: 'many' };
    for (let n = 0; n < 6; n += 1) {
      await bob.api.articles.createMany({ items: Array.from({ length: 100 }, () => item) });
    }
    const one = await queueReindex(db(), { isAll: true, email: alice.email });
    expect(one).toMatchObject({ checked: 2, queued: 2 });
    const many = await queueReindex(db(), { isAll: true, email: bob.email });
    expect(many).toMatchObject({ checked: 601, queued: 601, waiting: 603 });
  });
});
