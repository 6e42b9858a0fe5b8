// Addresses that were never given cost no statement, and no real article is refused; over two processes.
import { createIdFilter } from '@ainotebook/cache';
import { createChangeFeed, createDb } from '@ainotebook/db';
import { sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCaches } from '../caches.js';
import { countQueries } from '../count-queries.js';
import { type TestUser, useApi } from '../test-support.js';
import { readPage } from './page-cache.js';
import { readPublicationImage } from './public-articles.js';

const t = useApi();
const db = () => t.services().db;

/** Another process: it hears of what others commit by its own polls only. */
let elsewhere: ReturnType<typeof createCaches> & { db: ReturnType<typeof db> };
let close: () => Promise<void>;
let alice: TestUser;
let bob: TestUser;

beforeAll(async () => {
  const database = createDb(t.database.url);
  const feed = createChangeFeed(database.pool);
  elsewhere = { ...createCaches({ db: database.db, feed, maxLoads: 8 }), db: database.db };
  feed.start();
  close = async () => {
    elsewhere.cache.close();
    elsewhere.slugFilter.close();
    await feed.close();
    await database.close();
  };
  [alice, bob] = [await t.user(), await t.user()];
  await publish(alice, 'Before');
  await elsewhere.settleCaches();
  await elsewhere.slugFilter.rebuild();
});
afterAll(() => close());

async function publish(user: TestUser, title: string) {
  const { id } = await user.api.articles.create({ title, content: 'text' });
  return (await user.api.publications.publish({ articleId: id })).slug;
}
const kindOf = async (slug: string) => (await readPage(elsewhere, slug)).kind;

it('answers for addresses that were never given without asking', async () => {
  const before = elsewhere.slugFilter.stats().refused;
  const asked = async () => {
    const slugs = Array.from({ length: 500 }, (_, n) => `never-${n}`);
    const kinds = await Promise.all(slugs.map(kindOf));
    // One in a hundred may look known.
    expect(new Set(kinds)).toEqual(new Set(['missing']));
  };
  expect(await countQueries(elsewhere.db, asked)).toBeLessThan(30);
  expect(elsewhere.slugFilter.stats().refused - before).toBeGreaterThan(470);
  expect(await readPublicationImage(elsewhere, 'never-there')).toBeNull();
});

it('knows every article at once that another process publishes, whoever it is of', async () => {
  for (let n = 0; n < 30; n += 1) {
    const slug = await publish(n % 2 ? alice : bob, `Article ${n}`);
    expect(await kindOf(slug)).toBe('live');
  }
});

it('knows one at once that was asked for too early', async () => {
  expect(await kindOf('too-early')).toBe('missing');
  const { id } = await bob.api.articles.create({ title: 'x', content: 'text' });
  await bob.api.publications.publish({ articleId: id, slug: 'too-early' });
  expect(await kindOf('too-early')).toBe('live');
});

it('knows those that are brought by hand, and those that a transaction held back', async () => {
  const brought = async (slug: string, wait: number) => {
    const id = v7();
    await db().transaction(async (tx) => {
      await tx.execute(
        sql`insert into articles (id, user_id, content_hash) values (${id}, ${alice.id}, '')`,
      );
      await tx.execute(sql`
        insert into publications (article_id, user_id, title, content, content_hash, excerpt, language, word_count, revision)
        values (${id}, ${alice.id}, 'Brought', '', '', '', 'en', 0, 1)`);
      await tx.execute(
        sql`insert into slugs (slug, article_id, is_current) values (${slug}, ${id}, true)`,
      );
      await tx.execute(sql`select pg_sleep(${wait})`);
    });
  };
  await brought('by-hand', 0);
  expect(await kindOf('by-hand')).toBe('live');
  const slow = brought('held-back', 1.5);
  expect(await kindOf('held-back')).toBe('missing');
  await slow;
  expect(await kindOf('held-back')).toBe('live');
});

it('finds the same without a filter', async () => {
  const open = createIdFilter({
    feed: { subscribe: () => () => undefined, nudge: () => undefined },
    prefix: 'slug',
    count: async () => 0,
    load: async function* () {},
  });
  expect((await readPage({ ...elsewhere, slugFilter: open }, 'by-hand')).kind).toBe('live');
});
