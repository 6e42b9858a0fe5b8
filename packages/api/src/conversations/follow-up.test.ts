import { schema } from '@ainotebook/db';
import { eq } from 'drizzle-orm';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { batchesOf } from './message-rows.js';
import { ask, noteOf, readOn, TeaRoom } from './test-support.js';

const { citations } = schema;
const room = new TeaRoom();

describe('a question after another one', () => {
  it('is answered where the one before it was not', async () => {
    room.say = () => 'NOT_IN_NOTES';
    const first = await ask(room.alice, room.conversationId, '岩茶多少钱一斤？');
    expect(first.answer.content).toBe('');
    room.say = () => '用沸水 [1]。';
    const next = await ask(room.alice, room.conversationId, '岩茶用什么水？', first.answer.id);
    expect(next.answer).toMatchObject({ status: 'done', content: '用沸水 [1]。' });
  });

  it('is searched with the one before it, though its own words are found elsewhere', async () => {
    for (let at = 0; at < 5; at += 1) {
      await noteOf(room.t, room.alice, { title: `杂记${at}`, content: `那第二泡呢，第${at}天。` });
    }
    const first = await ask(room.alice, room.conversationId, '岩茶用什么水泡？');
    const next = await ask(room.alice, room.conversationId, '那第二泡呢？', first.answer.id);
    expect(next.answer.receipt?.retrieval?.passages).toBeGreaterThan(5);
    const sent = JSON.stringify(room.provider.requests.at(-1)?.body.messages);
    expect(sent).toContain('岩骨花香出不来');
    expect(sent).toContain('那第二泡呢，第');
  });
});

describe('another answer', () => {
  it('stands behind the first one, though a slow clock made its id', async () => {
    const { answer } = await ask(room.alice, room.conversationId, '岩茶用什么水泡？');
    const answerId = v7({ msecs: Date.now() - 86_400_000 });
    expect(answerId < answer.id).toBe(true);
    await room.alice.api.messages.regenerate({ id: answer.id, answerId });
    await readOn(room.alice, answerId);
    const { messages } = await room.alice.api.conversations.get({ id: room.conversationId });
    expect(messages.map(({ id }) => id)).toEqual([messages[0]?.id, answer.id, answerId]);
    expect(messages[0]?.role).toBe('user');
  });
});

describe('where many quotes are now', () => {
  it('is looked up a few notes at a time', () => {
    const note = (articleId: string, size: number) => ({ articleId, size });
    const all = [
      note('a', 1_500_000),
      note('a', 1_500_000),
      note('b', 400_000),
      note('c', 400_000),
    ];
    expect(batchesOf(all)).toEqual([['a', 'b'], ['c']]);
    expect(batchesOf([note('a', 9_000_000), note('b', 9_000_000)])).toEqual([['a'], ['b']]);
    expect(batchesOf([])).toEqual([]);
  });

  it('is told of each of several notes that changed', async () => {
    const { answer } = await ask(room.alice, room.conversationId, '岩茶用什么水泡？');
    const { db } = room.t.services();
    const [cited] = await db.select().from(citations).where(eq(citations.messageId, answer.id));
    if (!cited) throw new Error('the answer cites nothing');
    const other = await noteOf(room.t, room.alice, { title: '白茶', content: '白茶可以煮。' });
    const quote = '白茶可以煮。';
    const of = { articleId: other, quote, start: 0, end: quote.length, revision: 1 };
    await db.insert(citations).values({ ...cited, ...of, number: 7 });
    for (const id of [room.noteId, other]) {
      const { title, content, revision } = await room.alice.api.articles.get({ id });
      const data = { title, content: `前言。\n\n${content}` };
      await room.alice.api.articles.save({ id, data, baseRevision: revision });
    }
    const { messages } = await room.alice.api.conversations.get({ id: room.conversationId });
    expect(messages[1]?.citations.map(({ state }) => state)).toEqual(['moved', 'moved']);
  });
});
