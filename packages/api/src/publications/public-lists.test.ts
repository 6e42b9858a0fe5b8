import { beforeAll, describe, expect, it } from 'vitest';
import { type TestUser, useApi } from '../test-support.js';
import {
  countPublicArticles,
  listPublicArticles,
  listPublicTags,
  readSitemapPart,
} from './public-lists.js';

const t = useApi();
let alice: TestUser;
let bob: TestUser;

async function publish(user: TestUser, title: string, tags: string[], options: object = {}) {
  const { id } = await user.api.articles.create({ title, content: 'words', tags });
  return user.api.publications.publish({ articleId: id, ...options });
}

beforeAll(async () => {
  alice = await t.user();
  bob = await t.user();
  await publish(alice, 'One', ['Tea', '茶']);
  await publish(alice, 'Two', ['tea']);
  await publish(bob, 'Three', ['TEA', 'coffee']);
  await publish(bob, 'Hidden', ['tea', 'secret'], { visibility: 'unlisted' });
  const gone = await publish(bob, 'Gone', ['tea', 'secret']);
  await bob.api.publications.unpublish({ articleId: gone.articleId });
});

describe('a tag', () => {
  it('leads to the public articles of all authors that have it, whatever its case', async () => {
    const titles = async (tag: string) =>
      (await listPublicArticles(t.services().db, { limit: 10, tag })).items.map((i) => i.title);
    expect(await titles('tEA')).toEqual(['Three', 'Two', 'One']);
    expect(await titles('茶')).toEqual(['One']);
    expect(await titles('secret')).toEqual([]);
    expect(await titles("'; drop table tags; --")).toEqual([]);
  });

  it('is counted over what is public, the most used first', async () => {
    const { db } = t.services();
    const tags = await listPublicTags(db, { limit: 10 });
    expect(tags.map(({ name, articleCount }) => [name.toLowerCase(), articleCount])).toEqual([
      ['tea', 3],
      ['coffee', 1],
      ['茶', 1],
    ]);
    expect(await listPublicTags(db, { limit: 1 })).toHaveLength(1);
    const own = await listPublicTags(db, { limit: 10, handle: bob.handle });
    expect(own.map(({ name }) => name)).toEqual(['coffee', 'TEA']);
  });
});

describe('the sitemap', () => {
  it('lists every public article once, the oldest first, in parts', async () => {
    const { db } = t.services();
    expect(await countPublicArticles(db)).toBe(3);
    const part = async (n: number) =>
      (await readSitemapPart(db, { part: n, size: 2 })).map(({ slug }) => slug);
    expect(await part(1)).toEqual(['one', 'two']);
    expect(await part(2)).toEqual(['three']);
    expect(await part(3)).toEqual([]);
  });

  it('names the translations of an article', async () => {
    const { db } = t.services();
    const [one] = await readSitemapPart(db, { part: 1, size: 1 });
    const { items } = await alice.api.publications.list({});
    const first = items.find(({ slug }) => slug === one?.slug);
    const { id: articleId } = await alice.api.articles.create({ title: '一', content: '中文' });
    const zh = await alice.api.publications.publish({
      articleId,
      translationOf: first?.articleId ?? null,
    });
    const [again] = await readSitemapPart(db, { part: 1, size: 1 });
    expect(again?.alternates).toEqual([{ slug: zh.slug, language: 'zh-CN' }]);
    await alice.api.publications.unpublish({ articleId });
  });
});
