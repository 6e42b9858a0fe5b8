import { schema } from '@ainotebook/db';
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { type TestUser, useApi } from '../test-support.js';
import { resolveSlug } from './public-articles.js';

const t = useApi();
let alice: TestUser;
let bob: TestUser;

beforeEach(async () => {
  alice = await t.user();
  bob = await t.user();
});

const code = (error: string) => ({ cause: { code: error } });
let made = 0;
const write = (user: TestUser, content = 'Some words of English.') => {
  made += 1;
  return user.api.articles.create({ title: `Settings ${made}`, content });
};

async function publish(user: TestUser, content?: string) {
  const { id } = await write(user, content);
  return user.api.publications.publish({ articleId: id });
}

describe('settings of what is live', () => {
  it('are kept by publishing again without a word about them, and dropped by null', async () => {
    const { id: articleId } = await write(alice);
    const settings = {
      excerpt: 'In short.',
      coverUrl: 'https://pictures.example/a.png',
      canonicalUrl: 'https://first.example/post',
      language: 'zh-CN',
    } as const;
    const first = await alice.api.publications.publish({ articleId, ...settings });
    const kept = {
      excerpt: 'In short.',
      customExcerpt: 'In short.',
      coverUrl: settings.coverUrl,
      canonicalUrl: settings.canonicalUrl,
      language: 'zh-CN',
      customLanguage: 'zh-CN',
    };
    expect(first).toMatchObject(kept);
    expect(await alice.api.publications.publish({ articleId })).toMatchObject(kept);
    expect(
      await alice.api.publications.publish({
        articleId,
        excerpt: null,
        coverUrl: null,
        canonicalUrl: null,
        language: null,
      }),
    ).toMatchObject({
      excerpt: 'Some words of English.',
      customExcerpt: null,
      coverUrl: null,
      canonicalUrl: null,
      language: 'en',
      customLanguage: null,
    });
  });

  it('reach readers; the canonical address is ours unless another was given', async () => {
    const own = await publish(alice);
    expect(await t.api().publications.read({ slug: own.slug })).toMatchObject({
      canonicalUrl: own.url,
      language: 'en',
    });
    await alice.api.publications.publish({
      articleId: own.articleId,
      canonicalUrl: 'https://first.example/post',
    });
    expect(await t.api().publications.read({ slug: own.slug })).toMatchObject({
      canonicalUrl: 'https://first.example/post',
      url: own.url,
    });
  });

  it('tells the language from the text', async () => {
    expect(await publish(alice, '用 Docker 部署服务。')).toMatchObject({ language: 'zh-CN' });
  });

  it.each(['javascript:alert(1)', 'ftp://a.example/x', 'https://me:secret@a.example/', 'x'])(
    'refuses %s as an address',
    async (coverUrl) => {
      const { id: articleId } = await write(alice);
      await expect(alice.api.publications.publish({ articleId, coverUrl })).rejects.toMatchObject({
        code: 'BAD_REQUEST',
      });
    },
  );
});

describe('translations', () => {
  it('know each other', async () => {
    const zh = await publish(alice, '中文的文章。');
    const { id: articleId } = await write(alice);
    const en = await alice.api.publications.publish({ articleId, translationOf: zh.articleId });
    expect(en.translations).toEqual([
      { articleId: zh.articleId, language: 'zh-CN', title: zh.title },
    ]);
    const found = await resolveSlug(t.services().db, zh.slug);
    expect(found).toMatchObject({
      publication: { translations: [{ slug: en.slug, language: 'en' }] },
    });
    const alone = await alice.api.publications.publish({ articleId, translationOf: null });
    expect(alone.translations).toEqual([]);
    expect(await alice.api.publications.get({ articleId: zh.articleId })).toMatchObject({
      translations: [],
    });
  });

  it('are one a language', async () => {
    const zh = await publish(alice, '中文的文章。');
    const first = await write(alice);
    const second = await write(alice);
    await alice.api.publications.publish({ articleId: first.id, translationOf: zh.articleId });
    const taken = { articleId: second.id, translationOf: zh.articleId };
    await expect(alice.api.publications.publish(taken)).rejects.toMatchObject(
      code('translation_taken'),
    );
    expect(await alice.api.publications.get({ articleId: second.id })).toBeNull();
    await alice.api.publications.unpublish({ articleId: first.id });
    expect(await alice.api.publications.publish(taken)).toMatchObject({
      translations: [{ articleId: zh.articleId }],
    });
  });

  it("are of one author: another one's article is not found, nor the article itself", async () => {
    const zh = await publish(alice, '中文的文章。');
    const { id: articleId } = await write(bob);
    await expect(
      bob.api.publications.publish({ articleId, translationOf: zh.articleId }),
    ).rejects.toMatchObject(code('not_found'));
    await expect(
      bob.api.publications.publish({ articleId, translationOf: articleId }),
    ).rejects.toMatchObject(code('bad_input'));
  });
});

describe('an article an administrator has closed', () => {
  it('is gone for readers, says so to its author, and cannot be published again', async () => {
    const live = await publish(alice);
    const { db } = t.services();
    await db
      .update(schema.publications)
      .set({ blockedAt: new Date() })
      .where(eq(schema.publications.articleId, live.articleId));
    expect(await resolveSlug(db, live.slug)).toMatchObject({ kind: 'gone' });
    const { articleId } = live;
    expect(await alice.api.publications.get({ articleId })).toMatchObject({ isBlocked: true });
    await expect(alice.api.publications.publish({ articleId })).rejects.toMatchObject(
      code('publication_blocked'),
    );
    await alice.api.publications.unpublish({ articleId });
    await expect(alice.api.publications.publish({ articleId })).rejects.toMatchObject(
      code('publication_blocked'),
    );
  });
});

it("leads from an article to the author's public ones published before and after it", async () => {
  const a = await publish(alice);
  await publish(bob);
  const b = await publish(alice);
  const unlisted = await write(alice);
  await alice.api.publications.publish({ articleId: unlisted.id, visibility: 'unlisted' });
  const c = await publish(alice);
  const link = ({ slug, title }: { slug: string; title: string }) => ({ slug, title });
  expect(await resolveSlug(t.services().db, b.slug)).toMatchObject({
    publication: { previous: link(a), next: link(c) },
  });
  expect(await resolveSlug(t.services().db, a.slug)).toMatchObject({
    publication: { previous: null, next: link(b) },
  });
});
