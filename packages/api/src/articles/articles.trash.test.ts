import { LIMITS } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { eq, inArray, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { type TestUser, useApi } from '../test-support.js';
import { purgeExpiredTrash } from './articles.trash.js';

const { articles, chunks, outbox, publications, revisions, slugs } = schema;
const setup = useApi();
const code = (name: string) => ({ cause: { code: name } });

async function published(user: TestUser) {
  const { db } = setup.services();
  const article = await user.api.articles.create({ title: 't', content: 'c', tags: ['only here'] });
  await db.insert(publications).values({
    articleId: article.id,
    userId: user.id,
    title: 't',
    content: 'c',
    contentHash: 'h',
    language: 'en',
    excerpt: '',
    wordCount: 1,
    revision: 1,
  });
  await db.insert(slugs).values({ slug: article.id, articleId: article.id, isCurrent: true });
  await db.update(articles).set({ status: 'published' }).where(eq(articles.id, article.id));
  return article;
}

describe('articles.delete', () => {
  it('puts the article into the trash, withdraws what is published and tells the index', async () => {
    const user = await setup.user();
    const { db } = setup.services();
    const { id } = await published(user);
    await db.delete(outbox).where(eq(outbox.dedupeKey, id));
    await user.api.articles.delete({ id });
    const trashed = await user.api.articles.get({ id });
    expect(trashed).toMatchObject({ status: 'draft', deletedAt: expect.any(Date) });
    const [publication] = await db
      .select()
      .from(publications)
      .where(eq(publications.articleId, id));
    expect(publication?.withdrawnAt).toBeInstanceOf(Date);
    expect(await db.select().from(outbox).where(eq(outbox.dedupeKey, id))).toHaveLength(1);
    // Again: nothing changes.
    await user.api.articles.delete({ id });
    expect(await user.api.articles.get({ id })).toEqual(trashed);
  });

  it('leaves an archived article archived', async () => {
    const user = await setup.user();
    const { id } = await user.api.articles.create({ title: 't' });
    await user.api.articles.update({ id, data: { isArchived: true } });
    await user.api.articles.delete({ id });
    expect((await user.api.articles.restore({ id })).status).toBe('archived');
  });
});

describe('articles.restore', () => {
  it('brings the article back into its notebook, unpublished', async () => {
    const user = await setup.user();
    const { id } = await published(user);
    const { id: notebookId } = await user.api.notebooks.create({ name: 'n' });
    await user.api.articles.update({ id, data: { notebookId } });
    await user.api.articles.delete({ id });
    const back = await user.api.articles.restore({ id });
    expect(back).toMatchObject({
      deletedAt: null,
      notebookId,
      status: 'draft',
      tags: ['only here'],
    });
    expect(await user.api.articles.restore({ id })).toEqual(back);
  });

  it('brings it back outside every notebook when its notebook is gone', async () => {
    const user = await setup.user();
    const { id: notebookId } = await user.api.notebooks.create({ name: 'n' });
    const { id } = await user.api.articles.create({ title: 't', notebookId });
    await user.api.notebooks.delete({ id: notebookId, articles: 'trash' });
    expect((await user.api.articles.get({ id })).deletedAt).toBeInstanceOf(Date);
    expect((await user.api.articles.restore({ id })).notebookId).toBeNull();
  });

  it('knows what that notebook was called, until the article has a new place', async () => {
    const [user, other] = [await setup.user(), await setup.user()];
    const outer = await user.api.notebooks.create({ name: 'outer' });
    const inner = await user.api.notebooks.create({ name: 'inner', parentId: outer.id });
    const before = await user.api.articles.create({ title: 'a', notebookId: inner.id });
    await user.api.articles.delete({ id: before.id });
    const theirs = await other.api.articles.create({ title: 'theirs' });
    const { id } = await user.api.articles.create({ title: 'b', notebookId: outer.id });
    await user.api.notebooks.delete({ id: outer.id, articles: 'trash' });
    const trash = (await user.api.articles.list({ isTrashed: true })).items;
    expect(trash.map((item) => [item.title, item.formerNotebook])).toEqual([
      ['b', 'outer'],
      ['a', 'inner'],
    ]);
    expect((await other.api.articles.get({ id: theirs.id })).formerNotebook).toBeNull();
    expect((await user.api.articles.restore({ id })).formerNotebook).toBe('outer');
    const { id: notebookId } = await user.api.notebooks.create({ name: 'new' });
    await user.api.articles.updateMany({ action: 'move', ids: [id], notebookId });
    expect((await user.api.articles.get({ id })).formerNotebook).toBeNull();
  });
});

describe('articles.purge and articles.emptyTrash', () => {
  it('delete an article with everything of it, tags that only it had included', async () => {
    const user = await setup.user();
    const { db } = setup.services();
    const { id } = await published(user);
    await db.insert(chunks).values({
      articleId: id,
      userId: user.id,
      ordinal: 0,
      start: 0,
      end: 1,
      headingPath: [],
      text: 'c',
      length: 1,
      tsv: 'c',
      indexVersion: 1,
    });
    await user.api.articles.delete({ id });
    await user.api.articles.purge({ id });
    await expect(user.api.articles.get({ id })).rejects.toMatchObject(code('not_found'));
    expect(await db.select().from(revisions).where(eq(revisions.articleId, id))).toEqual([]);
    expect(await db.select().from(chunks).where(eq(chunks.articleId, id))).toEqual([]);
    expect(await db.select().from(publications).where(eq(publications.articleId, id))).toEqual([]);
    expect(await db.select().from(slugs).where(eq(slugs.articleId, id))).toEqual([]);
    expect(await user.api.tags.list()).toEqual([]);
  });

  it('purge nothing outside the trash', async () => {
    const user = await setup.user();
    const { id } = await user.api.articles.create({ title: 't' });
    await expect(user.api.articles.purge({ id })).rejects.toMatchObject(code('conflict'));
    expect(await user.api.articles.emptyTrash()).toEqual({ count: 0 });
    expect((await user.api.articles.get({ id })).title).toBe('t');
  });

  it("empty the caller's trash alone, however much is in it", async () => {
    const [user, other] = [await setup.user(), await setup.user()];
    for (const owner of [user, other]) {
      for (let batch = 0; batch < 2; batch++) {
        const items = Array.from({ length: 80 }, (_, i) => ({ title: `${i}` }));
        const { ids } = await owner.api.articles.createMany({ items });
        await owner.api.articles.updateMany({ action: 'trash', ids });
      }
    }
    await user.api.articles.create({ title: 'stays' });
    expect(await user.api.articles.emptyTrash()).toEqual({ count: 160 });
    expect(await user.api.articles.emptyTrash()).toEqual({ count: 0 });
    expect((await user.api.articles.list()).items.map((a) => a.title)).toEqual(['stays']);
    const theirs = await other.api.articles.list({ isTrashed: true, limit: 100 });
    expect(theirs.items).toHaveLength(100);
  });
});

describe('the trash', () => {
  it('is closed to a second user', async () => {
    const [owner, other] = [await setup.user(), await setup.user()];
    const { id: live } = await owner.api.articles.create({ title: 'live' });
    const { id: gone } = await owner.api.articles.create({ title: 'gone' });
    await owner.api.articles.delete({ id: gone });
    for (const id of [live, gone, v7()]) {
      for (const call of ['delete', 'restore', 'purge'] as const) {
        await expect(other.api.articles[call]({ id })).rejects.toMatchObject(code('not_found'));
        await expect(setup.api().articles[call]({ id })).rejects.toMatchObject(
          code('unauthenticated'),
        );
      }
    }
    expect((await owner.api.articles.get({ id: live })).deletedAt).toBeNull();
    expect((await owner.api.articles.get({ id: gone })).deletedAt).toBeInstanceOf(Date);
  });

  it('is emptied of what has been in it for 30 days, of all users', async () => {
    const users = [await setup.user(), await setup.user()];
    const { db } = setup.services();
    const old: string[] = [];
    const young: string[] = [];
    for (const user of users) {
      const items = Array.from({ length: 60 }, (_, i) => ({ title: `${i}`, tags: ['t', `t${i}`] }));
      const { ids } = await user.api.articles.createMany({ items });
      await user.api.articles.updateMany({ action: 'trash', ids });
      young.push(...ids.splice(0, 1));
      old.push(...ids);
    }
    const ago = (days: number) => sql`now() - make_interval(days => ${days}, mins => 1)`;
    await db
      .update(articles)
      .set({ deletedAt: ago(LIMITS.trashDays) })
      .where(inArray(articles.id, old));
    await db
      .update(articles)
      .set({ deletedAt: ago(LIMITS.trashDays - 1) })
      .where(inArray(articles.id, young));
    expect(await purgeExpiredTrash(db)).toBe(118);
    expect(
      await db.select({ id: articles.id }).from(articles).where(inArray(articles.id, old)),
    ).toEqual([]);
    for (const user of users) {
      expect((await user.api.articles.list({ isTrashed: true })).items).toHaveLength(1);
      expect((await user.api.tags.list()).map((t) => t.name)).toEqual(['t', 't0']);
    }
  });
});
