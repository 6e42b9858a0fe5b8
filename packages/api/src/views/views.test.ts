import { schema } from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { type TestUser, useApi } from '../test-support.js';
import { countView, pruneViewDays, readerKeyOf, viewDayOf } from './views.service.js';

const t = useApi();
const { viewDay } = schema;
const db = () => t.services().db;
const day = '2026-03-01';
const readerKey = readerKeyOf('secret', day, { userId: null, ip: '203.0.113.1', userAgent: 'x' });

let alice: TestUser;
let articleId: string;

beforeEach(async () => {
  alice = await t.user();
  articleId = (await alice.api.articles.create({ title: 'a' })).id;
});

const views = async (id = articleId) => (await alice.api.articles.get({ id })).views;

describe('countView', () => {
  it('counts a reader once a day, and again the next day', async () => {
    expect(await countView(db(), { articleId, readerKey, day })).toBe(true);
    expect(await countView(db(), { articleId, readerKey, day })).toBe(false);
    expect(await views()).toBe(1);
    await countView(db(), { articleId, readerKey, day: '2026-03-02' });
    expect(await views()).toBe(2);
  });

  it('takes all addresses of an IPv6 /64 for one reader, and those of another for another', () => {
    const keyOf = (ip: string) => readerKeyOf('secret', day, { userId: null, ip, userAgent: 'x' });
    expect(keyOf('2001:db8:1:2::7')).toBe(keyOf('2001:db8:1:2:ffff::1'));
    expect(keyOf('2001:db8:1:2::7')).not.toBe(keyOf('2001:db8:1:3::7'));
    expect(keyOf('::ffff:203.0.113.1')).toBe(keyOf('203.0.113.1'));
  });

  it('counts two readers, and two articles, apart', async () => {
    const other = await alice.api.articles.create({ title: 'b' });
    await countView(db(), { articleId, readerKey, day });
    await countView(db(), { articleId, readerKey: 'someone else', day });
    await countView(db(), { articleId: other.id, readerKey, day });
    expect([await views(), await views(other.id)]).toEqual([2, 1]);
  });

  it('counts once when one reader asks twenty times at the same moment', async () => {
    const counted = await Promise.all(
      Array.from({ length: 20 }, () => countView(db(), { articleId, readerKey, day })),
    );
    expect(counted.filter(Boolean)).toHaveLength(1);
    expect(await views()).toBe(1);
  });

  it('does nothing for an article that is trashed or gone', async () => {
    await alice.api.articles.delete({ id: articleId });
    expect(await countView(db(), { articleId, readerKey, day })).toBe(false);
    await alice.api.articles.purge({ id: articleId });
    expect(await countView(db(), { articleId, readerKey, day })).toBe(false);
  });

  it('is no edit of the article: its updated_at stays', async () => {
    const { updatedAt } = await alice.api.articles.get({ id: articleId });
    await countView(db(), { articleId, readerKey, day });
    expect((await alice.api.articles.get({ id: articleId })).updatedAt).toEqual(updatedAt);
  });
});

describe('readerKeyOf', () => {
  const visitor = { userId: null, ip: '203.0.113.1', userAgent: 'x' };

  it('is another name each day, for each address, browser and secret', () => {
    const names = [
      readerKeyOf('s', day, visitor),
      readerKeyOf('s', '2026-03-02', visitor),
      readerKeyOf('s', day, { ...visitor, ip: '203.0.113.2' }),
      readerKeyOf('s', day, { ...visitor, userAgent: 'y' }),
      readerKeyOf('other', day, visitor),
      readerKeyOf('s', day, { ...visitor, userId: 'u' }),
    ];
    expect(new Set(names).size).toBe(names.length);
    expect(names[0]).toBe(readerKeyOf('s', day, visitor));
  });

  it('is one name for a signed-in reader on every device', () => {
    const reader = { userId: 'u', ip: '203.0.113.1', userAgent: 'x' };
    expect(readerKeyOf('s', day, { ...reader, ip: '203.0.113.9', userAgent: 'y' })).toBe(
      readerKeyOf('s', day, reader),
    );
  });
});

describe('pruneViewDays', () => {
  it('forgets readers of days gone by and keeps the counts', async () => {
    const now = Date.now();
    const dayBefore = (days: number) => viewDayOf(new Date(now - days * 86_400_000));
    for (const days of [0, 1, 2, 3, 30]) {
      await countView(db(), { articleId, readerKey, day: dayBefore(days) });
    }
    expect(await pruneViewDays(db())).toBeGreaterThanOrEqual(2);
    const left = await db()
      .select({ day: viewDay.day })
      .from(viewDay)
      .where(eq(viewDay.articleId, articleId))
      .orderBy(sql`day desc`);
    expect(left.map((row) => row.day)).toEqual([dayBefore(0), dayBefore(1), dayBefore(2)]);
    expect(await views()).toBe(5);
  });
});
