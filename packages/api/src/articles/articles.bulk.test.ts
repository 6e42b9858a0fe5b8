import { LIMITS } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { and, eq, inArray } from 'drizzle-orm';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { type TestUser, useApi } from '../test-support.js';

const { articles, outbox, revisions } = schema;
const setup = useApi();
const code = (name: string) => ({ cause: { code: name } });

async function made(user: TestUser, count: number, more: { tags?: string[] } = {}) {
  const items = Array.from({ length: count }, (_, i) => ({ title: `${i}`, content: 'c', ...more }));
  return (await user.api.articles.createMany({ items })).ids;
}

const live = async (user: TestUser) => (await user.api.articles.list({ limit: 100 })).items;

describe('articles.createMany', () => {
  it('creates all with revisions, tags and index jobs of batch priority', async () => {
    const user = await setup.user();
    const { id: notebookId } = await user.api.notebooks.create({ name: 'n' });
    const items = Array.from({ length: LIMITS.bulkItems }, (_, i) => ({
      title: `${i}`,
      content: i % 2 ? 'text' : '',
      notebookId,
      tags: ['all', `t${i % 3}`],
    }));
    const result = await user.api.articles.createMany({ items });
    expect(result).toMatchObject({ created: 100, skipped: 0 });
    const first = await user.api.articles.get({ id: result.ids[0] ?? '' });
    expect(first).toMatchObject({ title: '0', notebookId, tags: ['all', 't0'], revision: 1 });
    const { db } = setup.services();
    expect(await db.$count(revisions, inArray(revisions.articleId, result.ids))).toBe(100);
    const jobs = await db.select().from(outbox).where(inArray(outbox.dedupeKey, result.ids));
    expect(jobs).toHaveLength(100);
    expect(new Set(jobs.map((job) => job.priority))).toEqual(new Set([10]));
  });

  it('skips ids that exist, twice in the input included, and counts them', async () => {
    const [user, other] = [await setup.user(), await setup.user()];
    const theirs = await other.api.articles.create({ title: 'theirs' });
    const mine = await user.api.articles.create({ title: 'mine' });
    const fresh = v7();
    const result = await user.api.articles.createMany({
      items: [
        { id: mine.id, title: 'x', tags: ['x'] },
        { id: fresh, title: 'first' },
        { id: fresh, title: 'second' },
        { id: theirs.id, title: 'x' },
        { title: 'no id' },
      ],
    });
    expect(result).toMatchObject({ created: 2, skipped: 3 });
    expect(result.ids).toHaveLength(2);
    expect(result.ids[0]).toBe(fresh);
    expect((await live(user)).map((a) => a.title).sort()).toEqual(['first', 'mine', 'no id']);
    expect((await other.api.articles.get({ id: theirs.id })).title).toBe('theirs');
    expect(await user.api.tags.list()).toEqual([]);
  });

  it('sent twice at once with the same ids, creates each once', async () => {
    const user = await setup.user();
    const items = Array.from({ length: 50 }, (_, i) => ({ id: v7(), title: `${i}`, tags: ['t'] }));
    const results = await Promise.all([
      user.api.articles.createMany({ items }),
      user.api.articles.createMany({ items: items.toReversed() }),
      user.api.articles.createMany({ items: items.map((item) => ({ ...item, tags: [] })) }),
    ]);
    expect(results.reduce((n, r) => n + r.created, 0)).toBe(50);
    expect(results.reduce((n, r) => n + r.skipped, 0)).toBe(100);
  });

  it('is one transaction: one foreign notebook and nothing is created', async () => {
    const [user, other] = [await setup.user(), await setup.user()];
    const { id: notebookId } = await other.api.notebooks.create({ name: 'n' });
    const items = [
      { title: 'fine', tags: ['t'] },
      { title: 'not', notebookId },
    ];
    await expect(user.api.articles.createMany({ items })).rejects.toMatchObject(code('not_found'));
    expect(await live(user)).toEqual([]);
    expect(await user.api.tags.list()).toEqual([]);
  });

  it('refuses more than 100 and visitors', async () => {
    const user = await setup.user();
    const items = Array.from({ length: 101 }, () => ({ title: 't' }));
    await expect(user.api.articles.createMany({ items })).rejects.toMatchObject(code('bad_input'));
    await expect(setup.api().articles.createMany({ items: [{}] })).rejects.toMatchObject(
      code('unauthenticated'),
    );
  });
});

describe('articles.updateMany', () => {
  it('moves, tags, archives, trashes and restores, and counts what it applied to', async () => {
    const user = await setup.user();
    const { id: notebookId } = await user.api.notebooks.create({ name: 'n' });
    const ids = await made(user, 3, { tags: ['a'] });
    const some = ids.slice(0, 2);
    const many = user.api.articles.updateMany;
    expect(await many({ action: 'move', ids: some, notebookId })).toMatchObject({ count: 2 });
    expect((await live(user)).filter((a) => a.notebookId === notebookId)).toHaveLength(2);
    await many({ action: 'addTags', ids: some, tags: ['A', '新'] });
    await many({ action: 'removeTags', ids: [some[0] ?? ''], tags: ['a', 'unknown'] });
    expect((await live(user)).map((a) => a.tags)).toEqual([['a'], ['a', '新'], ['新']]);
    await many({ action: 'archive', ids: some, isArchived: true });
    expect((await live(user)).map((a) => a.status)).toEqual(['draft', 'archived', 'archived']);
    await many({ action: 'archive', ids, isArchived: false });
    expect((await live(user)).map((a) => a.status)).toEqual(['draft', 'draft', 'draft']);
    expect(await many({ action: 'trash', ids: some })).toMatchObject({ count: 2 });
    expect(await many({ action: 'trash', ids })).toMatchObject({ count: 1 });
    expect(await many({ action: 'move', ids, notebookId: null })).toMatchObject({ count: 0 });
    expect(await many({ action: 'restore', ids })).toMatchObject({ count: 3 });
    expect(await live(user)).toHaveLength(3);
  });

  it('publishes, keeps what is unlisted unlisted, and unpublishes', async () => {
    const user = await setup.user();
    const ids = await made(user, 3);
    const [first = '', second = ''] = ids;
    await user.api.publications.publish({ articleId: first, visibility: 'unlisted' });
    expect(await user.api.articles.updateMany({ action: 'publish', ids })).toMatchObject({
      count: 3,
    });
    expect((await live(user)).map((a) => a.status)).toEqual(Array(3).fill('published'));
    const visibility = async (articleId: string) =>
      (await user.api.publications.get({ articleId }))?.visibility;
    expect([await visibility(first), await visibility(second)]).toEqual(['unlisted', 'public']);
    await user.api.publications.unpublish({ articleId: second });
    expect(await user.api.articles.updateMany({ action: 'unpublish', ids })).toMatchObject({
      count: 2,
    });
    expect((await live(user)).map((a) => a.status)).toEqual(Array(3).fill('draft'));
  });

  it('says of each article what became of it, and nothing of another user’s', async () => {
    const [user, other] = [await setup.user(), await setup.user()];
    const [live = '', trashed = ''] = await made(user, 2);
    const [theirs = ''] = await made(other, 1);
    await user.api.articles.delete({ id: trashed });
    const result = await user.api.articles.updateMany({
      action: 'trash',
      ids: [trashed, theirs, live, v7(), live],
    });
    expect(result).toEqual({
      count: 1,
      items: [
        { id: trashed, outcome: 'skipped' },
        { id: live, outcome: 'done' },
      ],
    });
  });

  it('deletes for good only what is in the trash, with the tags that only that had', async () => {
    const user = await setup.user();
    const [kept = ''] = await made(user, 1, { tags: ['kept'] });
    const gone = await made(user, 2, { tags: ['gone'] });
    await user.api.articles.updateMany({ action: 'trash', ids: gone });
    const result = await user.api.articles.updateMany({ action: 'purge', ids: [...gone, kept] });
    expect(result.items.map((item) => item.outcome)).toEqual(['done', 'done', 'skipped']);
    expect((await user.api.articles.list({ isTrashed: true })).items).toEqual([]);
    expect((await live(user)).map((a) => a.id)).toEqual([kept]);
    expect((await user.api.tags.list()).map((t) => t.name)).toEqual(['kept']);
  });

  it('leaves alone what is not the caller’s, whatever the action', async () => {
    const [owner, other] = [await setup.user(), await setup.user()];
    const [theirs = '', trashed = ''] = await made(owner, 2, { tags: ['t'] });
    await owner.api.articles.delete({ id: trashed });
    const [mine = ''] = await made(other, 1);
    const ids = [theirs, trashed, v7(), mine];
    const actions = [
      { action: 'move', ids, notebookId: null },
      { action: 'addTags', ids, tags: ['x'] },
      { action: 'removeTags', ids, tags: ['t'] },
      { action: 'archive', ids, isArchived: true },
      { action: 'publish', ids },
      { action: 'unpublish', ids },
      { action: 'trash', ids },
      { action: 'restore', ids },
      { action: 'trash', ids },
      { action: 'purge', ids },
    ] as const;
    for (const input of actions) {
      const copy = { ...input, ids: [...ids] };
      const { count } = await other.api.articles.updateMany(
        'tags' in input ? { ...input, ids: copy.ids, tags: [...input.tags] } : (copy as never),
      );
      expect([input.action, count]).toEqual([input.action, 1]);
    }
    expect(await owner.api.articles.get({ id: theirs })).toMatchObject({
      status: 'draft',
      tags: ['t'],
      deletedAt: null,
    });
    expect((await owner.api.articles.get({ id: trashed })).deletedAt).toBeInstanceOf(Date);
  });

  it('refuses another user’s notebook, and one tag too many, without changing anything', async () => {
    const [user, other] = [await setup.user(), await setup.user()];
    const { id: notebookId } = await other.api.notebooks.create({ name: 'n' });
    const ids = await made(user, 2, { tags: ['one'] });
    const moved = user.api.articles.updateMany({ action: 'move', ids, notebookId });
    await expect(moved).rejects.toMatchObject(code('not_found'));
    const tags = Array.from({ length: LIMITS.tagsPerArticle }, (_, i) => `t${i}`);
    const tagged = user.api.articles.updateMany({ action: 'addTags', ids, tags });
    await expect(tagged).rejects.toMatchObject(code('limit_reached'));
    expect((await user.api.tags.list()).map((t) => t.name)).toEqual(['one']);
  });

  it('twice at once over the same articles in opposite order, both finish', async () => {
    const user = await setup.user();
    const ids = await made(user, 100);
    const results = await Promise.all([
      user.api.articles.updateMany({ action: 'trash', ids }),
      user.api.articles.updateMany({ action: 'trash', ids: ids.toReversed() }),
      user.api.articles.updateMany({ action: 'addTags', ids, tags: ['x'] }),
    ]);
    expect(results[0].count + results[1].count).toBe(100);
    const { db } = setup.services();
    const mine = and(eq(articles.userId, user.id), inArray(articles.id, ids));
    expect(await db.$count(articles, mine)).toBe(100);
  });
});
