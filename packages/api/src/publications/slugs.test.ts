import { describe, expect, it } from 'vitest';
import { type TestUser, useApi } from '../test-support.js';
import { resolveSlug } from './public-articles.js';
import { slugify } from './slugify.js';

const t = useApi();
const code = (error: string) => ({ cause: { code: error } });
const resolve = (slug: string) => resolveSlug(t.services().db, slug);

async function publish(user: TestUser, title: string, slug?: string) {
  const { id } = await user.api.articles.create({ title });
  return user.api.publications.publish({ articleId: id, ...(slug ? { slug } : {}) });
}

describe('slugify', () => {
  it.each([
    ['你好，World', 'ni-hao-world'],
    ['重庆银行', 'chong-qing-yin-hang'],
    ['第3章：C++ 入门', 'di-3-zhang-c-ru-men'],
    ['Node.js 与 Postgres', 'node-js-yu-postgres'],
    ['Ａｂｃ  Crème', 'abc-crème'],
    ['한국어 노트', '한국어-노트'],
    ['！！！ 😀', ''],
    ['', ''],
  ])('makes of %j the slug %j', (title, slug) => {
    expect(slugify(title)).toBe(slug);
  });

  it('ends at a whole word within 80 characters', () => {
    const slug = slugify('word '.repeat(40));
    expect(slug.length).toBeLessThanOrEqual(80);
    expect(slug.endsWith('-word')).toBe(true);
    expect(slugify('a'.repeat(200))).toBe('a'.repeat(80));
  });
});

describe('a generated slug', () => {
  it('gets a number when others have it', async () => {
    const [alice, bob] = [await t.user(), await t.user()];
    const slugs = [];
    for (const user of [alice, bob, alice]) slugs.push((await publish(user, 'Same title')).slug);
    expect(slugs).toEqual(['same-title', 'same-title-2', 'same-title-3']);
  });

  it('is decided by the database when many publish at once', async () => {
    const users = await Promise.all(Array.from({ length: 8 }, () => t.user()));
    const made = await Promise.all(users.map((user) => publish(user, 'Rush hour')));
    expect(new Set(made.map(({ slug }) => slug)).size).toBe(8);
  });

  it('is random when the title has no letter', async () => {
    const alice = await t.user();
    expect((await publish(alice, '！！！')).slug).toMatch(/^[a-z0-9]{8}$/);
  });
});

describe('a chosen slug', () => {
  it('replaces the former one, which then leads to it', async () => {
    const alice = await t.user();
    const { articleId } = await publish(alice, 'x', 'first-name');
    const renamed = await alice.api.publications.publish({ articleId, slug: 'second-name' });
    expect(renamed.slug).toBe('second-name');
    expect(await resolve('first-name')).toEqual({ kind: 'moved', slug: 'second-name' });
    await expect(t.api().publications.read({ slug: 'first-name' })).rejects.toMatchObject(
      code('not_found'),
    );
    await alice.api.publications.publish({ articleId, slug: 'third-name' });
    expect(await resolve('first-name')).toEqual({ kind: 'moved', slug: 'third-name' });
  });

  it('may go back to a former one of the same article', async () => {
    const alice = await t.user();
    const { articleId } = await publish(alice, 'x', 'back-one');
    await alice.api.publications.publish({ articleId, slug: 'back-two' });
    expect(await alice.api.publications.checkSlug({ slug: 'back-one', articleId })).toEqual({
      isAvailable: true,
    });
    const back = await alice.api.publications.publish({ articleId, slug: 'back-one' });
    expect(back.slug).toBe('back-one');
    expect(await resolve('back-two')).toEqual({ kind: 'moved', slug: 'back-one' });
  });

  it('is refused when any other article has it or once had it, and nothing is published', async () => {
    const [alice, bob] = [await t.user(), await t.user()];
    const mine = await publish(alice, 'x', 'was-mine');
    await alice.api.publications.publish({ articleId: mine.articleId, slug: 'is-mine' });
    for (const user of [alice, bob]) {
      for (const slug of ['was-mine', 'is-mine']) {
        const { id } = await user.api.articles.create({ title: 'y' });
        await expect(user.api.publications.publish({ articleId: id, slug })).rejects.toMatchObject(
          code('slug_taken'),
        );
        expect(await user.api.publications.get({ articleId: id })).toBeNull();
        expect((await user.api.articles.get({ id })).status).toBe('draft');
        expect(await user.api.publications.checkSlug({ slug, articleId: id })).toEqual({
          isAvailable: false,
        });
      }
    }
    const spoofed = await bob.api.publications.checkSlug({
      slug: 'is-mine',
      articleId: mine.articleId,
    });
    expect(spoofed).toEqual({ isAvailable: false });
  });

  it('goes to one of two who want it at the same moment', async () => {
    const [alice, bob] = [await t.user(), await t.user()];
    const results = await Promise.allSettled([
      publish(alice, 'x', 'wanted-by-two'),
      publish(bob, 'x', 'wanted-by-two'),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('is one for equal letters, however they are typed', async () => {
    const [alice, bob] = [await t.user(), await t.user()];
    await publish(alice, 'x', 'Grüße');
    expect(await bob.api.publications.checkSlug({ slug: 'GRÜSSE' })).toEqual({ isAvailable: true });
    expect(await bob.api.publications.checkSlug({ slug: 'grÜße' })).toEqual({ isAvailable: false });
    expect((await t.api().publications.read({ slug: 'gru\u0308ße' })).slug).toBe('grüße');
  });

  it.each(['a--b', '-a', 'a/b', 'a b', '..', '%00', 'a\0', ''])('refuses %j', async (slug) => {
    const alice = await t.user();
    const { id } = await alice.api.articles.create({ title: 'x' });
    await expect(alice.api.publications.publish({ articleId: id, slug })).rejects.toMatchObject(
      code('bad_input'),
    );
  });
});

describe('resolveSlug', () => {
  it('tells live, moved, gone and missing apart', async () => {
    const alice = await t.user();
    const { articleId } = await publish(alice, 'x', 'tell-apart');
    expect(await resolve('tell-apart')).toMatchObject({
      kind: 'live',
      publication: { articleId, authorId: alice.id, visibility: 'public', slug: 'tell-apart' },
    });
    expect(await resolve('TELL-APART')).toMatchObject({ kind: 'live' });
    await alice.api.publications.publish({ articleId, slug: 'told-apart' });
    await alice.api.publications.unpublish({ articleId });
    const gone = { kind: 'gone', authorHandle: alice.handle };
    expect(await resolve('told-apart')).toEqual(gone);
    expect(await resolve('tell-apart')).toEqual(gone);
    expect(await resolve('never-used')).toEqual({ kind: 'missing' });
  });

  it('calls a trashed article gone, and a purged one missing', async () => {
    const alice = await t.user();
    const { articleId } = await publish(alice, 'x', 'to-the-trash');
    await alice.api.articles.delete({ id: articleId });
    expect(await resolve('to-the-trash')).toMatchObject({ kind: 'gone' });
    await alice.api.articles.purge({ id: articleId });
    expect(await resolve('to-the-trash')).toEqual({ kind: 'missing' });
  });

  it.each(['a\0b', '\ud800', 'x'.repeat(5000), "'; drop table slugs", ''])(
    'calls %j missing',
    async (slug) => {
      expect(await resolve(slug)).toEqual({ kind: 'missing' });
    },
  );
});
