import { AiError } from '@ainotebook/ai';
import type { RetrievalScope } from '@ainotebook/contract';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestUser, useApi } from '../test-support.js';
import { retrieve } from './retrieve.js';
import { runEverything, standIn } from './test-support.js';

const model = standIn({
  meanings: [
    ['汽车', '轿车', '座驾'],
    ['physician', 'doctor'],
  ],
});
const t = useApi({ embedding: model });

const ask = (user: TestUser, question: string, scope: RetrievalScope = { kind: 'all' }) =>
  user.api.search.passages({ question, scope, limit: 5 });
const titlesOf = ({ passages }: { passages: { title: string }[] }) =>
  passages.map(({ title }) => title);

let alice: TestUser;
let bob: TestUser;
const ids: Record<string, string> = {};
const write = async (user: TestUser, title: string, content: string, notebookId?: string) => {
  const { id } = await user.api.articles.create({
    title,
    content,
    ...(notebookId ? { notebookId } : {}),
  });
  ids[title] = id;
};

beforeAll(async () => {
  [alice, bob] = [await t.user(), await t.user()];
  const outer = await alice.api.notebooks.create({ name: '车' });
  const inner = await alice.api.notebooks.create({ name: '里', parentId: outer.id });
  ids.outer = outer.id;
  await write(
    alice,
    '武夷岩茶的冲泡',
    '岩茶要用沸水，水温低了，岩骨花香出不来。投茶八克。',
    outer.id,
  );
  await write(alice, '保养记录', '轿车五千公里换一次机油，轮胎两年一换。', inner.id);
  await write(alice, 'Visits', 'The doctor said to walk every day and to sleep more.');
  await write(alice, 'empty', '');
  await write(alice, '旧', '岩茶用沸水，扔掉的。');
  await write(bob, '他的岩茶', '岩茶要用沸水，水温低了，岩骨花香出不来。轿车的机油。The doctor.');
  await alice.api.articles.delete({ id: ids.旧 ?? '' });
  await runEverything(t, model);
});
beforeEach(() => {
  model.before = () => undefined;
});

describe('retrieve', () => {
  it('gives passages that stand in the notes as quoted, numbered, with a receipt', async () => {
    const { passages, receipt } = await ask(alice, '岩茶用多少度的水？');
    expect(passages[0]).toMatchObject({ number: 1, title: '武夷岩茶的冲泡', headingPath: [] });
    expect(passages[0]?.score.words?.rank).toBe(1);
    expect(passages.map(({ number }) => number)).toEqual(passages.map((_, index) => index + 1));
    for (const { articleId, revision, start, end, quote } of passages) {
      const article = await alice.api.articles.get({ id: articleId });
      expect(article.revision).toBe(revision);
      expect(article.content.slice(start, end)).toBe(quote);
      expect(quote.trim()).not.toBe('');
    }
    expect(receipt).toMatchObject({
      how: 'hybrid',
      why: null,
      model: 'test/stand-in',
      passages: passages.length,
    });
    expect(receipt.candidates.words).toBeGreaterThan(0);
    expect(receipt.tokens).toBeGreaterThan(0);
  });

  it('quotes a passage in the middle of a section with the end of the one before', async () => {
    const carol = await t.user();
    const content = `${'春眠不觉晓，处处闻啼鸟。'.repeat(120)}山下有一株银杏。${'夜来风雨声。'.repeat(40)}`;
    await write(carol, '长文', content);
    await runEverything(t, model);
    const { passages } = await ask(carol, '夜来风雨声');
    expect(passages.length).toBeGreaterThan(1);
    for (const { start, end, quote } of passages) expect(content.slice(start, end)).toBe(quote);
    const sorted = [...passages].sort((a, b) => a.start - b.start);
    expect(sorted[1]?.start).toBeLessThan(sorted[0]?.end ?? 0);
  });

  it('finds by meaning what shares no word with the question', async () => {
    const found = await ask(alice, '座驾');
    expect(found.passages[0]).toMatchObject({ title: '保养记录', score: { words: null } });
    expect(titlesOf(await ask(alice, 'physician'))[0]).toBe('Visits');
  });

  it('looks for a question with the one before it as well, asking the model once', async () => {
    const { db } = t.services();
    const find = async (former?: string) => {
      const asked = {
        ownerId: alice.id,
        question: '那第二个呢？',
        scope: { kind: 'all' as const },
      };
      const { models } = t.services();
      return retrieve({ db, embedding: models().embedding }, { ...asked, former, limit: 5 });
    };
    const { length } = model.sent;
    const { passages, receipt } = await find('座驾多久换机油？');
    expect(model.sent.slice(length)).toEqual([['那第二个呢？', '那第二个呢？\n座驾多久换机油？']]);
    expect(passages[0]?.title).toBe('保养记录');
    expect(titlesOf({ passages })).not.toContain('他的岩茶');
    expect(new Set(passages.map(({ articleId }) => articleId)).size).toBe(passages.length);
    expect(receipt).toMatchObject({ how: 'hybrid', why: null });
    expect(await find()).toMatchObject({
      passages: await ask(alice, '那第二个呢？').then((one) => one.passages),
    });
  });

  it('never shows a note of somebody else, in any scope', async () => {
    const scopes: RetrievalScope[] = [
      { kind: 'all' },
      { kind: 'notebook', ids: [ids.outer ?? ''] },
      { kind: 'articles', ids: [ids.他的岩茶 ?? ''] },
      { kind: 'articles', ids: Object.values(ids) },
    ];
    for (const scope of scopes) {
      for (const question of ['岩茶要用沸水', '座驾', 'doctor', '他的岩茶']) {
        expect(titlesOf(await ask(alice, question, scope))).not.toContain('他的岩茶');
        const his = titlesOf(await ask(bob, question, scope));
        expect(his.filter((title) => title !== '他的岩茶')).toEqual([]);
      }
    }
    const foreign = await ask(bob, '岩茶', { kind: 'notebook', ids: [ids.outer ?? ''] });
    expect(foreign.passages).toEqual([]);
  });

  it('keeps to its scope, and takes inner notebooks in', async () => {
    const inBook = await ask(alice, '机油 doctor 沸水', {
      kind: 'notebook',
      ids: [ids.outer ?? ''],
    });
    expect(titlesOf(inBook).sort()).toEqual(['保养记录', '武夷岩茶的冲泡']);
    const chosen = await ask(alice, '机油 doctor', { kind: 'articles', ids: [ids.Visits ?? ''] });
    expect(titlesOf(chosen)).toEqual(['Visits']);
  });

  it('leaves the trash and notes without text out', async () => {
    const all = titlesOf(await ask(alice, '岩茶 扔掉 empty'));
    expect(all).not.toContain('旧');
    expect(all).not.toContain('empty');
  });

  it('answers by words, and says why, when the model fails, is slow or does not fit', async () => {
    const found = { how: 'lexical', passages: 1 };
    const scope: RetrievalScope = { kind: 'articles', ids: [ids.Visits ?? ''] };
    model.before = () => {
      throw new AiError('unavailable', 'down', 'test');
    };
    const down = await ask(alice, 'doctor', scope);
    expect(down.receipt).toMatchObject({ ...found, why: 'model_failed', tokens: 0 });
    model.before = () => new Promise(() => undefined);
    const slow = await ask(alice, 'doctor', scope);
    expect(slow.receipt).toMatchObject({ ...found, why: 'model_timeout' });
    const asked = { ownerId: alice.id, question: 'doctor', scope, limit: 5 };
    const { db } = t.services();
    const misfit = { ...standIn(), dimensions: 7 };
    expect((await retrieve({ db, embedding: misfit }, asked)).receipt.why).toBe('model_failed');
    const other = standIn({ model: 'other' });
    expect((await retrieve({ db, embedding: other }, asked)).receipt).toMatchObject({
      ...found,
      why: 'nothing_embedded',
    });
    const none = await retrieve({ db, embedding: null }, asked);
    expect(none.receipt).toMatchObject({ ...found, why: 'no_model', model: null });
    expect(titlesOf(none)).toEqual(['Visits']);
  });

  it.each([
    '',
    '？！',
    `'; drop table chunks; --`,
    'a & | ! <-> :* (',
    '\\',
    '水',
    '水'.repeat(2_000),
  ])('takes %s for a question', async (question) => {
    const { receipt } = await ask(alice, question);
    expect(receipt.why).toBeNull();
  });
});

describe('articles.related', () => {
  it('finds the likest of the own notes, by vectors or by words', async () => {
    const carol = await t.user();
    await write(carol, '岩茶笔记', '岩茶用沸水冲泡，投茶八克，坐杯十秒。');
    await write(carol, '水仙', '水仙也是岩茶，沸水冲泡，坐杯要短。');
    await write(carol, '机油', '五千公里换一次机油。');
    await runEverything(t, model);
    const { api } = carol;
    const id = ids.岩茶笔记 ?? '';
    const byVectors = await api.articles.related({ id });
    expect(byVectors).toMatchObject({ how: 'vectors' });
    expect(byVectors.items.map(({ title }) => title)).toEqual(['水仙', '机油']);

    const plain = await t.user();
    await write(plain, 'one', '岩茶用沸水冲泡，投茶八克。');
    await write(plain, 'two', '沸水冲泡岩茶。');
    await write(plain, 'three', 'nothing of the kind');
    await runEverything(t, null);
    const byWords = await plain.api.articles.related({ id: ids.one ?? '' });
    expect(byWords).toMatchObject({ how: 'words', items: [{ title: 'two' }] });
    expect(byWords.items).toHaveLength(1);
    await expect(plain.api.articles.related({ id })).rejects.toMatchObject({
      cause: { code: 'not_found' },
    });
  });

  it('leaves out on demand what is linked already, either way', async () => {
    const dave = await t.user();
    const about = '岩茶用沸水冲泡，投茶八克，坐杯十秒。';
    await write(dave, '肉桂', `${about} 见 [[大红袍]]。`);
    await write(dave, '大红袍', about);
    await write(dave, '铁罗汉', `${about} 比 [[肉桂]] 淡。`);
    await write(dave, '白鸡冠', about);
    await runEverything(t, model);
    const related = async (isUnlinked: boolean) => {
      const { items } = await dave.api.articles.related({ id: ids.肉桂 ?? '', isUnlinked });
      return new Set(items.map(({ title }) => title));
    };
    expect(await related(false)).toEqual(new Set(['大红袍', '铁罗汉', '白鸡冠']));
    expect(await related(true)).toEqual(new Set(['白鸡冠']));
  });
});
