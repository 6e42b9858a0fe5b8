import { schema } from '@ainotebook/db';
import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { type TestUser, useApi } from '../test-support.js';
import { getPublicProfile, resolveSlug } from './public-articles.js';
import { listPublicArticles } from './public-lists.js';

const t = useApi();
const { users } = schema;
const db = () => t.services().db;
let alice: TestUser;
let bob: TestUser;
let suspended: TestUser;

async function publish(user: TestUser, title: string, visibility?: 'unlisted') {
  const { id } = await user.api.articles.create({ title, content: `about ${title}` });
  return user.api.publications.publish({ articleId: id, ...(visibility ? { visibility } : {}) });
}

beforeAll(async () => {
  alice = await t.user({ bio: 'writes' });
  bob = await t.user();
  suspended = await t.user();
  await publish(alice, 'a1');
  await publish(bob, 'b1');
  await publish(alice, 'a2');
  await publish(alice, 'hidden', 'unlisted');
  const withdrawn = await publish(alice, 'withdrawn');
  await alice.api.publications.unpublish({ articleId: withdrawn.articleId });
  const trashed = await publish(alice, 'trashed');
  await alice.api.articles.delete({ id: trashed.articleId });
  await publish(suspended, 's1');
  await db().update(users).set({ status: 'suspended' }).where(eq(users.id, suspended.id));
  await alice.api.articles.create({ title: 'draft' });
});

describe('listPublicArticles', () => {
  it('lists public articles of active authors, newest first', async () => {
    const { items, nextCursor } = await listPublicArticles(db(), { limit: 10 });
    expect(items.map(({ title }) => title)).toEqual(['a2', 'b1', 'a1']);
    expect(nextCursor).toBeNull();
    expect(items[0]).toMatchObject({ slug: 'a2', author: { handle: alice.handle } });
  });

  it('gives pages without gap or repetition', async () => {
    const first = await listPublicArticles(db(), { limit: 2 });
    const second = await listPublicArticles(db(), { limit: 2, cursor: first.nextCursor });
    expect([...first.items, ...second.items].map(({ title }) => title)).toEqual(['a2', 'b1', 'a1']);
    expect(second.nextCursor).toBeNull();
  });

  it('narrows to one author by handle', async () => {
    const of = async (handle: string) =>
      (await listPublicArticles(db(), { limit: 10, handle })).items.map(({ title }) => title);
    expect(await of(alice.handle)).toEqual(['a2', 'a1']);
    expect(await of(suspended.handle)).toEqual([]);
    expect(await of('a\0b')).toEqual([]);
  });

  it('refuses a forged cursor', async () => {
    const forged = listPublicArticles(db(), { limit: 2, cursor: 'forged' });
    await expect(forged).rejects.toMatchObject({ code: 'bad_input' });
  });
});

describe('an unlisted article', () => {
  it('is read by its address', async () => {
    expect((await t.api().publications.read({ slug: 'hidden' })).title).toBe('hidden');
  });
});

describe('a suspended author', () => {
  it('has no page that says more than that it is missing', async () => {
    expect(await resolveSlug(db(), 's1')).toEqual({ kind: 'missing' });
    await expect(t.api().publications.read({ slug: 's1' })).rejects.toMatchObject({
      cause: { code: 'not_found' },
    });
    expect(await getPublicProfile(db(), suspended.handle)).toBeNull();
  });
});

describe('getPublicProfile', () => {
  it('tells what anybody may know, and nothing else', async () => {
    expect(await getPublicProfile(db(), alice.handle.toUpperCase())).toEqual({
      handle: alice.handle,
      displayName: expect.any(String),
      bio: 'writes',
      createdAt: expect.any(Date),
    });
    expect(await getPublicProfile(db(), 'nobody-here')).toBeNull();
    expect(await getPublicProfile(db(), 'a\0')).toBeNull();
  });
});
