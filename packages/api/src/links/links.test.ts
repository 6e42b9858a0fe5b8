import { createDispatcher } from '@ainotebook/jobs';
import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { createJobHandlers } from '../jobs.js';
import { indexArticle } from '../search/indexing.js';
import { type TestUser, testJobServices, useApi } from '../test-support.js';

const t = useApi();
let alice: TestUser;
let bob: TestUser;

beforeEach(async () => {
  alice = await t.user();
  bob = await t.user();
});

const code = (error: string) => ({ cause: { code: error } });
const runJobs = () =>
  createDispatcher({
    db: t.services().db,
    handlers: createJobHandlers(testJobServices(t.services())),
  }).runDue();

async function write(user: TestUser, title: string, content = '') {
  const article = await user.api.articles.create({ title, content });
  await runJobs();
  return article;
}

async function rewrite(user: TestUser, id: string, data: { title: string; content: string }) {
  const { revision } = await user.api.articles.get({ id });
  await user.api.articles.save({ id, baseRevision: revision, data });
  await runJobs();
}

const linksOf = async (user: TestUser, articleId: string) =>
  (await user.api.links.list({ articleId })).items;
const backlinksOf = async (user: TestUser, articleId: string) =>
  (await user.api.links.backlinks({ articleId })).items;

describe('a wiki link', () => {
  it('leads to the article of that title, in either script and any case', async () => {
    const target = await write(alice, '學習 Notes');
    const source = await write(alice, 'Source', '见 **[[学习 notes|这里]]** 和 [[没有]]。');
    expect(await linksOf(alice, source.id)).toEqual([
      { target: '学习 notes', targetId: target.id, title: '學習 Notes' },
      { target: '没有', targetId: null, title: null },
    ]);
    expect(await backlinksOf(alice, target.id)).toMatchObject([
      { articleId: source.id, title: 'Source', context: '见 这里 和 没有。', range: [2, 4] },
    ]);
  });

  it('finds a target that is indexed at the same time', async () => {
    const { db } = t.services();
    const target = await alice.api.articles.create({ title: 'Same time' });
    const source = await alice.api.articles.create({ title: 'S', content: '[[same time]]' });
    let other: Promise<void> | undefined;
    await db.transaction(async (tx) => {
      await indexArticle(tx, target.id);
      // Comes as far as it can before the target's rows are there for others to see.
      other = indexArticle(db, source.id);
      await expect
        .poll(async () => {
          const { rows } = await db.execute(
            sql`select 1 from pg_locks where locktype = 'advisory' and not granted`,
          );
          return rows.length;
        })
        .toBe(1);
    });
    await other;
    expect(await linksOf(alice, source.id)).toMatchObject([{ targetId: target.id }]);
  });

  it('keeps its target when that is renamed', async () => {
    const target = await write(alice, '旧名字');
    const source = await write(alice, 'Source', '[[旧名字]]');
    await rewrite(alice, target.id, { title: '新名字', content: '' });
    await rewrite(alice, source.id, { title: 'Source', content: '仍是 [[旧名字]]' });
    expect(await linksOf(alice, source.id)).toEqual([
      { target: '旧名字', targetId: target.id, title: '新名字' },
    ]);
    expect(await backlinksOf(alice, target.id)).toHaveLength(1);
  });

  it('waits for an article that is not written yet', async () => {
    const source = await write(alice, 'Source', '[[以后再写]]');
    const target = await write(alice, '以后再写');
    expect(await linksOf(alice, source.id)).toMatchObject([{ targetId: target.id }]);
  });

  it('goes when it is taken out of the text', async () => {
    const target = await write(alice, 'Target');
    const source = await write(alice, 'Source', '[[Target]]');
    await rewrite(alice, source.id, { title: 'Source', content: '`[[Target]]`' });
    expect(await linksOf(alice, source.id)).toEqual([]);
    expect(await backlinksOf(alice, target.id)).toEqual([]);
  });

  it('comes and goes with the trash', async () => {
    const target = await write(alice, 'Target');
    const source = await write(alice, 'Source', '[[Target]]');
    await alice.api.articles.delete({ id: source.id });
    await runJobs();
    expect(await backlinksOf(alice, target.id)).toEqual([]);
    await alice.api.articles.restore({ id: source.id });
    await runJobs();
    expect(await backlinksOf(alice, target.id)).toHaveLength(1);
    await alice.api.articles.delete({ id: target.id });
    await runJobs();
    expect(await linksOf(alice, source.id)).toMatchObject([{ targetId: null }]);
  });

  it('never leads to an article of another user', async () => {
    const target = await write(alice, 'Shared title');
    const source = await write(bob, 'Of Bob', '[[Shared title]]');
    expect(await linksOf(bob, source.id)).toMatchObject([{ targetId: null }]);
    expect(await backlinksOf(alice, target.id)).toEqual([]);
    for (const call of [
      () => bob.api.links.list({ articleId: target.id }),
      () => bob.api.links.backlinks({ articleId: target.id }),
    ]) {
      await expect(call()).rejects.toMatchObject(code('not_found'));
    }
  });
});

it('lists backlinks page by page', async () => {
  const target = await write(alice, 'Target');
  for (let i = 0; i < 3; i++) await write(alice, `Source ${i}`, '[[Target]]');
  const first = await alice.api.links.backlinks({ articleId: target.id, limit: 2 });
  const second = await alice.api.links.backlinks({
    articleId: target.id,
    limit: 2,
    cursor: first.nextCursor,
  });
  const titles = [...first.items, ...second.items].map(({ title }) => title);
  expect(titles).toEqual(['Source 2', 'Source 1', 'Source 0']);
  expect(second.nextCursor).toBeNull();
});
