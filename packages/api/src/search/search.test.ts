import { createDispatcher } from '@ainotebook/jobs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createJobHandlers } from '../jobs.js';
import { type TestUser, testJobServices, useApi } from '../test-support.js';

const t = useApi();

/** Runs every job that is due, as the dispatcher of the host would. */
const runJobs = () =>
  createDispatcher({
    db: t.services().db,
    handlers: createJobHandlers(testJobServices(t.services())),
  }).runDue();

async function write(
  user: TestUser,
  fields: { title?: string; content?: string; tags?: string[]; notebookId?: string | null },
) {
  const article = await user.api.articles.create(fields);
  await runJobs();
  return article;
}

const titles = async (user: TestUser, q: string) =>
  (await user.api.search.query({ q })).items.map(({ title }) => title);

describe('what is found', () => {
  let alice: TestUser;
  let bob: TestUser;
  beforeAll(async () => {
    alice = await t.user();
    bob = await t.user();
    await write(alice, {
      title: '图书馆笔记',
      content: '清华大学的图书馆有很多藏书。\n\n软件工程师在那里读书。',
      tags: ['校园', 'Reading'],
    });
    await write(alice, {
      title: 'TypeScript compilers',
      content: 'The compilers were running quickly over node.js and C++ sources.',
    });
    await write(alice, { title: '只有标题', content: '' });
    await write(bob, { title: '别人的图书馆', content: '清华大学 compiler' });
  });

  it('finds a word of two Chinese characters', async () => {
    expect(await titles(alice, '清华')).toEqual(['图书馆笔记']);
  });

  it('finds any stretch of Chinese text, and not its characters in another order', async () => {
    expect(await titles(alice, '华大学的图')).toEqual(['图书馆笔记']);
    const other = await alice.api.search.query({ q: '学大华清' });
    expect(other.isRelaxed || other.items.length === 0).toBe(true);
  });

  it('finds a single Chinese character', async () => {
    expect(await titles(alice, '藏')).toEqual(['图书馆笔记']);
  });

  it('finds simplified text by a traditional query', async () => {
    expect(await titles(alice, '圖書館')).toEqual(['图书馆笔记']);
  });

  it('finds other forms of an English word, and words being typed', async () => {
    expect(await titles(alice, 'compiler')).toEqual(['TypeScript compilers']);
    expect(await titles(alice, 'run')).toEqual(['TypeScript compilers']);
    expect(await titles(alice, 'types')).toEqual(['TypeScript compilers']);
  });

  it('finds names with punctuation', async () => {
    expect(await titles(alice, 'node.js')).toEqual(['TypeScript compilers']);
    expect(await titles(alice, 'c++')).toEqual(['TypeScript compilers']);
  });

  it('finds an article that is only a title, and articles by a tag name', async () => {
    expect(await titles(alice, '标题')).toEqual(['只有标题']);
    expect(await titles(alice, '校园')).toEqual(['图书馆笔记']);
  });

  it('takes a phrase in quotes word by word', async () => {
    expect(await titles(alice, '"running quickly"')).toEqual(['TypeScript compilers']);
    const turned = await alice.api.search.query({ q: '"quickly running"' });
    expect(turned.isRelaxed).toBe(true);
  });

  it('marks what matched in the title and in the snippet, and says where the snippet is', async () => {
    const { items } = await alice.api.search.query({ q: '图书馆' });
    const [hit] = items;
    expect(hit?.titleRanges).toEqual([[0, 3]]);
    const marked = hit?.snippetRanges.map(([start, end]) => hit.snippet.slice(start, end));
    expect(marked).toEqual(['图书馆']);
    expect(hit?.snippet).toBe('清华大学的图书馆有很多藏书。\n软件工程师在那里读书。');
    expect(hit?.offset).toBe(0);
  });

  it('marks a match far inside a long text where it stands in the snippet', async () => {
    const carol = await t.user();
    const content = `${'春眠不觉晓，处处闻啼鸟。'.repeat(40)}\n\n第七章讲量子纠缠。${'夜来风雨声。'.repeat(40)}`;
    await write(carol, { title: '长文', content });
    const [hit] = (await carol.api.search.query({ q: '量子纠缠' })).items;
    expect(hit?.snippetRanges.map(([from, to]) => hit.snippet.slice(from, to))).toEqual([
      '量子纠缠',
    ]);
    const [firstLine = 'none'] = hit?.snippet.split('\n') ?? [];
    expect(content.slice(hit?.offset).startsWith(firstLine)).toBe(true);
    expect(hit?.offset).toBeGreaterThan(0);
  });

  it('counts and shows nothing of another user, whatever the query', async () => {
    for (const q of ['别人', '清华', 'compiler', '"别人的图书馆"', '人', '别人 compiler']) {
      const { items, candidateCount } = await alice.api.search.query({ q });
      expect(items.map(({ title }) => title)).not.toContain('别人的图书馆');
      expect(candidateCount, q).toBeLessThanOrEqual(1);
    }
    const onlyHis = await alice.api.search.query({ q: '别人' });
    expect(onlyHis).toMatchObject({ items: [], candidateCount: 0, isRelaxed: false });
    expect(await titles(bob, '藏书')).toEqual([]);
    expect(await titles(bob, '清华')).toEqual(['别人的图书馆']);
  });

  it('needs a signed-in user', async () => {
    await expect(t.api().search.query({ q: '清华' })).rejects.toMatchObject({
      cause: { code: 'unauthenticated' },
    });
  });
});

describe('how words combine', () => {
  let alice: TestUser;
  let bob: TestUser;
  beforeAll(async () => {
    alice = await t.user();
    bob = await t.user();
    await write(alice, { title: 'one', content: 'apple banana' });
    await write(alice, { title: 'two', content: 'apple cherry' });
    await write(bob, { title: 'his', content: 'apple banana cherry' });
  });

  it('wants every word', async () => {
    expect(await titles(alice, 'apple banana')).toEqual(['one']);
  });

  it('falls back to any word, and says so, when no passage has them all', async () => {
    const found = await alice.api.search.query({ q: 'banana cherry' });
    expect(found.isRelaxed).toBe(true);
    expect(found.items.map(({ title }) => title).sort()).toEqual(['one', 'two']);
  });

  it('does not call an empty answer relaxed', async () => {
    const found = await alice.api.search.query({ q: 'durian elderberry' });
    expect(found).toMatchObject({ items: [], isRelaxed: false, candidateCount: 0 });
  });

  it('leaves out articles with an unwanted word, wherever in the article it stands', async () => {
    expect(await titles(alice, 'apple -banana')).toEqual(['two']);
    const far = `apple fig\n\n${'filler text. '.repeat(300)}\n\n# End\n\nbanana`;
    const long = await write(alice, { title: 'long', content: far });
    expect(await titles(alice, 'fig')).toEqual(['long']);
    expect(await titles(alice, 'fig -banana')).toEqual([]);
    await alice.api.articles.delete({ id: long.id });
  });

  it('shows an article once, however many of its passages match', async () => {
    const content = Array.from({ length: 8 }, (_, i) => `# Part ${i}\n\n${'grape '.repeat(150)}`);
    const article = await write(alice, { title: 'many', content: content.join('\n\n') });
    const found = await alice.api.search.query({ q: 'grape' });
    expect(found.items).toHaveLength(1);
    expect(found.candidateCount).toBeGreaterThan(1);
    await alice.api.articles.delete({ id: article.id });
  });
});

describe('order', () => {
  it('puts a title before a text, and of equals the newer first', async () => {
    const alice = await t.user();
    await write(alice, { title: 'quince', content: 'About a fruit, the rest is prose.' });
    await write(alice, {
      title: 'fruit salad',
      content: 'A quince and a pear, the rest is prose.',
    });
    expect(await titles(alice, 'quince')).toEqual(['quince', 'fruit salad']);

    await write(alice, { title: 'note', content: 'same words here' });
    const newer = await write(alice, { title: 'note', content: 'same words here' });
    const { items } = await alice.api.search.query({ q: 'same words' });
    expect(items).toHaveLength(2);
    expect(items[0]?.articleId).toBe(newer.id);
  });

  it('lets a rare word decide over a common one', async () => {
    const alice = await t.user();
    await alice.api.articles.createMany({
      items: [
        ...Array.from({ length: 30 }, (_, i) => ({ title: `n${i}`, content: 'common '.repeat(5) })),
        { title: 'rare one', content: 'It says zymurgy once and nothing else of note.' },
      ],
    });
    await runJobs();
    const { items, isRelaxed } = await alice.api.search.query({ q: 'common zymurgy' });
    expect(isRelaxed).toBe(true);
    expect(items[0]?.title).toBe('rare one');
  });
});

describe('filters', () => {
  let alice: TestUser;
  let bob: TestUser;
  beforeAll(async () => {
    alice = await t.user();
    bob = await t.user();
    const work = await alice.api.notebooks.create({ name: '工作' });
    const inner = await alice.api.notebooks.create({ name: 'Inner', parentId: work.id });
    await write(alice, { title: 'plan', content: 'kiwi', tags: ['Été', 'b'], notebookId: work.id });
    await write(alice, { title: 'deep', content: 'kiwi', tags: ['été'], notebookId: inner.id });
    const live = await write(alice, { title: 'live', content: 'kiwi' });
    await alice.api.publications.publish({ articleId: live.id });
    await bob.api.notebooks.create({ name: '秘密' });
    await write(bob, { title: 'his', content: 'kiwi', tags: ['été', 'hidden'] });
  });

  it('narrows by tag, whatever its case; every tag must be there', async () => {
    expect((await titles(alice, 'kiwi tag:ÉTÉ')).sort()).toEqual(['deep', 'plan']);
    expect(await titles(alice, 'kiwi tag:été tag:b')).toEqual(['plan']);
  });

  it('narrows by notebook, with the notebooks inside it', async () => {
    expect((await titles(alice, 'kiwi notebook:工作')).sort()).toEqual(['deep', 'plan']);
    expect(await titles(alice, 'kiwi notebook:inner')).toEqual(['deep']);
  });

  it('narrows by status', async () => {
    expect(await titles(alice, 'kiwi is:published')).toEqual(['live']);
    expect((await titles(alice, 'kiwi is:draft')).sort()).toEqual(['deep', 'plan']);
  });

  it('narrows by day: before leaves its day out, after takes it in', async () => {
    const today = new Date().toISOString().slice(0, 10);
    expect(await titles(alice, `kiwi before:${today}`)).toEqual([]);
    expect(await titles(alice, `kiwi after:${today}`)).toHaveLength(3);
  });

  it('lists what filters leave, newest first, when there is no word', async () => {
    expect(await titles(alice, 'is:draft')).toEqual(['deep', 'plan']);
    expect(await titles(alice, 'tag:été -deep')).toEqual(['plan']);
    const found = await alice.api.search.query({ q: 'is:draft', limit: 1 });
    expect(found).toMatchObject({ candidateCount: 2, items: [{ title: 'deep', snippet: 'kiwi' }] });
  });

  it("finds nothing under another user's tag or notebook", async () => {
    expect(await titles(alice, 'kiwi tag:hidden')).toEqual([]);
    expect(await titles(alice, 'tag:hidden')).toEqual([]);
    expect(await titles(alice, 'notebook:秘密')).toEqual([]);
  });
});

describe('what changes', () => {
  it('finds the new text and not the old after a save', async () => {
    const [alice, bob] = [await t.user(), await t.user()];
    const article = await write(alice, { title: 'a', content: 'walnut' });
    const data = { title: 'a', content: 'hazelnut' };
    await alice.api.articles.save({ id: article.id, data, baseRevision: article.revision });
    await runJobs();
    expect(await titles(alice, 'walnut')).toEqual([]);
    expect(await titles(alice, 'hazelnut')).toEqual(['a']);
    expect(await titles(bob, 'hazelnut')).toEqual([]);
    const saved = await alice.api.articles.get({ id: article.id });
    expect(saved.indexedRevision).toBe(saved.revision);
  });

  it('never finds what is in the trash, and finds it again after it is restored', async () => {
    const alice = await t.user();
    const article = await write(alice, { title: 'a', content: 'pecan' });
    await alice.api.articles.delete({ id: article.id });
    expect(await alice.api.search.query({ q: 'pecan' })).toMatchObject({
      items: [],
      candidateCount: 0,
    });
    await runJobs();
    await alice.api.articles.restore({ id: article.id });
    await runJobs();
    expect(await titles(alice, 'pecan')).toEqual(['a']);
  });
});
