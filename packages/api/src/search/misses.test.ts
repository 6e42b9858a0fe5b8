import { LIMITS } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { type TestUser, useApi } from '../test-support.js';
import { indexArticle } from './indexing.js';

const t = useApi();
const db = () => t.services().db;

const misses = async (user: TestUser) =>
  (await user.api.search.misses()).items.map(({ query, count }) => [query, count]);
const look = async (user: TestUser, ...queries: string[]) => {
  for (const q of queries) await user.api.search.query({ q });
};
/** As if what is there had been looked for a minute earlier. */
const waitAMinute = (user: TestUser) =>
  db()
    .update(schema.searchMisses)
    .set({ lastAt: sql`last_at - interval '1 minute'` })
    .where(eq(schema.searchMisses.userId, user.id));

describe('the search log', () => {
  it('keeps what was not found, the latest first, for its owner only', async () => {
    const [alice, bob] = [await t.user(), await t.user()];
    await look(alice, '量子', 'zebra');
    expect(await misses(alice)).toEqual([
      ['zebra', 1],
      ['量子', 1],
    ]);
    expect(await misses(bob)).toEqual([]);
    await bob.api.search.forgetMisses();
    expect(await misses(alice)).toHaveLength(2);
  });

  it('keeps nothing of a search that found something, of filters alone, or of punctuation', async () => {
    const alice = await t.user();
    const { id } = await alice.api.articles.create({ title: '北京', content: 'walnut' });
    await indexArticle(db(), id);
    await look(
      alice,
      'walnut',
      'walnut pecan',
      'wallnut',
      'bj',
      'tag:none',
      'is:archived',
      '',
      '。',
    );
    expect(await misses(alice)).toEqual([]);
    await look(alice, 'walnut tag:none');
    expect(await misses(alice)).toEqual([['walnut tag:none', 1]]);
  });

  it('takes queries typed one after the other as the last of them', async () => {
    const alice = await t.user();
    await look(alice, 'ze', 'zeb', 'ZEBRA', 'zebra ', 'zebr');
    expect(await misses(alice)).toEqual([['zebr', 1]]);
    await waitAMinute(alice);
    await look(alice, 'zebra');
    expect(await misses(alice)).toEqual([
      ['zebra', 1],
      ['zebr', 1],
    ]);
  });

  it('counts a query that comes again later, also when it was typed through', async () => {
    const alice = await t.user();
    await look(alice, 'zebra');
    await waitAMinute(alice);
    await look(alice, 'Zebra', 'zebra');
    expect(await misses(alice)).toEqual([['zebra', 2]]);
    await waitAMinute(alice);
    await look(alice, 'zebra', 'zebra crossing');
    expect(await misses(alice)).toEqual([
      ['zebra crossing', 1],
      ['zebra', 2],
    ]);
  });

  it('forgets one query, or all', async () => {
    const alice = await t.user();
    await look(alice, 'zebra', 'giraffe', 'okapi');
    await alice.api.search.forgetMisses({ query: ' GIRAFFE' });
    expect(await misses(alice)).toEqual([
      ['okapi', 1],
      ['zebra', 1],
    ]);
    await alice.api.search.forgetMisses({ query: 'never looked for' });
    await alice.api.search.forgetMisses();
    expect(await misses(alice)).toEqual([]);
  });

  it('keeps a bounded number, dropping the oldest', async () => {
    const alice = await t.user();
    await db()
      .insert(schema.searchMisses)
      .values(
        Array.from({ length: LIMITS.searchMissesPerUser }, (_, n) => ({
          userId: alice.id,
          key: `q${n}`,
          query: `q${n}`,
          lastAt: new Date(Date.UTC(2026, 0, 1) + n * 60_000),
        })),
      );
    await look(alice, 'zebra');
    const kept = await misses(alice);
    expect(kept).toHaveLength(LIMITS.searchMissesPerUser);
    expect(kept[0]).toEqual(['zebra', 1]);
    expect(kept.at(-1)).toEqual(['q1', 1]);
  });

  it('survives many searches of one user at once', async () => {
    const alice = await t.user();
    const words = ['ze', 'zeb', 'zebr', 'zebra', 'zebra c'];
    await Promise.all([...words, ...words, ...words].map((q) => alice.api.search.query({ q })));
    expect(await misses(alice)).toHaveLength(1);
  });

  it('needs a signed-in user', async () => {
    for (const call of [t.api().search.misses(), t.api().search.forgetMisses()]) {
      await expect(call).rejects.toMatchObject({ cause: { code: 'unauthenticated' } });
    }
  });
});
