import type { SearchResult } from '@ainotebook/contract';
import { createDispatcher } from '@ainotebook/jobs';
import { beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../auth/test-client.js';
import { createJobHandlers } from '../jobs.js';
import { type TestUser, testJobServices, useApi } from '../test-support.js';
import { searchArticles } from './search.service.js';

const t = useApi();

const runJobs = () =>
  createDispatcher({
    db: t.services().db,
    handlers: createJobHandlers(testJobServices(t.services())),
  }).runDue();

let alice: TestUser;
let bob: TestUser;
beforeAll(async () => {
  [alice, bob] = [await t.user(), await t.user()];
  for (let i = 1; i <= 7; i += 1) {
    // As many words, so that all are equally good but the one that says it twice.
    await alice.api.articles.create({
      title: `n${i}`,
      content: i === 3 ? '龙井 龙井' : '龙井 茶叶',
    });
  }
  for (const title of ['龙井村', '龙井问茶'])
    await alice.api.articles.create({ title, content: 'x' });
  await alice.api.articles.create({ title: 'a', content: 'longjing tea, longjing tea' });
  await bob.api.articles.create({ title: '龙井 of bob', content: '龙井 longjing' });
  await runJobs();
});

/** Without the limit on searches, which so many of them would reach. */
const search = (
  { id: userId, sessionId }: TestUser,
  input: { q: string; limit: number; cursor?: string | null },
) => searchArticles({ db: t.services().db, auth: { userId, sessionId, role: 'user' } }, input);

/** Every page of a search, as the titles on it. */
async function pages(user: TestUser, q: string, limit: number): Promise<string[][]> {
  const all: string[][] = [];
  let cursor: string | null = null;
  do {
    const page: SearchResult = await search(user, { q, limit, cursor });
    all.push(page.items.map(({ title }) => title));
    cursor = page.nextCursor;
  } while (cursor !== null && all.length < 50);
  return all;
}

describe.each([1, 2, 3, 4, 50])('in pages of %i', (limit) => {
  it.each([
    ['words', '龙井'],
    ['words and then titles by pinyin', 'longjing'],
    ['pinyin alone', 'ljwc'],
    ['filters alone', 'is:draft'],
    ['any of the words', '龙井 qqzzxx'],
    ['what was mistyped', 'longjjng'],
  ])('%s are told in the order of one page, each article once', async (_what, q) => {
    const whole = (await search(alice, { q, limit: 100 })).items.map(({ title }) => title);
    expect(whole.length).toBeGreaterThan(0);
    const told = await pages(alice, q, limit);
    expect(told.flat()).toEqual(whole);
    expect(told).toHaveLength(Math.ceil(whole.length / limit));
  });
});

describe('a cursor', () => {
  it('goes on behind what it ended with, whatever came meanwhile', async () => {
    const carol = await t.user();
    for (const title of ['c1', 'c2', 'c3']) {
      await carol.api.articles.create({ title, content: '碧螺春 新茶' });
    }
    await runJobs();
    const first = await carol.api.search.query({ q: '碧螺春', limit: 2 });
    await carol.api.articles.create({ title: 'c4', content: '碧螺春 新茶' });
    await runJobs();
    const { nextCursor: cursor } = first;
    const second = await carol.api.search.query({ q: '碧螺春', limit: 2, cursor });
    const seen = first.items.map(({ title }) => title);
    for (const { title } of second.items) expect(seen).not.toContain(title);
  });

  it('leads a second user to their own articles only', async () => {
    const { nextCursor: cursor } = await alice.api.search.query({ q: '龙井', limit: 2 });
    const { items } = await bob.api.search.query({ q: '龙井', limit: 50, cursor });
    for (const { title } of items) expect(title).toBe('龙井 of bob');
  });

  it('of another kind of query, or forged, is refused', async () => {
    const { nextCursor: ranked } = await alice.api.search.query({ q: '龙井', limit: 2 });
    const { nextCursor: newest } = await alice.api.search.query({ q: 'is:draft', limit: 2 });
    for (const [q, cursor] of [
      ['is:draft', ranked],
      ['龙井', newest],
      ['龙井', 'nonsense'],
      ['龙井', Buffer.from('["text",1]').toString('base64url')],
    ] as const) {
      expect(await codeOf(alice.api.search.query({ q, cursor }))).toBe('bad_input');
    }
    expect(ranked).not.toBeNull();
  });

  it('that finds nothing more is no miss', async () => {
    const { nextCursor: cursor } = await alice.api.search.query({ q: '龙井', limit: 2 });
    await bob.api.search.query({ q: '龙井村 茶叶', limit: 2, cursor });
    expect((await bob.api.search.misses()).items).toEqual([]);
  });
});
