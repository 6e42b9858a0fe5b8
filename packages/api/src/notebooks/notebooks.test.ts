import { LIMITS } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import fc from 'fast-check';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { countQueries } from '../count-queries.js';
import { type TestUser, useApi } from '../test-support.js';

const { notebooks } = schema;
const setup = useApi();
const code = (name: string) => ({ cause: { code: name } });

const add = (user: TestUser, name: string, parentId: string | null = null) =>
  user.api.notebooks.create({ name, parentId });

async function chain(user: TestUser, length: number) {
  const ids: string[] = [];
  for (let i = 0; i < length; i++) ids.push((await add(user, `${i}`, ids.at(-1) ?? null)).id);
  return ids;
}

/** The tree as nested names: "a(b c(d))". */
async function shape(user: TestUser, parentId: string | null = null): Promise<string> {
  const all = await user.api.notebooks.list();
  const of = (id: string | null): string =>
    all
      .filter((n) => n.parentId === id)
      .map((n) => (of(n.id) ? `${n.name}(${of(n.id)})` : n.name))
      .join(' ');
  return of(parentId);
}

describe('notebooks.create, list and get', () => {
  it('add notebooks after their siblings and count live articles directly inside', async () => {
    const user = await setup.user();
    const a = await add(user, '甲');
    const b = await add(user, 'b');
    await add(user, 'c', a.id);
    await user.api.articles.create({ title: 't', notebookId: a.id });
    const { id } = await user.api.articles.create({ title: 't', notebookId: a.id });
    await user.api.articles.delete({ id });
    expect(await shape(user)).toBe('甲(c) b');
    expect(await user.api.notebooks.get({ id: a.id })).toMatchObject({
      name: '甲',
      parentId: null,
      articleCount: 1,
    });
    expect((await user.api.notebooks.get({ id: b.id })).articleCount).toBe(0);
  });

  it('ask the database once, however many there are', async () => {
    const user = await setup.user();
    const { db } = setup.services();
    const list = () => countQueries(db, () => user.api.notebooks.list());
    await add(user, 'first');
    expect(await list()).toBe(1);
    const rows = Array.from({ length: 99 }, (_, i) => ({
      userId: user.id,
      name: `${i}`,
      position: `b0${i}`,
    }));
    await db.insert(notebooks).values(rows);
    expect(await list()).toBe(1);
  });

  it('with an id used before, answer that notebook; with another user’s, refuse it', async () => {
    const [user, other] = [await setup.user(), await setup.user()];
    const id = v7();
    const first = await user.api.notebooks.create({ id, name: 'first' });
    expect(await user.api.notebooks.create({ id, name: 'second' })).toEqual(first);
    const taken = other.api.notebooks.create({ id, name: 'mine' });
    await expect(taken).rejects.toMatchObject(code('conflict'));
  });

  it('stop at the number and the depth allowed', async () => {
    const user = await setup.user();
    const deepest = (await chain(user, LIMITS.notebookDepth)).at(-1) ?? null;
    await expect(add(user, 'deeper', deepest)).rejects.toMatchObject(code('notebook_too_deep'));
    const rows = Array.from({ length: LIMITS.notebooksPerUser - LIMITS.notebookDepth }, (_, i) => ({
      userId: user.id,
      name: `${i}`,
      position: 'zz',
    }));
    await setup.services().db.insert(notebooks).values(rows);
    await expect(add(user, 'one more')).rejects.toMatchObject(code('limit_reached'));
    expect(await user.api.notebooks.list()).toHaveLength(LIMITS.notebooksPerUser);
  });

  it('give siblings made at once different positions', async () => {
    const user = await setup.user();
    await Promise.all(Array.from({ length: 10 }, (_, i) => add(user, `${i}`)));
    const positions = (await user.api.notebooks.list()).map((n) => n.position);
    expect(new Set(positions).size).toBe(10);
  });

  it.each(['', '   ', 'a\nb', 'x'.repeat(81)])('refuse the name %j', async (name) => {
    const user = await setup.user();
    await expect(add(user, name)).rejects.toMatchObject(code('bad_input'));
  });
});

describe('notebooks.update', () => {
  it('renames', async () => {
    const user = await setup.user();
    const { id } = await add(user, 'a');
    const renamed = await user.api.notebooks.update({ id, data: { name: 'b' } });
    expect(renamed.name).toBe('b');
  });
});

describe('notebooks.move', () => {
  it('places before a sibling, or last, at any level', async () => {
    const user = await setup.user();
    const [a, b, c] = [await add(user, 'a'), await add(user, 'b'), await add(user, 'c')];
    const move = user.api.notebooks.move;
    await move({ id: c.id, parentId: null, beforeId: a.id });
    expect(await shape(user)).toBe('c a b');
    await move({ id: c.id, parentId: null, beforeId: b.id });
    expect(await shape(user)).toBe('a c b');
    await move({ id: a.id, parentId: null });
    expect(await shape(user)).toBe('c b a');
    await move({ id: a.id, parentId: b.id });
    await move({ id: c.id, parentId: b.id, beforeId: a.id });
    expect(await shape(user)).toBe('b(c a)');
  });

  it('refuses a cycle, a depth and a sibling from elsewhere', async () => {
    const user = await setup.user();
    const ids = await chain(user, LIMITS.notebookDepth);
    const [top = '', second = ''] = ids;
    const move = user.api.notebooks.move;
    for (const parentId of [top, second, ids.at(-1) ?? '']) {
      await expect(move({ id: top, parentId })).rejects.toMatchObject(code('notebook_cycle'));
    }
    const other = await add(user, 'other');
    const deep = move({ id: top, parentId: other.id });
    await expect(deep).rejects.toMatchObject(code('notebook_too_deep'));
    for (const beforeId of [second, other.id, v7()]) {
      const elsewhere = move({ id: other.id, parentId: null, beforeId });
      await expect(elsewhere).rejects.toMatchObject(code('not_found'));
    }
    expect(await shape(user)).toBe('0(1(2(3(4(5(6(7))))))) other');
  });

  it('lets one of two moves through that would make a cycle together', async () => {
    const user = await setup.user();
    for (let round = 0; round < 5; round++) {
      const [a, b] = [await add(user, 'a'), await add(user, 'b')];
      const settled = await Promise.allSettled([
        user.api.notebooks.move({ id: a.id, parentId: b.id }),
        user.api.notebooks.move({ id: b.id, parentId: a.id }),
      ]);
      expect(settled.map((s) => s.status).sort()).toEqual(['fulfilled', 'rejected']);
      const refused = settled.find((s) => s.status === 'rejected');
      expect(refused?.reason).toMatchObject(code('notebook_cycle'));
    }
  });

  it('keeps siblings in the order a list of moves gives', async () => {
    const user = await setup.user();
    const names = ['a', 'b', 'c', 'd', 'e'];
    const ids = new Map<string, string>();
    for (const name of names) ids.set(name, (await add(user, name)).id);
    let order = [...names];
    const moves = fc.array(fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names, null)), {
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(moves, async (list) => {
        for (const [name, before] of list) {
          if (name === before) continue;
          const beforeId = before && ids.get(before);
          await user.api.notebooks.move({ id: ids.get(name) ?? '', parentId: null, beforeId });
          const rest = order.filter((n) => n !== name);
          order = rest.toSpliced(before ? rest.indexOf(before) : rest.length, 0, name);
        }
        expect(await shape(user)).toBe(order.join(' '));
      }),
      { numRuns: 15, seed: 20260105 },
    );
  });
});

describe('notebooks.delete', () => {
  async function tree(user: TestUser) {
    const a = await add(user, 'a');
    const b = await add(user, 'b');
    await add(user, 'c');
    const x = await add(user, 'x', b.id);
    const y = await add(user, 'y', b.id);
    await add(user, 'z', y.id);
    const inB = await user.api.articles.create({ title: 'in b', notebookId: b.id });
    const inX = await user.api.articles.create({ title: 'in x', notebookId: x.id });
    const inA = await user.api.articles.create({ title: 'in a', notebookId: a.id });
    return { a, b, x, inA, inB, inX };
  }

  it('keep: moves what is inside one level up, in its place', async () => {
    const user = await setup.user();
    const { b, x, inB, inX } = await tree(user);
    const trashed = await user.api.articles.create({ title: 't', notebookId: x.id });
    await user.api.articles.delete({ id: trashed.id });
    expect(await user.api.notebooks.delete({ id: b.id, articles: 'keep' })).toEqual({ count: 0 });
    expect(await shape(user)).toBe('a x y(z) c');
    expect((await user.api.articles.get({ id: inB.id })).notebookId).toBeNull();
    expect((await user.api.articles.get({ id: inX.id })).notebookId).toBe(x.id);
    const y = (await user.api.notebooks.list()).find((n) => n.name === 'y');
    await user.api.notebooks.move({ id: x.id, parentId: y?.id ?? '' });
    await user.api.notebooks.delete({ id: x.id, articles: 'keep' });
    expect((await user.api.articles.restore({ id: trashed.id })).notebookId).toBe(y?.id);
    expect((await user.api.articles.get({ id: inX.id })).notebookId).toBe(y?.id);
  });

  it('trash: deletes the notebooks inside and trashes every article of them', async () => {
    const user = await setup.user();
    const { b, inA, inB, inX } = await tree(user);
    await user.api.publications.publish({ articleId: inX.id });
    expect(await user.api.notebooks.delete({ id: b.id, articles: 'trash' })).toEqual({ count: 2 });
    expect(await shape(user)).toBe('a c');
    for (const { id } of [inB, inX]) {
      expect(await user.api.articles.get({ id })).toMatchObject({
        status: 'draft',
        deletedAt: expect.any(Date),
      });
    }
    expect((await user.api.articles.get({ id: inA.id })).deletedAt).toBeNull();
  });
});

describe('notebooks', () => {
  it('are closed to a second user and to visitors', async () => {
    const [owner, other] = [await setup.user(), await setup.user()];
    const { id } = await add(owner, 'a');
    const mine = await add(other, 'mine');
    expect(await other.api.notebooks.list()).toHaveLength(1);
    for (const target of [id, v7()]) {
      for (const [api, expected] of [
        [other.api, 'not_found'],
        [setup.api(), 'unauthenticated'],
      ] as const) {
        const calls = [
          () => api.notebooks.get({ id: target }),
          () => api.notebooks.create({ name: 'x', parentId: target }),
          () => api.notebooks.update({ id: target, data: { name: 'x' } }),
          () => api.notebooks.move({ id: target, parentId: null }),
          () => api.notebooks.move({ id: mine.id, parentId: target }),
          () => api.notebooks.move({ id: mine.id, parentId: null, beforeId: target }),
          () => api.notebooks.delete({ id: target, articles: 'trash' }),
          () => api.notebooks.delete({ id: target, articles: 'keep' }),
        ];
        for (const call of calls) await expect(call()).rejects.toMatchObject(code(expected));
      }
    }
    expect(await owner.api.notebooks.get({ id })).toMatchObject({ name: 'a', parentId: null });
    await expect(setup.api().notebooks.list()).rejects.toMatchObject(code('unauthenticated'));
  });
});
