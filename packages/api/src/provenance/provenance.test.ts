import { LIMITS, type RecordAiSpanInput } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { eq } from 'drizzle-orm';
import { v7 } from 'uuid';
import { beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../auth/test-client.js';
import { readNoteToExport } from '../exports/note-export.js';
import { type TestUser, useApi } from '../test-support.js';

const t = useApi();
const MINE = '今天和朋友去了茶馆，点了一壶大红袍，聊到很晚才回家。路上下了雨，鞋都湿了。';
const AI = '岩茶产于武夷山，冲泡要用沸水，水温低了，岩骨花香出不来。';

let [alice, bob] = [] as unknown as [TestUser, TestUser];
beforeAll(async () => {
  [alice, bob] = [await t.user(), await t.user()];
});

/** A note of hers with this text, of which these passages are an AI's. */
async function note(content: string, spans: (string | Partial<RecordAiSpanInput>)[] = []) {
  const { id } = await alice.api.articles.create({ title: '茶', content });
  for (const span of spans) await take(id, typeof span === 'string' ? { text: span } : span);
  return id;
}
const take = (articleId: string, span: Partial<RecordAiSpanInput>) =>
  alice.api.provenance.record({
    ...{ id: v7(), articleId, source: 'continue', model: 'doubao', text: AI },
    ...span,
  });
const provenance = (articleId: string) => alice.api.provenance.get({ articleId });
const save = (id: string, content: string, baseRevision = 1) =>
  alice.api.articles.save({ id, data: { title: '茶', content }, baseRevision });

describe('what an AI wrote of a note', () => {
  it('is nothing until something is taken from one', async () => {
    expect(await provenance(await note(MINE))).toEqual({
      ...{ level: 'none', percent: 0, declared: null, spans: [] },
    });
  });

  it('is remembered with who wrote it, when and what for', async () => {
    const id = await note(`${MINE}\n\n${AI}`, [AI]);
    const { level, percent, spans } = await provenance(id);
    expect(level).toBe('partly');
    expect(percent).toBeGreaterThan(40);
    expect(percent).toBeLessThan(50);
    expect(spans).toMatchObject([
      { source: 'continue', model: 'doubao', excerpt: AI, left: 100, createdAt: expect.any(Date) },
    ]);
    expect(await provenance(await note(AI, [AI]))).toMatchObject({ level: 'mostly', percent: 100 });
  });

  it('is found wherever it stands, and is the less the more of it is rewritten', async () => {
    const id = await note(`${MINE}\n\n${AI}`, [AI]);
    await save(id, `> **${AI}**\n\n${MINE}`);
    expect((await provenance(id)).spans[0]?.left).toBe(100);
    await save(id, `${MINE}\n\n${AI.slice(0, 14)}`, 2);
    const { percent, spans } = await provenance(id);
    expect(percent).toBeLessThan(40);
    expect(spans[0]?.left).toBeLessThan(60);
    await save(id, MINE, 3);
    expect(await provenance(id)).toMatchObject({ level: 'none', percent: 0, spans: [{ left: 0 }] });
  });

  it('is not what its author had written before', async () => {
    const corrected = MINE.replace('，点了', '。点了');
    expect(await provenance(await note(corrected, [{ text: corrected, replaced: MINE }]))).toEqual({
      ...{ level: 'none', percent: 0, declared: null, spans: [] },
    });
    // A summary that repeats a sentence of the note.
    const summary = `总之，${MINE}以后还要再去那里喝茶。`;
    const { percent } = await provenance(await note(`${MINE}\n\n${summary}`, [summary]));
    expect(percent).toBeGreaterThan(0);
    expect(percent).toBeLessThan(25);
  });

  it('is what its author says where that is more', async () => {
    const id = await note(`${MINE}\n\n${AI}`, [AI]);
    await alice.api.provenance.declare({ articleId: id, declared: 'mostly' });
    expect(await provenance(id)).toMatchObject({ level: 'mostly', declared: 'mostly' });
    await alice.api.provenance.declare({ articleId: id, declared: null });
    expect(await provenance(id)).toMatchObject({ level: 'partly', declared: null });
    const before = await alice.api.articles.get({ id });
    await alice.api.provenance.declare({ articleId: id, declared: 'partly' });
    expect(await alice.api.articles.get({ id })).toEqual(before);
  });

  it('is kept once, however often it is sent', async () => {
    const id = await note(AI);
    const span = { id: v7(), articleId: id, source: 'answer' as const, text: AI };
    await Promise.all([take(id, span), take(id, span)]);
    await take(id, span);
    expect((await provenance(id)).spans).toHaveLength(1);
    const other = await note(AI);
    expect(await codeOf(take(other, { ...span, articleId: other }))).toBe('conflict');
    expect((await provenance(other)).spans).toEqual([]);
  });

  it('is forgotten, the oldest first, beyond what one note can hold', async () => {
    const id = await note(AI);
    const { db } = t.services();
    await db.insert(schema.aiSpans).values(
      Array.from({ length: LIMITS.aiSpansPerArticle }, (_, n) => ({
        ...{ id: v7(), articleId: id, userId: alice.id, source: 'continue' as const },
        ...{ text: `old ${n}`, own: [] },
      })),
    );
    await take(id, {});
    const { spans } = await provenance(id);
    expect(spans).toHaveLength(LIMITS.aiSpansPerArticle);
    expect(spans[0]?.excerpt).toBe(AI);
    expect(spans.at(-1)?.excerpt).toBe('old 1');
    const long = 'a'.repeat(LIMITS.aiSpanTextPerArticle);
    await db
      .update(schema.aiSpans)
      .set({ text: long })
      .where(eq(schema.aiSpans.id, spans[1]?.id ?? ''));
    await take(id, { text: MINE });
    expect((await provenance(id)).spans.map(({ excerpt }) => excerpt)).toEqual([MINE, AI]);
  });

  let own = '';
  it.each([
    ['get', () => bob.api.provenance.get({ articleId: own })],
    [
      'record',
      () => bob.api.provenance.record({ id: v7(), articleId: own, source: 'answer', text: AI }),
    ],
    ['declare', () => bob.api.provenance.declare({ articleId: own, declared: 'mostly' })],
  ])('is nobody else’s to %s', async (_, call) => {
    own = await note(MINE);
    expect(await codeOf(call())).toBe('not_found');
    expect(await provenance(own)).toMatchObject({ level: 'none', spans: [] });
  });

  it.each([
    ['too long', { text: 'a'.repeat(LIMITS.answerLength + 1) }],
    ['what cannot be stored', { text: 'a\0' }],
    ['from nowhere', { source: 'friend' as 'answer' }],
    ['by a model of several lines', { model: 'a\nb' }],
  ])('is refused where it is %s', async (_, span) => {
    expect(await codeOf(take(await note(MINE), span))).toBe('bad_input');
  });
});

describe('a published article', () => {
  const publish = (articleId: string, hasAiLabel?: boolean) =>
    alice.api.publications.publish({
      articleId,
      ...(hasAiLabel === undefined ? {} : { hasAiLabel }),
    });
  const readers = (slug: string) => bob.api.publications.read({ slug });

  it('tells its readers unless its author does not want it, as it was when it was published', async () => {
    const id = await note(AI, [AI]);
    const { slug } = await publish(id);
    expect(await alice.api.publications.get({ articleId: id })).toMatchObject({
      aiLevel: 'mostly',
      hasAiLabel: true,
    });
    expect(await readers(slug)).toMatchObject({ ai: 'mostly' });
    await save(id, MINE);
    expect(await readers(slug)).toMatchObject({ ai: 'mostly' });
    await publish(id);
    expect(await readers(slug)).toMatchObject({ ai: 'none' });
    await save(id, `${MINE}\n\n${AI}`, 2);
    await publish(id, false);
    expect(await readers(slug)).toMatchObject({ ai: 'none' });
    // Without another word it stays as it was chosen.
    await publish(id);
    expect(await alice.api.publications.get({ articleId: id })).toMatchObject({
      aiLevel: 'partly',
      hasAiLabel: false,
    });
    await publish(id, true);
    expect(await readers(slug)).toMatchObject({ ai: 'partly' });
  });
});

describe('a document of a note', () => {
  it('knows of it', async () => {
    const id = await note(AI, [AI]);
    expect(await readNoteToExport(t.services(), { id, userId: alice.id })).toMatchObject({
      ai: 'mostly',
    });
    expect(await readNoteToExport(t.services(), { id, userId: bob.id })).toBeNull();
  });
});
