// Views on their way by Redis: each counts once, whatever happens on the way.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { schema } from '@ainotebook/db';
import { createDispatcher } from '@ainotebook/jobs';
import { describeWithRedis } from '@ainotebook/testkit';
import { eq, sql } from 'drizzle-orm';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createSchedules } from '../jobs.js';
import { type TestUser, useApi } from '../test-support.js';
import { createViewBuffer, type ViewBuffer } from './view-buffer.js';
import { createViewCounter, type ViewCounter } from './view-counter.js';
import { viewJobHandlers } from './views.jobs.js';
import { countViews, viewDayOf } from './views.service.js';

const t = useApi();
const { viewDay } = schema;
const db = () => t.services().db;
const today = viewDayOf(new Date());

describeWithRedis('views by way of Redis', (url) => {
  let redis: Redis;
  let prefix: string;
  let buffer: ViewBuffer;
  let views: ViewCounter;
  let isFull: () => Promise<boolean>;
  let alice: TestUser;
  let bob: TestUser;
  let articleId: string;
  let ofBob: string;

  const connect = () =>
    new Redis(url, { commandTimeout: 500, enableOfflineQueue: false, maxRetriesPerRequest: 1 });
  beforeAll(async () => {
    redis = connect();
    redis.on('error', () => undefined);
    await once(redis, 'ready');
  });
  afterAll(() => redis.disconnect());
  beforeEach(async () => {
    prefix = `views:${randomUUID()}`;
    isFull = async () => false;
    buffer = createViewBuffer({ redis, prefix, isFull: () => isFull() });
    views = createViewCounter({ db: db(), buffer });
    alice = await t.user();
    bob = await t.user();
    articleId = (await alice.api.articles.create({ title: 'a' })).id;
    ofBob = (await bob.api.articles.create({ title: 'b' })).id;
  });

  const hit = (readerKey: string, id = articleId) => ({ articleId: id, day: today, readerKey });
  const shown = async () => [
    (await alice.api.articles.get({ id: articleId })).views,
    (await bob.api.articles.get({ id: ofBob })).views,
  ];
  const forgetReaders = () => db().delete(viewDay).where(eq(viewDay.articleId, articleId));

  it('reach the article, and no other, with the next flush', async () => {
    for (const reader of ['x', 'y', 'x']) await views.count(hit(reader));
    await views.count(hit('x', ofBob));
    expect(await shown()).toEqual([0, 0]);
    expect(await views.flush()).toBe(4);
    expect(await shown()).toEqual([2, 1]);
    await views.count(hit('x'));
    expect(await views.flush()).toBe(1);
    expect(await views.flush()).toBe(0);
    expect(await shown()).toEqual([2, 1]);
    expect(views.stats()).toEqual({ buffered: 5, direct: 0, dropped: 0 });
    expect(await redis.exists(`${prefix}:waiting`, `${prefix}:batches`)).toBe(0);
  });

  it('come from a process that died before it counted them', async () => {
    await views.count(hit('x'));
    const died = new Error('died');
    await expect(buffer.flush(() => Promise.reject(died))).rejects.toBe(died);
    await views.count(hit('y'));
    expect(await views.flush()).toBe(2);
    expect(await shown()).toEqual([2, 0]);
  });

  it('add nothing again when a process died after it counted them', async () => {
    for (const reader of ['x', 'y']) await views.count(hit(reader));
    const died = new Error('died');
    await expect(
      buffer.flush(async (part, hits) => {
        await countViews(db(), part, hits);
        throw died;
      }),
    ).rejects.toBe(died);
    expect(await shown()).toEqual([2, 0]);
    // The readers would not be known again, but the batch is.
    await forgetReaders();
    expect(await views.flush()).toBe(2);
    expect(await shown()).toEqual([2, 0]);
  });

  it('are counted once by many processes at once', async () => {
    const count = (n: number) => views.count(hit(`r${n % 400}`, n % 3 === 0 ? ofBob : articleId));
    await Promise.all(
      Array.from({ length: 1_200 }, (_, n) =>
        n % 100 === 0 ? Promise.all([count(n), views.flush(), views.flush()]) : count(n),
      ),
    );
    await views.flush();
    expect(await shown()).toEqual([400, 400]);
  });

  it('of more than one part are all counted', async () => {
    const batch = Array.from({ length: 11_000 }, (_, n) => JSON.stringify([articleId, today, n]));
    await redis.rpush(`${prefix}:waiting`, ...batch);
    expect(await views.flush()).toBe(11_000);
    expect(await shown()).toEqual([11_000, 0]);
  });

  it('of an article that is gone, or of long ago, are passed over', async () => {
    await views.count(hit('x', ofBob));
    await views.count({ ...hit('x'), day: viewDayOf(new Date(Date.now() - 8 * 86_400_000)) });
    await bob.api.articles.delete({ id: ofBob });
    await bob.api.articles.purge({ id: ofBob });
    expect(await views.flush()).toBe(2);
    expect((await alice.api.articles.get({ id: articleId })).views).toBe(0);
  });

  it('are counted at once while Redis is full, may evict, or is away', async () => {
    isFull = async () => true;
    await views.count(hit('full'));
    isFull = () => Promise.reject(new Error('it evicts'));
    await views.count(hit('evicts'));
    isFull = async () => false;
    const cut = connect();
    cut.on('error', () => undefined);
    cut.disconnect();
    const away = createViewCounter({
      db: db(),
      buffer: createViewBuffer({ redis: cut, prefix, isFull }),
    });
    await away.count(hit('away'));
    await expect(away.flush()).rejects.toThrow();
    expect(await shown()).toEqual([3, 0]);
    expect(views.stats()).toEqual({ buffered: 0, direct: 2, dropped: 0 });
  });

  it('wait for Postgres in a bounded number, and are dropped beyond', async () => {
    isFull = async () => true;
    await db().transaction(async (tx) => {
      await tx.execute(sql`select from articles where id = ${articleId} for update`);
      const asked = Array.from({ length: 600 }, (_, n) => views.count(hit(`r${n}`)));
      await expect.poll(() => views.stats().dropped).toBeGreaterThan(0);
      await tx.execute(sql`select 1`);
      void Promise.allSettled(asked);
    });
    await views.flush();
    const { direct, dropped } = views.stats();
    expect(direct + dropped).toBe(600);
    expect(await shown()).toEqual([direct, 0]);
  });

  it('are brought by the job of each interval, where there is a Redis', async () => {
    await views.count(hit('x'));
    expect(
      createSchedules({ flushViewsMs: null, models: t.services().models }).map(({ name }) => name),
    ).not.toContain('update-views');
    const schedule = createSchedules({ flushViewsMs: 60_000, models: t.services().models }).find(
      ({ name }) => name === 'update-views',
    );
    expect(schedule?.everyMs).toBe(60_000);
    await db().transaction((tx) => schedule?.enqueue(tx, new Date()) ?? Promise.resolve());
    await createDispatcher({ db: db(), handlers: viewJobHandlers(views) }).runDue();
    expect(await shown()).toEqual([1, 0]);
  });
});
