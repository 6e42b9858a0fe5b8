import { schema } from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { countQueries } from '../count-queries.js';
import { type TestUser, useApi } from '../test-support.js';

const { outbox, revisions } = schema;
const setup = useApi();
const code = (name: string) => ({ cause: { code: name } });

/** An article with these texts as its revisions, in order. */
async function written(user: TestUser, texts: string[]) {
  const [first = '', ...rest] = texts;
  const { id } = await user.api.articles.create({ title: 'v1', content: first });
  for (const [i, content] of rest.entries()) {
    const data = { title: `v${i + 2}`, content };
    await user.api.articles.save({ id, data, baseRevision: i + 1 });
  }
  const { items } = await user.api.revisions.list({ articleId: id, limit: 100 });
  return { id, ids: items.map((item) => item.id).reverse() };
}

describe('revisions.list', () => {
  it('shows the newest first, without texts, page by page', async () => {
    const user = await setup.user();
    const { id } = await written(user, ['a', 'b', 'c']);
    const first = await user.api.revisions.list({ articleId: id, limit: 2 });
    expect(first.items).toMatchObject([
      { articleId: id, number: 3, kind: 'save', name: null, title: 'v3', wordCount: 1 },
      { number: 2 },
    ]);
    expect(first.items[0]).not.toHaveProperty('content');
    const second = await user.api.revisions.list({
      articleId: id,
      limit: 2,
      cursor: first.nextCursor,
    });
    expect(second).toMatchObject({ items: [{ number: 1 }], nextCursor: null });
  });

  it('pages through revisions of one microsecond', async () => {
    const user = await setup.user();
    const { id, ids } = await written(user, ['a', 'b', 'c', 'd', 'e']);
    const at = sql`timestamptz '2026-01-01 00:00:00.000001Z'`;
    const { db } = setup.services();
    await db.update(revisions).set({ createdAt: at }).where(eq(revisions.articleId, id));
    const seen: string[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await user.api.revisions.list({ articleId: id, limit: 2, cursor });
      seen.push(...page.items.map((item) => item.id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen.toSorted()).toEqual(ids.toSorted());
  });

  it('asks the database as often for 100 as for 1', async () => {
    const user = await setup.user();
    const { id } = await user.api.articles.create({ title: 't' });
    const { db } = setup.services();
    await db.insert(revisions).values(
      Array.from({ length: 100 }, (_, i) => ({
        articleId: id,
        number: i + 2,
        kind: 'save' as const,
        title: 't',
        content: 'c',
        contentHash: 'h',
      })),
    );
    const count = (limit: number) =>
      countQueries(db, async () => {
        const page = await user.api.revisions.list({ articleId: id, limit });
        expect(page.items).toHaveLength(limit);
      });
    expect(await count(1)).toBe(await count(100));
  });
});

describe('revisions.diff', () => {
  it('compares two revisions, or one with the present text', async () => {
    const user = await setup.user();
    const { ids } = await written(user, ['他每天早上吃苹果。', '他每天早上吃香蕉。', 'present']);
    const diff = await user.api.revisions.diff({ fromId: ids[0] ?? '', toId: ids[1] });
    expect(diff).toEqual({
      title: { from: 'v1', to: 'v2' },
      content: [
        { kind: 'same', text: '他每天早上吃' },
        { kind: 'removed', text: '苹果' },
        { kind: 'added', text: '香蕉' },
        { kind: 'same', text: '。' },
      ],
    });
    expect(await user.api.revisions.diff({ fromId: ids[2] ?? '' })).toEqual({
      title: { from: 'v3', to: 'v3' },
      content: [{ kind: 'same', text: 'present' }],
    });
  });

  it('refuses revisions of two articles', async () => {
    const user = await setup.user();
    const [a, b] = [await written(user, ['a']), await written(user, ['b'])];
    const diff = user.api.revisions.diff({ fromId: a.ids[0] ?? '', toId: b.ids[0] });
    await expect(diff).rejects.toMatchObject(code('bad_input'));
  });
});

describe('revisions.restore', () => {
  it('makes the former text the present one, as a new revision, and queues indexing', async () => {
    const user = await setup.user();
    const { id, ids } = await written(user, ['first', 'second']);
    const { db } = setup.services();
    await db.delete(outbox).where(eq(outbox.dedupeKey, id));
    const restored = await user.api.revisions.restore({ id: ids[0] ?? '' });
    expect(restored).toMatchObject({ status: 'saved', revision: 3 });
    expect(await user.api.articles.get({ id })).toMatchObject({
      title: 'v1',
      content: 'first',
      revision: 3,
      excerpt: 'first',
    });
    const { items } = await user.api.revisions.list({ articleId: id });
    expect(items.map((item) => [item.number, item.kind])).toEqual([
      [3, 'restore'],
      [2, 'save'],
      [1, 'save'],
    ]);
    expect(await db.select().from(outbox).where(eq(outbox.dedupeKey, id))).toHaveLength(1);
    // The text is the present one by now.
    expect(await user.api.revisions.restore({ id: ids[0] ?? '' })).toEqual(restored);
  });

  it('loses nothing beside saves at the same time', async () => {
    const user = await setup.user();
    const { id, ids } = await written(user, ['first', 'second']);
    await Promise.all([
      ...Array.from({ length: 5 }, () => user.api.revisions.restore({ id: ids[0] ?? '' })),
      user.api.articles.save({ id, data: { title: 't', content: 'mine' }, baseRevision: 2 }),
    ]);
    const { db } = setup.services();
    const kept = await db.select().from(revisions).where(eq(revisions.articleId, id));
    expect(kept.map((row) => row.content)).toContain('mine');
  });

  it('brings back the losing text of a conflict', async () => {
    const user = await setup.user();
    const { id } = await written(user, ['a', 'theirs']);
    const data = { title: 't', content: 'mine' };
    const lost = await user.api.articles.save({ id, data, baseRevision: 1 });
    if (lost.status !== 'conflict') throw new Error('expected a conflict');
    await user.api.revisions.restore({ id: lost.kept.revisionId });
    expect((await user.api.articles.get({ id })).content).toBe('mine');
  });

  it('does not reach into the trash', async () => {
    const user = await setup.user();
    const { id, ids } = await written(user, ['a', 'b']);
    await user.api.articles.delete({ id });
    const restored = user.api.revisions.restore({ id: ids[0] ?? '' });
    await expect(restored).rejects.toMatchObject(code('not_found'));
  });
});

describe('revisions.name', () => {
  it('gives a name and takes it away', async () => {
    const user = await setup.user();
    const { ids } = await written(user, ['a']);
    const id = ids[0] ?? '';
    const named = await user.api.revisions.name({ id, data: { name: ' 初稿 ' } });
    expect(named).toMatchObject({ id, name: '初稿', number: 1 });
    expect((await user.api.revisions.name({ id, data: { name: '' } })).name).toBeNull();
    const tooLong = user.api.revisions.name({ id, data: { name: 'x'.repeat(81) } });
    await expect(tooLong).rejects.toMatchObject(code('bad_input'));
  });
});

describe('revisions', () => {
  it('are closed to a second user and to visitors, who learn no more than of unknown ids', async () => {
    const [owner, other] = [await setup.user(), await setup.user()];
    const { id, ids } = await written(owner, ['a', 'b']);
    const mine = await written(other, ['c']);
    for (const revisionId of [ids[0] ?? '', v7()]) {
      for (const [api, expected] of [
        [other.api, 'not_found'],
        [setup.api(), 'unauthenticated'],
      ] as const) {
        const calls = [
          () => api.revisions.get({ id: revisionId }),
          () => api.revisions.diff({ fromId: revisionId }),
          () => api.revisions.diff({ fromId: mine.ids[0] ?? '', toId: revisionId }),
          () => api.revisions.restore({ id: revisionId }),
          () => api.revisions.name({ id: revisionId, data: { name: 'x' } }),
          () => api.revisions.list({ articleId: revisionId === ids[0] ? id : revisionId }),
        ];
        for (const call of calls) await expect(call()).rejects.toMatchObject(code(expected));
      }
    }
    expect(await owner.api.articles.get({ id })).toMatchObject({ content: 'b', revision: 2 });
    expect((await owner.api.revisions.get({ id: ids[0] ?? '' })).name).toBeNull();
  });
});
