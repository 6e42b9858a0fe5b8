import { createDispatcher } from '@ainotebook/jobs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createJobHandlers } from '../jobs.js';
import { type TestUser, testJobServices, useApi } from '../test-support.js';

const t = useApi();

const runJobs = () =>
  createDispatcher({
    db: t.services().db,
    handlers: createJobHandlers(testJobServices(t.services())),
  }).runDue();

let alice: TestUser;
let bob: TestUser;
beforeAll(async () => {
  [alice, bob] = [await t.user(), await t.user()];
  const notes: [string, string][] = [
    ['北京旅游', '去看**故宮**，坐高鐵。[路線](https://maps.example/route)'],
    ['Docker 部署', '用 Docker Compose 部署，然后看 Kubernetes 的文档。'],
    ['女儿的绿色书包', '开学了。'],
    ['重庆银行', '行长来了。'],
    ['Kitchen', 'A recipe for sourdough bread and a garden of tomatoes.'],
  ];
  for (const [title, content] of notes) await alice.api.articles.create({ title, content });
  await bob.api.articles.create({ title: '北京烤鸭', content: 'Elasticsearch and grapefruit.' });
  await runJobs();
});

const search = (q: string, user = alice) => user.api.search.query({ q });
const titles = async (q: string, user = alice) =>
  (await search(q, user)).items.map(({ title }) => title);

describe('bilingual search', () => {
  it.each([
    ['故宫', '北京旅游'],
    ['高鐵', '北京旅游'],
    ['高铁', '北京旅游'],
    ['Docker 部署', 'Docker 部署'],
    ['docker部署', 'Docker 部署'],
    ['ｄｏｃｋｅｒ', 'Docker 部署'],
    ['"Docker Compose"', 'Docker 部署'],
    ['kuberne', 'Docker 部署'],
    ['tomato', 'Kitchen'],
    ['学', '女儿的绿色书包'],
  ])('%s finds %s', async (q, title) => {
    const { items, isRelaxed, correction } = await search(q);
    expect(items[0]).toMatchObject({ title, matchedBy: 'text' });
    expect({ isRelaxed, correction }).toEqual({ isRelaxed: false, correction: null });
  });

  it('shows what a passage says, without marks, and marks the words in it', async () => {
    const [hit] = (await search('故宫')).items;
    expect(hit?.snippet).toBe('去看故宮，坐高鐵。路線');
    expect(hit?.snippetRanges).toEqual([[2, 4]]);
  });

  it('shows the beginning of a passage of which only an address matched', async () => {
    const [hit] = (await search('maps.example')).items;
    expect(hit).toMatchObject({ snippet: '去看故宮，坐高鐵。路線', snippetRanges: [] });
  });
});

describe('a mistyped Latin word', () => {
  it.each([
    ['kuberntes', 'kubernetes', 'Docker 部署'],
    ['dokcer', 'docker', 'Docker 部署'],
    ['Dokcer 部署', 'docker 部署', 'Docker 部署'],
    ['soudrough', 'sourdough', 'Kitchen'],
    ['"gardne of tomatoes"', '"garden of tomatoes"', 'Kitchen'],
    ['is:draft receipe', 'is:draft recipe', 'Kitchen'],
    ['xocker', 'docker', 'Docker 部署'],
  ])('%s is answered as %s', async (q, correction, title) => {
    const found = await search(q);
    expect(found.correction).toBe(correction);
    expect(found.items[0]?.title).toBe(title);
  });

  it('is left alone when it is short, known, negated, or near to nothing', async () => {
    for (const q of ['bre', 'bread', 'zzzzzzzz', 'recipe -gardenn', '部暑', 'garden2']) {
      expect((await search(q)).correction, q).toBeNull();
    }
  });

  it('answers other words first: a likeness must stand with all of them', async () => {
    const found = await search('bread dokcer');
    expect(found).toMatchObject({ correction: null, isRelaxed: true });
    expect(found.items[0]?.title).toBe('Kitchen');
    expect(await search('bread gardan')).toMatchObject({
      correction: 'bread garden',
      isRelaxed: false,
    });
  });

  it('is never corrected to a word of somebody else, nor to one whose text is gone', async () => {
    expect(await search('elasticsaerch')).toMatchObject({ items: [], correction: null });
    expect((await search('grapefriut', bob)).correction).toBe('grapefruit');
    const carol = await t.user();
    const { id } = await carol.api.articles.create({ title: 'a', content: 'persimmon' });
    await runJobs();
    expect((await search('persimon', carol)).correction).toBe('persimmon');
    await carol.api.articles.delete({ id });
    await runJobs();
    expect(await search('persimon', carol)).toMatchObject({ items: [], correction: null });
  });
});

describe('pinyin', () => {
  it.each([
    ['bjly', '北京旅游'],
    ['beijing', '北京旅游'],
    ['bei jing', '北京旅游'],
    ["bei'jing", '北京旅游'],
    ['Běijīng', '北京旅游'],
    ['beijinglv', '北京旅游'],
    ['beijinglu', '北京旅游'],
    ['lüyou', '北京旅游'],
    ['nver', '女儿的绿色书包'],
    ['nuer', '女儿的绿色书包'],
    ['lvse', '女儿的绿色书包'],
    ['chongqing', '重庆银行'],
    ['yinhang', '重庆银行'],
    ['bushu', 'Docker 部署'],
  ])('%s finds the title %s', async (q, title) => {
    const { items, correction } = await search(q);
    expect(items[0]).toMatchObject({ title, matchedBy: 'pinyin', titleRanges: [] });
    expect(correction).toBeNull();
    const suggested = await alice.api.search.titles({ q });
    expect(suggested.items[0]).toMatchObject({ title, titleRanges: [] });
  });

  it('stands after what has the letters in its text, and names no article twice', async () => {
    const dan = await t.user();
    await dan.api.articles.create({ title: '北京', content: '首都' });
    await dan.api.articles.create({ title: 'A beijing diary', content: '北京 beijing' });
    await runJobs();
    const { items, candidateCount } = await search('beijing', dan);
    expect(items.map(({ title, matchedBy }) => [title, matchedBy])).toEqual([
      ['A beijing diary', 'text'],
      ['北京', 'pinyin'],
    ]);
    expect(candidateCount).toBe(2);
  });

  it('begins at a syllable, and inside a title with three letters or more', async () => {
    for (const q of ['eijing', 'ing', 'ly', 'b']) expect(await titles(q), q).toEqual([]);
    expect(await titles('bj')).toEqual(['北京旅游']);
    expect(await titles('beijing -旅游')).toEqual([]);
  });

  it('keeps to the filters, to live articles and to the caller', async () => {
    expect(await titles('is:published bjly')).toEqual([]);
    expect(await titles('bjky')).toEqual([]);
    expect(await titles('bjky', bob)).toEqual(['北京烤鸭']);
    const { id } = await alice.api.articles.create({ title: '苏州园林', content: '' });
    await runJobs();
    expect(await titles('szyl')).toEqual(['苏州园林']);
    await alice.api.articles.delete({ id });
    expect(await titles('szyl')).toEqual([]);
    expect((await alice.api.search.titles({ q: 'szyl' })).items).toEqual([]);
    await runJobs();
    await alice.api.articles.restore({ id });
    await runJobs();
    expect(await titles('szyl')).toEqual(['苏州园林']);
    await alice.api.articles.delete({ id });
    await runJobs();
  });
});

describe('search.titles', () => {
  it('puts the equal title first, then beginnings, then the rest, newest first', async () => {
    const eve = await t.user();
    for (const title of ['我的笔记', '笔记二', '笔记', '笔记三', '别的']) {
      await eve.api.articles.create({ title });
    }
    await bob.api.articles.create({ title: '笔记 of bob' });
    await runJobs();
    const found = async (q: string) =>
      (await eve.api.search.titles({ q })).items.map(({ title }) => title);
    expect(await found('筆記')).toEqual(['笔记', '笔记三', '笔记二', '我的笔记']);
    expect(await found('')).toEqual(['别的', '笔记三', '笔记', '笔记二', '我的笔记']);
    expect((await eve.api.search.titles({ q: '', limit: 2 })).items).toHaveLength(2);
    expect(await found('bob')).toEqual([]);
  });

  it('marks the words, wherever they stand, and wants all of them', async () => {
    const [hit] = (await alice.api.search.titles({ q: '部署 dock' })).items;
    expect(hit).toMatchObject({
      title: 'Docker 部署',
      titleRanges: [
        [0, 4],
        [7, 9],
      ],
    });
    expect((await alice.api.search.titles({ q: 'docker 北京' })).items).toEqual([]);
  });

  it('follows a title that changed, and forgets the old one at once', async () => {
    const finn = await t.user();
    const { id, revision } = await finn.api.articles.create({ title: 'before', content: 'x' });
    await runJobs();
    const data = { title: '以后', content: 'x' };
    await finn.api.articles.save({ id, data, baseRevision: revision });
    expect((await finn.api.search.titles({ q: 'before' })).items).toEqual([]);
    await runJobs();
    expect((await finn.api.search.titles({ q: 'yihou' })).items).toMatchObject([{ title: '以后' }]);
    expect((await finn.api.search.titles({ q: 'before' })).items).toEqual([]);
  });

  it('needs a signed-in user', async () => {
    await expect(t.api().search.titles({ q: 'a' })).rejects.toMatchObject({
      cause: { code: 'unauthenticated' },
    });
  });
});
