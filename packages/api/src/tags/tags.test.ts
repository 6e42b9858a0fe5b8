import { schema } from '@ainotebook/db';
import { inArray } from 'drizzle-orm';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { countQueries } from '../count-queries.js';
import { type TestUser, useApi } from '../test-support.js';

const { outbox } = schema;
const setup = useApi();
const code = (name: string) => ({ cause: { code: name } });

async function tagged(user: TestUser, ...tagLists: string[][]) {
  const items = tagLists.map((tags, i) => ({ title: `${i}`, tags }));
  return (await user.api.articles.createMany({ items })).ids;
}

const counts = async (user: TestUser) =>
  Object.fromEntries((await user.api.tags.list()).map((t) => [t.name, t.articleCount]));

async function idOf(user: TestUser, name: string): Promise<string> {
  return (await user.api.tags.list()).find((tag) => tag.name === name)?.id ?? '';
}

const tagsOf = async (user: TestUser, id = '') => (await user.api.articles.get({ id })).tags;

describe('tags.list', () => {
  it('counts live articles; a tag of trashed ones stays with none', async () => {
    const user = await setup.user();
    const [first] = await tagged(user, ['a', 'b'], ['b']);
    await user.api.articles.delete({ id: first ?? '' });
    expect(await counts(user)).toEqual({ a: 0, b: 1 });
  });

  it('asks the database once, however many there are', async () => {
    const user = await setup.user();
    const { db } = setup.services();
    await tagged(user, ['a']);
    expect(await countQueries(db, () => user.api.tags.list())).toBe(1);
    await tagged(user, ...Array.from({ length: 100 }, (_, i) => [`t${i}`]));
    expect(await countQueries(db, () => user.api.tags.list())).toBe(1);
  });
});

describe('tags.related', () => {
  it('names what stands beside a tag, the most often first, live articles only', async () => {
    const [user, other] = [await setup.user(), await setup.user()];
    const ids = await tagged(user, ['a', 'b', 'c'], ['a', 'c'], ['a', 'd'], ['b']);
    await tagged(other, ['a', 'x']);
    await user.api.articles.delete({ id: ids[2] ?? '' });
    const id = await idOf(user, 'a');
    const shown = (await user.api.tags.related({ id })).map((t) => [t.name, t.articleCount]);
    expect(shown).toEqual([
      ['c', 2],
      ['b', 1],
    ]);
    expect(await user.api.tags.related({ id, limit: 1 })).toHaveLength(1);
    const { db } = setup.services();
    expect(await countQueries(db, () => user.api.tags.related({ id }))).toBe(2);
  });

  it('is closed to a second user and to visitors', async () => {
    const [owner, other] = [await setup.user(), await setup.user()];
    await tagged(owner, ['a', 'b']);
    const id = await idOf(owner, 'a');
    await expect(other.api.tags.related({ id })).rejects.toMatchObject(code('not_found'));
    await expect(setup.api().tags.related({ id })).rejects.toMatchObject(code('unauthenticated'));
  });
});

describe('tags.update', () => {
  it('renames, in another case too, and has the articles indexed again', async () => {
    const user = await setup.user();
    const ids = await tagged(user, ['äpfel'], ['äpfel']);
    const { db } = setup.services();
    await db.delete(outbox).where(inArray(outbox.dedupeKey, ids));
    const id = await idOf(user, 'äpfel');
    const renamed = await user.api.tags.update({ id, data: { name: 'ÄPFEL' } });
    expect(renamed).toEqual({ id, name: 'ÄPFEL', articleCount: 2 });
    expect(await tagsOf(user, ids[0])).toEqual(['ÄPFEL']);
    const jobs = await db.select().from(outbox).where(inArray(outbox.dedupeKey, ids));
    expect(jobs.map((job) => [job.topic, job.priority])).toEqual([
      ['process-article', 10],
      ['process-article', 10],
    ]);
  });

  it('onto another name, in any case, makes the two one', async () => {
    const user = await setup.user();
    const ids = await tagged(user, ['ЖУК'], ['bug'], ['bug', 'жук']);
    const bug = await idOf(user, 'bug');
    const one = await user.api.tags.update({ id: bug, data: { name: 'жук' } });
    expect(one).toEqual({ id: await idOf(user, 'ЖУК'), name: 'ЖУК', articleCount: 3 });
    expect(await counts(user)).toEqual({ ЖУК: 3 });
    for (const id of ids) expect(await tagsOf(user, id)).toEqual(['ЖУК']);
  });

  it('twice at once onto one name, leaves one tag', async () => {
    const user = await setup.user();
    await tagged(user, ['a'], ['b']);
    const [a, b] = [await idOf(user, 'a'), await idOf(user, 'b')];
    await Promise.all([
      user.api.tags.update({ id: a, data: { name: 'Ö' } }),
      user.api.tags.update({ id: b, data: { name: 'ö' } }),
    ]);
    expect(Object.values(await counts(user))).toEqual([2]);
  });

  it.each(['', 'a,b', '#a', 'x'.repeat(41), 'a\nb'])('refuses the name %j', async (name) => {
    const user = await setup.user();
    await tagged(user, ['a']);
    const renamed = user.api.tags.update({ id: await idOf(user, 'a'), data: { name } });
    await expect(renamed).rejects.toMatchObject(code('bad_input'));
  });
});

describe('tags.delete', () => {
  it('takes the tag off all articles and has them indexed again', async () => {
    const user = await setup.user();
    const ids = await tagged(user, ['a', 'b'], ['a']);
    const { db } = setup.services();
    await db.delete(outbox).where(inArray(outbox.dedupeKey, ids));
    await user.api.tags.delete({ id: await idOf(user, 'a') });
    expect(await tagsOf(user, ids[0])).toEqual(['b']);
    expect(await counts(user)).toEqual({ b: 1 });
    expect(await db.$count(outbox, inArray(outbox.dedupeKey, ids))).toBe(2);
  });
});

describe('tags', () => {
  it('are closed to a second user and to visitors', async () => {
    const [owner, other] = [await setup.user(), await setup.user()];
    const [article] = await tagged(owner, ['a']);
    await tagged(other, ['a']);
    const id = await idOf(owner, 'a');
    expect(await counts(other)).toEqual({ a: 1 });
    for (const target of [id, v7()]) {
      for (const [api, expected] of [
        [other.api, 'not_found'],
        [setup.api(), 'unauthenticated'],
      ] as const) {
        const renamed = api.tags.update({ id: target, data: { name: 'b' } });
        await expect(renamed).rejects.toMatchObject(code(expected));
        const deleted = api.tags.delete({ id: target });
        await expect(deleted).rejects.toMatchObject(code(expected));
      }
    }
    await expect(setup.api().tags.list()).rejects.toMatchObject(code('unauthenticated'));
    expect(await tagsOf(owner, article)).toEqual(['a']);
  });
});
