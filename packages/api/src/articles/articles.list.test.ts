import { schema } from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { countQueries } from '../count-queries.js';
import { type TestUser, useApi } from '../test-support.js';

const { articles } = schema;
const setup = useApi();
type ListInput = NonNullable<Parameters<TestUser['api']['articles']['list']>[0]>;

async function allPages(user: TestUser, input: ListInput) {
  const items = [];
  let cursor: string | null | undefined;
  do {
    const page = await user.api.articles.list({ ...input, cursor });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return items;
}

const titles = (items: { title: string }[]) => items.map((item) => item.title);

describe('articles.list', () => {
  it('shows the latest changed first, 20 a page, without texts', async () => {
    const user = await setup.user();
    for (let i = 0; i < 21; i++) {
      await user.api.articles.create({ title: `t${i}`, content: 'the text' });
    }
    const first = await user.api.articles.list();
    expect(titles(first.items)).toEqual(Array.from({ length: 20 }, (_, i) => `t${20 - i}`));
    expect(first.items[0]).not.toHaveProperty('content');
    const second = await user.api.articles.list({ cursor: first.nextCursor });
    expect(second).toMatchObject({ items: [{ title: 't0' }], nextCursor: null });
  });

  it('sorts by title without case, by creation, and filters by notebook, tag and status', async () => {
    const user = await setup.user();
    const { id: notebookId } = await user.api.notebooks.create({ name: 'n' });
    await user.api.articles.create({ title: 'beta', notebookId, tags: ['Ünder'] });
    await user.api.articles.create({ title: 'Alpha', tags: ['x'] });
    const { id } = await user.api.articles.create({ title: 'gamma', notebookId, tags: ['üNDER'] });
    await user.api.articles.update({ id, data: { isArchived: true } });
    const list = async (input: ListInput) => titles((await user.api.articles.list(input)).items);
    expect(await list({ sort: 'title' })).toEqual(['Alpha', 'beta', 'gamma']);
    expect(await list({ sort: 'createdAt' })).toEqual(['gamma', 'Alpha', 'beta']);
    expect(await list({ notebookId, sort: 'title' })).toEqual(['beta', 'gamma']);
    expect(await list({ notebookId: null })).toEqual(['Alpha']);
    expect(await list({ tag: 'üNder', sort: 'title' })).toEqual(['beta', 'gamma']);
    expect(await list({ tag: 'unknown' })).toEqual([]);
    expect(await list({ status: 'archived' })).toEqual(['gamma']);
    expect(await list({ status: 'draft', notebookId })).toEqual(['beta']);
  });

  it('tells pinned, archived and unfinished ones apart', async () => {
    const user = await setup.user();
    const tasks = '- [ ] one\n- [x] two\n- [ ] three';
    const todo = await user.api.articles.create({ title: 'todo', content: tasks });
    const kept = await user.api.articles.create({ title: 'kept' });
    const old = await user.api.articles.create({ title: 'old' });
    for (const { id } of [kept, old]) {
      await user.api.articles.update({ id, data: { isPinned: true } });
    }
    await user.api.articles.update({ id: old.id, data: { isArchived: true } });
    const list = async (input: ListInput) => titles((await user.api.articles.list(input)).items);
    expect(await list({ isArchived: false })).toEqual(['kept', 'todo']);
    expect(await list({ isArchived: true })).toEqual(['old']);
    expect(await list({ isPinned: true })).toEqual(['old', 'kept']);
    expect(await list({ isPinned: true, isArchived: false })).toEqual(['kept']);
    expect(await list({ isPinned: false })).toEqual(['todo']);
    expect(await list({ hasOpenTasks: true })).toEqual(['todo']);
    expect(todo.openTasks).toBe(2);
    const data = { title: 'todo', content: '- [x] one' };
    await user.api.articles.save({ id: todo.id, data, baseRevision: 1 });
    expect(await list({ hasOpenTasks: true })).toEqual([]);
  });

  it('shows the trash only when asked, the latest trashed first', async () => {
    const user = await setup.user();
    const made = [];
    for (const title of ['a', 'b', 'c']) made.push(await user.api.articles.create({ title }));
    for (const i of [2, 0]) await user.api.articles.delete({ id: made[i]?.id ?? '' });
    expect(titles(await allPages(user, { limit: 1 }))).toEqual(['b']);
    expect(titles(await allPages(user, { isTrashed: true, limit: 1 }))).toEqual(['a', 'c']);
  });

  it("never shows another user's articles, not by their notebook or tag either", async () => {
    const [owner, other] = [await setup.user(), await setup.user()];
    const { id: notebookId } = await owner.api.notebooks.create({ name: 'n' });
    await owner.api.articles.create({ title: 'secret', notebookId, tags: ['t'] });
    await other.api.articles.create({ title: 'mine', tags: ['t'] });
    expect(titles((await other.api.articles.list()).items)).toEqual(['mine']);
    expect((await other.api.articles.list({ notebookId })).items).toEqual([]);
    expect(titles((await other.api.articles.list({ tag: 't' })).items)).toEqual(['mine']);
    await expect(setup.api().articles.list()).rejects.toMatchObject({
      cause: { code: 'unauthenticated' },
    });
  });

  it('refuses a forged cursor and one of another order', async () => {
    const user = await setup.user();
    await user.api.articles.create({ title: 'a' });
    await user.api.articles.create({ title: 'b' });
    const { nextCursor } = await user.api.articles.list({ limit: 1 });
    for (const input of [
      { cursor: 'nonsense' },
      { cursor: nextCursor, sort: 'title' as const },
      { cursor: Buffer.from('["updatedAt",1e400,"x"]').toString('base64url') },
      { cursor: Buffer.from('["title","\' or 1=1",1]').toString('base64url') },
      {
        cursor: Buffer.from(JSON.stringify(['title', '\0', v7()])).toString('base64url'),
        sort: 'title' as const,
      },
    ]) {
      await expect(user.api.articles.list(input)).rejects.toMatchObject({
        cause: { code: 'bad_input' },
      });
    }
  });

  it('pages through titles of the longest kind', async () => {
    const user = await setup.user();
    for (const last of ['一', '二']) {
      await user.api.articles.create({ title: '"'.repeat(60) + '題'.repeat(139) + last });
    }
    expect(await allPages(user, { sort: 'title', limit: 1 })).toHaveLength(2);
  });

  it('pages through rows of one microsecond and of neighbouring ones', async () => {
    const user = await setup.user();
    const items = Array.from({ length: 12 }, (_, i) => ({ title: `${i}` }));
    const { ids } = await user.api.articles.createMany({ items });
    for (const [i, id] of ids.entries()) {
      const at = sql`timestamptz '2026-01-01 00:00:00.123456Z' + ${i % 3} * interval '1 microsecond'`;
      const { db } = setup.services();
      await db.update(articles).set({ updatedAt: at, createdAt: at }).where(eq(articles.id, id));
    }
    for (const sort of ['updatedAt', 'createdAt'] as const) {
      const seen = (await allPages(user, { sort, limit: 5 })).map((item) => item.id);
      expect(seen.toSorted()).toEqual(ids.toSorted());
    }
  });

  it.each([
    {},
    { sort: 'title' as const },
    { notebookId: null },
    { isArchived: false, isPinned: false },
    { tag: 'tag' },
    { isTrashed: true },
  ])('asks the database as often for 100 rows as for 1: %o', async (input) => {
    const user = await setup.user();
    const items = Array.from({ length: 100 }, (_, i) => ({
      title: `${i}`,
      tags: ['tag', `t${i % 10}`],
    }));
    const { ids } = await user.api.articles.createMany({ items });
    if (input.isTrashed) await user.api.articles.updateMany({ action: 'trash', ids });
    const { db } = setup.services();
    const count = (limit: number) =>
      countQueries(db, async () => {
        const page = await user.api.articles.list({ ...input, limit });
        expect(page.items).toHaveLength(limit);
        expect(page.items[0]?.tags).toHaveLength(2);
      });
    expect(await count(1)).toBe(await count(100));
    expect(await count(100)).toBeLessThanOrEqual(2);
  });

  it('shows every article that stays exactly once, whatever is written between the pages', async () => {
    const user = await setup.user();
    const write = fc.oneof(
      fc.record({ kind: fc.constant('create' as const), title: fc.string({ maxLength: 3 }) }),
      fc.record({ kind: fc.constant('save' as const), at: fc.nat(29) }),
      fc.record({ kind: fc.constant('trash' as const), at: fc.nat(9) }),
    );
    const between = fc.array(fc.array(write, { maxLength: 3 }), { minLength: 12, maxLength: 12 });
    const sorts = fc.constantFrom('createdAt' as const, 'title' as const);
    await fc.assert(
      fc.asyncProperty(
        sorts,
        fc.integer({ min: 2, max: 7 }),
        between,
        async (sort, limit, writes) => {
          await setup.services().db.delete(articles).where(eq(articles.userId, user.id));
          const titleOf = (i: number) => `${'bAcd'[i % 4]}${i % 5}`;
          const items = Array.from({ length: 40 }, (_, i) => ({ id: v7(), title: titleOf(i) }));
          await user.api.articles.createMany({ items });
          // The first 30 stay; the others may go.
          const [stay, leave] = [items.slice(0, 30), items.slice(30)];
          const revisionOf = new Map<string, number>();
          const seen: string[] = [];
          let cursor: string | null | undefined;
          let step = 0;
          do {
            const page = await user.api.articles.list({ sort, limit, cursor });
            seen.push(...page.items.map((item) => item.id));
            cursor = page.nextCursor;
            for (const w of writes[step++] ?? []) {
              if (w.kind === 'create') {
                await user.api.articles.create({ title: w.title.replace(/\P{L}/gu, '') });
              } else if (w.kind === 'save') {
                const item = stay[w.at] ?? { id: '', title: '' };
                const base = revisionOf.get(item.id) ?? 1;
                const data = { title: item.title, content: `new ${base}` };
                await user.api.articles.save({ id: item.id, data, baseRevision: base });
                revisionOf.set(item.id, base + 1);
              } else {
                await user.api.articles.delete({ id: leave[w.at]?.id ?? '' });
              }
            }
          } while (cursor);
          expect(new Set(seen).size).toBe(seen.length);
          expect(stay.filter((item) => !seen.includes(item.id))).toEqual([]);
        },
      ),
      { numRuns: 12, seed: 20260101 },
    );
  });
});
