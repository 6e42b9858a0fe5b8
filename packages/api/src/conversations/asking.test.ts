import type { MessageEvent } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../auth/test-client.js';
import { createContext } from '../context.js';
import { createLiveCaller } from '../events/events.router.js';
import type { TestUser } from '../test-support.js';
import { createAnswering } from './answering.js';
import { ask, conversationOf, noteOf, readOn, TEA, TeaRoom } from './test-support.js';

const { messages } = schema;
const room = new TeaRoom();

describe('reading on', () => {
  it('goes on where a page that was loaded anew had stopped', async () => {
    const { answer } = await room.unfinished();
    await expect.poll(async () => (await room.row(answer.id))?.content.length).toBeGreaterThan(20);
    const { said, answer: whole } = await readOn(room.alice, answer.id, 12);
    expect(whole.content.slice(12)).toBe(said);
  });

  it('is for its owner alone, by socket as well', async () => {
    const { answer } = await ask(room.alice, room.conversationId, '岩茶用什么水泡？');
    const live = ({ id: userId, sessionId }: TestUser) =>
      createLiveCaller(
        createContext(room.t.services(), room.t.request(), async () => ({
          userId,
          sessionId,
          role: 'user',
        })),
      );
    const events: MessageEvent[] = [];
    for await (const event of await live(room.alice).messages.stream({ id: answer.id, after: 3 })) {
      events.push(event);
    }
    expect(events).toEqual([
      { type: 'text', text: answer.content.slice(3) },
      { type: 'end', message: answer },
    ]);
    expect(await codeOf(live(room.bob).messages.stream({ id: answer.id }))).toBe('not_found');
  });

  it('follows an answer that another process writes', async () => {
    const { db } = room.t.services();
    const other = createAnswering({ db, means: room.means, onFault: () => undefined });
    const first = await ask(room.alice, room.conversationId, '岩茶用什么水泡？');
    const id = v7();
    await db.insert(messages).values({
      id,
      conversationId: room.conversationId,
      userId: room.alice.id,
      parentId: first.questionId,
      role: 'assistant',
      status: 'waiting',
      aliveAt: new Date(),
    });
    const whole = `${'慢慢说，'.repeat(20)}用沸水 [1]。`;
    [room.model, room.say] = ['chat-slow', () => whole];
    other.begin(id, room.alice.id);
    const { said, answer } = await readOn(room.alice, id);
    expect(answer).toMatchObject({ status: 'done', content: whole });
    expect(said).toBe(whole);
  });
});

describe('asking', () => {
  it('twice with one id asks once', async () => {
    const input = {
      conversationId: room.conversationId,
      id: v7(),
      parentId: null,
      content: '岩茶用什么水泡？',
    };
    const [one, other] = await Promise.all([
      room.alice.api.messages.send(input),
      room.alice.api.messages.send(input),
    ]);
    expect(one.answer.id).toBe(other.answer.id);
    await readOn(room.alice, one.answer.id);
    expect(room.provider.requests).toHaveLength(1);
    const changed = { ...input, content: '别的' };
    expect(await codeOf(room.alice.api.messages.send(changed))).toBe('conflict');
    const theirs = { ...input, conversationId: await conversationOf(room.bob) };
    expect(await codeOf(room.bob.api.messages.send(theirs))).toBe('conflict');
  });

  it('in other words, or for another answer, leaves what was there beside it', async () => {
    const first = await ask(room.alice, room.conversationId, '岩茶用什么水泡？');
    const again = await room.alice.api.messages.regenerate({ id: first.answer.id, answerId: v7() });
    await readOn(room.alice, again.id);
    expect(again.parentId).toBe(first.questionId);
    await ask(room.alice, room.conversationId, '岩茶投多少克？');
    const { messages: all } = await room.alice.api.conversations.get({ id: room.conversationId });
    expect(all.filter(({ parentId }) => parentId === null)).toHaveLength(2);
    expect(all.filter(({ parentId }) => parentId === first.questionId)).toHaveLength(2);
  });

  it('a third time at once is refused, and so is going on behind an answer that is being written', async () => {
    const { answer } = await room.unfinished();
    const behind = {
      conversationId: room.conversationId,
      id: v7(),
      parentId: answer.id,
      content: '岩茶',
    };
    expect(await codeOf(room.alice.api.messages.send(behind))).toBe('conflict');
    const second = await room.unfinished('岩茶呢？');
    const third = {
      conversationId: room.conversationId,
      id: v7(),
      parentId: null,
      content: '岩茶',
    };
    expect(await codeOf(room.alice.api.messages.send(third))).toBe('limit_reached');
    const edit = room.t
      .services()
      .models()
      .chat?.stream({
        userId: room.alice.id,
        feature: 'editor',
        messages: [{ role: 'user', content: '岩茶' }],
      });
    expect(await codeOf(Promise.resolve(edit?.next()))).toBe('limit_reached');
    expect((await ask(room.bob, await conversationOf(room.bob), '岩茶')).answer.status).toBe(
      'done',
    );
    for (const { id } of [answer, second.answer]) await room.alice.api.messages.stop({ id });
  });

  it('in the conversation of somebody else finds none', async () => {
    const { answer, questionId } = await ask(room.alice, room.conversationId, '岩茶用什么水泡？');
    const { conversations, messages: theirs } = room.bob.api;
    const id = answer.id;
    const own = await conversationOf(room.bob);
    for (const call of [
      () => conversations.get({ id: room.conversationId }),
      () => conversations.update({ id: room.conversationId, title: 'x' }),
      () => conversations.remove({ id: room.conversationId }),
      () =>
        theirs.send({
          conversationId: room.conversationId,
          id: v7(),
          parentId: null,
          content: 'x',
        }),
      () => theirs.send({ conversationId: own, id: v7(), parentId: id, content: 'x' }),
      () => theirs.regenerate({ id, answerId: v7() }),
      () => theirs.stop({ id }),
      () => readOn(room.bob, id),
      () => readOn(room.bob, questionId),
    ]) {
      expect(await codeOf(call())).toBe('not_found');
    }
    expect((await conversations.list({})).items.map((each) => each.id)).not.toContain(
      room.conversationId,
    );
  });
});

describe('conversations', () => {
  it('are listed by their latest message, page by page, renamed and removed', async () => {
    const carol = await room.t.user();
    await noteOf(room.t, carol, { title: '岩茶', content: TEA });
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1) ids.push(await conversationOf(carol));
    await ask(carol, ids[0] ?? '', '岩茶用什么水泡？');
    const first = await carol.api.conversations.list({ limit: 2 });
    expect(first.items.map(({ id }) => id)).toEqual([ids[0], ids[2]]);
    const renamed = await carol.api.conversations.update({ id: ids[1] ?? '', title: '茶' });
    expect(renamed.title).toBe('茶');
    const rest = await carol.api.conversations.list({ limit: 2, cursor: first.nextCursor });
    expect(rest.items).toEqual([renamed]);
    await carol.api.conversations.remove({ id: ids[0] ?? '' });
    expect(await codeOf(carol.api.conversations.get({ id: ids[0] ?? '' }))).toBe('not_found');
  });
});
