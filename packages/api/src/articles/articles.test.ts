import { LIMITS } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { eq } from 'drizzle-orm';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { useApi } from '../test-support.js';
import { hashOf } from './article-rows.js';

const { articles, articleTags, outbox, revisions, tags } = schema;
const setup = useApi();
const code = (name: string) => ({ cause: { code: name } });

describe('articles.create', () => {
  it('answers the article, with its first revision kept and indexing queued', async () => {
    const user = await setup.user();
    const notebook = await user.api.notebooks.create({ name: '工作' });
    const article = await user.api.articles.create({
      title: '会议纪要',
      content: '# 要点\n\nWe agreed on three things.',
      notebookId: notebook.id,
      tags: ['会议', 'Work', 'work'],
    });
    expect(article).toMatchObject({
      title: '会议纪要',
      content: '# 要点\n\nWe agreed on three things.',
      contentHash: hashOf({ title: '会议纪要', content: '# 要点\n\nWe agreed on three things.' }),
      excerpt: 'We agreed on three things.',
      notebookId: notebook.id,
      tags: ['Work', '会议'],
      status: 'draft',
      wordCount: 7,
      revision: 1,
      indexedRevision: 0,
      isPinned: false,
      views: 0,
      deletedAt: null,
    });
    const { db } = setup.services();
    const kept = await db.select().from(revisions).where(eq(revisions.articleId, article.id));
    expect(kept).toMatchObject([{ number: 1, kind: 'save', content: article.content }]);
    const jobs = await db.select().from(outbox).where(eq(outbox.dedupeKey, article.id));
    expect(jobs).toMatchObject([{ topic: 'process-article', payload: { articleId: article.id } }]);
  });

  it('keeps no revision of an article without any text', async () => {
    const user = await setup.user();
    const { id, revision } = await user.api.articles.create({});
    expect(revision).toBe(1);
    expect((await user.api.revisions.list({ articleId: id })).items).toEqual([]);
  });

  it('with an id of the caller, used before, answers that article unchanged', async () => {
    const user = await setup.user();
    const id = v7();
    const first = await user.api.articles.create({ id, title: 'first' });
    const again = await user.api.articles.create({
      id: id.toUpperCase(),
      title: 'second',
      tags: ['x'],
    });
    expect(again).toEqual(first);
    expect(await user.api.tags.list()).toEqual([]);
  });

  it('makes one article of 20 creates at once with one id', async () => {
    const user = await setup.user();
    const id = v7();
    const made = await Promise.all(
      Array.from({ length: 20 }, () => user.api.articles.create({ id, title: 't', tags: ['a'] })),
    );
    expect(new Set(made.map((a) => a.updatedAt.getTime())).size).toBe(1);
    expect((await user.api.articles.list()).items).toHaveLength(1);
  });

  it("with another user's id tells nothing of that article", async () => {
    const [owner, other] = [await setup.user(), await setup.user()];
    const { id } = await owner.api.articles.create({ title: 'secret' });
    const taken = other.api.articles.create({ id, title: 'mine' });
    await expect(taken).rejects.toMatchObject(code('conflict'));
    await expect(taken).rejects.not.toThrow(/secret/);
    expect((await owner.api.articles.get({ id })).title).toBe('secret');
  });

  it("refuses another user's notebook like an unknown one, and writes nothing", async () => {
    const [owner, other] = [await setup.user(), await setup.user()];
    const { id: notebookId } = await owner.api.notebooks.create({ name: 'n' });
    for (const wrong of [notebookId, v7()]) {
      const created = other.api.articles.create({ title: 't', notebookId: wrong, tags: ['t'] });
      await expect(created).rejects.toMatchObject(code('not_found'));
    }
    expect((await other.api.articles.list()).items).toEqual([]);
    expect(await other.api.tags.list()).toEqual([]);
  });

  it('with one idempotency key, sent 50 times, makes one article; with other input it is refused', async () => {
    const user = await setup.user();
    const auth = { userId: user.id, sessionId: user.sessionId, role: 'user' as const };
    const keyed = setup.api(auth, { idempotencyKey: 'create-once-0001' });
    const settled = await Promise.allSettled(
      Array.from({ length: 50 }, () => keyed.articles.create({ title: 'once' })),
    );
    const made = settled.flatMap((s) => (s.status === 'fulfilled' ? [s.value.id] : []));
    const refused = settled.flatMap((s) => (s.status === 'rejected' ? [s.reason] : []));
    expect(new Set(made).size).toBe(1);
    for (const reason of refused) expect(reason).toMatchObject(code('request_in_flight'));
    expect(await keyed.articles.create({ title: 'once' })).toMatchObject({ id: made[0] });
    await expect(keyed.articles.create({ title: 'twice' })).rejects.toMatchObject(
      code('idempotency_mismatch'),
    );
    expect((await user.api.articles.list()).items).toHaveLength(1);
  });
});

describe('articles.get', () => {
  it('answers a trashed article too, and no foreign or unknown one', async () => {
    const [owner, other] = [await setup.user(), await setup.user()];
    const { id } = await owner.api.articles.create({ title: 't', content: 'c' });
    await owner.api.articles.delete({ id });
    expect((await owner.api.articles.get({ id })).deletedAt).toBeInstanceOf(Date);
    for (const wrong of [{ id }, { id: v7() }]) {
      await expect(other.api.articles.get(wrong)).rejects.toMatchObject(code('not_found'));
    }
    await expect(setup.api().articles.get({ id })).rejects.toMatchObject(code('unauthenticated'));
  });
});

describe('articles.update', () => {
  it('pins, moves and tags without touching text, revision or date', async () => {
    const user = await setup.user();
    const { id: notebookId } = await user.api.notebooks.create({ name: 'n' });
    const before = await user.api.articles.create({ title: 't', content: 'c', tags: ['old'] });
    const { id } = before;
    const data = { isPinned: true, notebookId, tags: ['New', '新'] };
    const after = await user.api.articles.update({ id, data });
    const { content: _c, contentHash: _h, indexedRevision: _i, ...summary } = before;
    expect(after).toEqual({ ...summary, isPinned: true, notebookId, tags: ['New', '新'] });
    expect(
      (await user.api.articles.update({ id, data: { notebookId: null } })).notebookId,
    ).toBeNull();
  });

  it('compares tags without case in any script, keeps the first spelling, drops unused ones', async () => {
    const user = await setup.user();
    await user.api.articles.create({ title: 'a', tags: ['Émile', 'ЖУК'] });
    const { id } = await user.api.articles.create({ title: 'b', tags: ['éMILE', 'жук', 'only b'] });
    expect((await user.api.articles.get({ id })).tags).toEqual(['only b', 'Émile', 'ЖУК']);
    await user.api.articles.update({ id, data: { tags: ['ÉMILE'] } });
    expect((await user.api.tags.list()).map((t) => [t.name, t.articleCount])).toEqual([
      ['Émile', 2],
      ['ЖУК', 1],
    ]);
  });

  it('keeps one tag when 20 articles are given it at once in different case', async () => {
    const user = await setup.user();
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        user.api.articles.create({ title: `${i}`, tags: [i % 2 ? 'ÄPFEL' : 'äpfel'] }),
      ),
    );
    expect((await user.api.tags.list()).map((t) => t.articleCount)).toEqual([20]);
  });

  it('archives, and takes back out as draft', async () => {
    const user = await setup.user();
    const { id } = await user.api.articles.create({ title: 't' });
    const archived = await user.api.articles.update({ id, data: { isArchived: true } });
    expect(archived.status).toBe('archived');
    const back = await user.api.articles.update({ id, data: { isArchived: false } });
    expect(back.status).toBe('draft');
  });

  it('takes an article with a live publication out of the archive as published', async () => {
    const user = await setup.user();
    const { id } = await user.api.articles.create({ title: 't', content: 'c' });
    await publish(user.id, id);
    await user.api.articles.update({ id, data: { isArchived: true } });
    const back = await user.api.articles.update({ id, data: { isArchived: false } });
    expect(back.status).toBe('published');
  });

  it("refuses foreign ids: the article's, the notebook's", async () => {
    const [owner, other] = [await setup.user(), await setup.user()];
    const { id } = await owner.api.articles.create({ title: 't', tags: ['t'] });
    const { id: theirs } = await other.api.notebooks.create({ name: 'n' });
    const foreign = other.api.articles.update({ id, data: { isPinned: true, tags: [] } });
    await expect(foreign).rejects.toMatchObject(code('not_found'));
    const into = owner.api.articles.update({ id, data: { notebookId: theirs, isPinned: true } });
    await expect(into).rejects.toMatchObject(code('not_found'));
    expect(await owner.api.articles.get({ id })).toMatchObject({ isPinned: false, tags: ['t'] });
  });
});

describe('hostile input', () => {
  it.each([
    ['ownerId', v7()],
    ['userId', v7()],
    ['role', 'admin'],
    ['plan', 'pro'],
    ['revision', 9],
    ['createdAt', new Date(0)],
    ['deletedAt', null],
    ['constructor', {}],
  ])('refuses %s in an update and changes nothing', async (key, value) => {
    const user = await setup.user();
    const { id } = await user.api.articles.create({ title: 't' });
    const data = { isPinned: true, [key]: value };
    await expect(user.api.articles.update({ id, data })).rejects.toMatchObject(code('bad_input'));
    const own = user.api.articles.update({ id, data: {}, [key]: value } as never);
    await expect(own).rejects.toMatchObject(code('bad_input'));
    expect((await user.api.articles.get({ id })).isPinned).toBe(false);
  });

  it('refuses __proto__ as an own key', async () => {
    const user = await setup.user();
    const { id } = await user.api.articles.create({ title: 't' });
    const input = JSON.parse(
      `{"id":"${id}","data":{"isPinned":true,"__proto__":{"role":"admin"}}}`,
    );
    await user.api.articles.update(input).catch((error: unknown) => {
      expect(error).toMatchObject(code('bad_input'));
    });
    expect(Object.hasOwn(Object.prototype, 'role')).toBe(false);
  });

  it.each([
    ['a title of 10 MB', { title: 'x'.repeat(10_000_000) }],
    ['a text of more bytes than allowed', { content: '字'.repeat(LIMITS.contentBytes / 3 + 1) }],
    ['a million tags', { tags: Array.from({ length: 1_000_000 }, (_, i) => `t${i}`) }],
    ['a NUL', { content: 'a\0b' }],
    ['half a surrogate pair', { title: '\ud83d' }],
    ['a tag with a comma', { tags: ['a,b'] }],
  ])('refuses %s', async (_, input) => {
    const user = await setup.user();
    await expect(user.api.articles.create(input)).rejects.toMatchObject(code('bad_input'));
    expect((await user.api.articles.list()).items).toEqual([]);
  });

  it('refuses 100,000 ids in one bulk action', async () => {
    const user = await setup.user();
    const ids = Array.from({ length: 100_000 }, () => v7());
    const bulk = user.api.articles.updateMany({ action: 'trash', ids });
    await expect(bulk).rejects.toMatchObject(code('bad_input'));
  });

  it('refuses more tags than a user may have', async () => {
    const user = await setup.user();
    const names = Array.from({ length: LIMITS.tagsPerUser }, (_, i) => `t${i}`);
    const { db } = setup.services();
    await db.insert(tags).values(names.map((name) => ({ userId: user.id, name })));
    const { id } = await user.api.articles.create({ title: 't', tags: ['T7'] });
    const links = await db.select().from(articleTags).where(eq(articleTags.articleId, id));
    expect(links).toHaveLength(1);
    const more = user.api.articles.update({ id, data: { tags: ['one more'] } });
    await expect(more).rejects.toMatchObject(code('limit_reached'));
  });
});

/** A live publication as publishing leaves it. */
async function publish(userId: string, articleId: string): Promise<void> {
  const { db } = setup.services();
  await db.insert(schema.publications).values({
    articleId,
    userId,
    title: 't',
    content: 'c',
    contentHash: 'h',
    language: 'en',
    excerpt: '',
    wordCount: 1,
    revision: 1,
  });
  await db.update(articles).set({ status: 'published' }).where(eq(articles.id, articleId));
}
