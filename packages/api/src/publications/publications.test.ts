import { schema } from '@ainotebook/db';
import { asc, eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { type TestUser, useApi } from '../test-support.js';

const t = useApi();
const { revisions } = schema;
let alice: TestUser;
let bob: TestUser;

beforeEach(async () => {
  alice = await t.user();
  bob = await t.user();
});

const code = (error: string) => ({ cause: { code: error } });
const ABSENT = '01890000-0000-7000-8000-000000000000';

/** An article whose title no other test uses, so that its slug is its own. */
let made = 0;
async function write(user: TestUser, content = 'text') {
  made += 1;
  return user.api.articles.create({ title: `Pub ${made}`, content });
}

async function save(user: TestUser, id: string, data: { title: string; content: string }) {
  const { revision } = await user.api.articles.get({ id });
  await user.api.articles.save({ id, data, baseRevision: revision });
}

describe('publish', () => {
  it('puts the present text before anybody, under an address made from the title', async () => {
    const article = await alice.api.articles.create({
      title: '你好，World',
      content: '# Hi\n\ntext',
      tags: ['b', 'a'],
    });
    const publication = await alice.api.publications.publish({ articleId: article.id });
    expect(publication).toMatchObject({
      articleId: article.id,
      slug: 'ni-hao-world',
      url: 'https://notes.test/p/ni-hao-world',
      visibility: 'public',
      revision: article.revision,
      hasUnpublishedChanges: false,
      views: 0,
    });
    expect((await alice.api.articles.get({ id: article.id })).status).toBe('published');
    expect(await t.api().publications.read({ slug: 'ni-hao-world' })).toMatchObject({
      title: '你好，World',
      content: '# Hi\n\ntext',
      tags: ['a', 'b'],
      url: publication.url,
      author: { handle: alice.handle },
    });
  });

  it('shows readers the tags as they were until it is published again', async () => {
    const { id } = await alice.api.articles.create({ title: 'tagged', tags: ['tea'] });
    const { slug } = await alice.api.publications.publish({ articleId: id });
    await alice.api.articles.update({ id, data: { tags: ['tea', 'private plan'] } });
    expect((await t.api().publications.read({ slug })).tags).toEqual(['tea']);
    const live = await alice.api.publications.get({ articleId: id });
    expect(live).toMatchObject({ hasUnpublishedChanges: true });
    await alice.api.publications.publish({ articleId: id });
    expect((await t.api().publications.read({ slug })).tags).toEqual(['private plan', 'tea']);
  });

  it('shows readers the text as it was until it is published again', async () => {
    const { id } = await write(alice, 'first');
    const before = await alice.api.publications.publish({ articleId: id });
    await save(alice, id, { title: 'Another title', content: 'second' });
    expect(await t.api().publications.read({ slug: before.slug })).toMatchObject({
      content: 'first',
    });
    expect(await alice.api.publications.get({ articleId: id })).toMatchObject({
      hasUnpublishedChanges: true,
      revision: 1,
    });
    const after = await alice.api.publications.publish({ articleId: id });
    expect(after).toMatchObject({
      slug: before.slug,
      revision: 2,
      hasUnpublishedChanges: false,
      publishedAt: before.publishedAt,
    });
    expect(after.updatedAt.getTime()).toBeGreaterThan(before.updatedAt.getTime());
    expect(await t.api().publications.read({ slug: before.slug })).toMatchObject({
      content: 'second',
    });
  });

  it('changes nothing when the same text is published twice', async () => {
    const { id } = await write(alice);
    const first = await alice.api.publications.publish({ articleId: id });
    expect(await alice.api.publications.publish({ articleId: id })).toEqual(first);
  });

  it('is no edit of the article: its updated_at stays', async () => {
    const { id, updatedAt } = await write(alice);
    await alice.api.publications.publish({ articleId: id });
    expect((await alice.api.articles.get({ id })).updatedAt).toEqual(updatedAt);
  });

  it('keeps what went live as a revision, but not a second copy of one', async () => {
    const { id } = await write(alice);
    const kinds = async () =>
      (
        await t
          .services()
          .db.select({ kind: revisions.kind })
          .from(revisions)
          .where(eq(revisions.articleId, id))
          .orderBy(asc(revisions.createdAt), asc(revisions.id))
      ).map(({ kind }) => kind);
    await alice.api.publications.publish({ articleId: id });
    expect(await kinds()).toEqual(['save']);
    await t.services().db.delete(revisions).where(eq(revisions.articleId, id));
    await alice.api.publications.publish({ articleId: id });
    await alice.api.publications.publish({ articleId: id });
    expect(await kinds()).toEqual(['publish']);
  });

  it('does not make an unlisted article public by bringing it up to date', async () => {
    const { id } = await write(alice);
    await alice.api.publications.publish({ articleId: id, visibility: 'unlisted' });
    await save(alice, id, { title: 'x', content: 'new' });
    const again = await alice.api.publications.publish({ articleId: id });
    expect(again.visibility).toBe('unlisted');
    const open = await alice.api.publications.publish({ articleId: id, visibility: 'public' });
    expect(open.visibility).toBe('public');
  });

  it("refuses another user's, absent and trashed articles alike", async () => {
    const { id } = await write(alice);
    await expect(bob.api.publications.publish({ articleId: id })).rejects.toMatchObject(
      code('not_found'),
    );
    await expect(bob.api.publications.publish({ articleId: ABSENT })).rejects.toMatchObject(
      code('not_found'),
    );
    await alice.api.articles.delete({ id });
    await expect(alice.api.publications.publish({ articleId: id })).rejects.toMatchObject(
      code('not_found'),
    );
    await expect(t.api().publications.publish({ articleId: id })).rejects.toMatchObject(
      code('unauthenticated'),
    );
  });
});

describe('unpublish', () => {
  it('takes the article off the web and keeps its address for when it returns', async () => {
    const { id } = await write(alice);
    const first = await alice.api.publications.publish({ articleId: id });
    await alice.api.publications.unpublish({ articleId: id });
    await alice.api.publications.unpublish({ articleId: id });
    await expect(t.api().publications.read({ slug: first.slug })).rejects.toMatchObject(
      code('not_found'),
    );
    expect((await alice.api.articles.get({ id })).status).toBe('draft');
    expect(await alice.api.publications.get({ articleId: id })).toBeNull();
    const again = await alice.api.publications.publish({ articleId: id });
    expect(again).toMatchObject({ slug: first.slug, publishedAt: first.publishedAt });
    expect(again.updatedAt.getTime()).toBeGreaterThan(first.updatedAt.getTime());
    expect((await t.api().publications.read({ slug: first.slug })).title).toBe(first.title);
  });

  it("leaves another user's article where it is", async () => {
    const { id } = await write(alice);
    const { slug } = await alice.api.publications.publish({ articleId: id });
    await expect(bob.api.publications.unpublish({ articleId: id })).rejects.toMatchObject(
      code('not_found'),
    );
    expect((await t.api().publications.read({ slug })).slug).toBe(slug);
  });

  it('does nothing to an article that was never published', async () => {
    const { id } = await write(alice);
    await alice.api.publications.unpublish({ articleId: id });
    expect((await alice.api.articles.get({ id })).status).toBe('draft');
  });
});

describe('get and list', () => {
  it('answers null for what is not live, not_found for what is not there', async () => {
    const { id } = await write(alice);
    expect(await alice.api.publications.get({ articleId: id })).toBeNull();
    await expect(bob.api.publications.get({ articleId: id })).rejects.toMatchObject(
      code('not_found'),
    );
    await alice.api.publications.publish({ articleId: id });
    await expect(bob.api.publications.get({ articleId: id })).rejects.toMatchObject(
      code('not_found'),
    );
  });

  it('lists the live ones of the caller, newest first, page by page', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      const { id } = await write(alice);
      ids.push((await alice.api.publications.publish({ articleId: id })).articleId);
    }
    const his = await write(bob);
    await bob.api.publications.publish({ articleId: his.id });
    await alice.api.publications.unpublish({ articleId: ids[2] ?? '' });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof alice.api.publications.list>> =
        await alice.api.publications.list({ limit: 2, cursor });
      seen.push(...page.items.map(({ articleId }) => articleId));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual([ids[4], ids[3], ids[1], ids[0]]);
  });

  it('refuses a forged cursor', async () => {
    await expect(alice.api.publications.list({ cursor: 'zzz' })).rejects.toMatchObject(
      code('bad_input'),
    );
  });
});
