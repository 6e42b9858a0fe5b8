import type { MessageEvent } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { createAnswering } from './answering.js';
import { conversationOf, TeaRoom } from './test-support.js';

const { messages } = schema;
/** One answer is written at a time. */
const room = new TeaRoom({ atOnce: 1 });

/** What comes of an answer of his, one event after the other. */
async function eventsOf(id: string): Promise<AsyncIterator<MessageEvent>> {
  const stream = (await room.bob.api.messages.stream({ id })) as AsyncIterable<MessageEvent>;
  return stream[Symbol.asyncIterator]();
}

const queued = { value: { type: 'queued', ahead: 0 } };
const turn = { value: { type: 'queued', ahead: null } };

describe('an answer that waits for its turn', () => {
  it('says how many come before it, and is written when the other has ended', async () => {
    const { answer: first } = await room.unfinished();
    await expect.poll(() => room.provider.requests.length).toBe(1);
    const conversationId = await conversationOf(room.bob);
    const question = { conversationId, id: v7(), parentId: null, content: '岩茶用什么水？' };
    const { answer } = await room.bob.api.messages.send(question);
    const events = await eventsOf(answer.id);
    expect(await events.next()).toMatchObject(queued);
    expect(room.provider.requests).toHaveLength(1);
    await room.alice.api.messages.stop({ id: first.id });
    expect(await events.next()).toMatchObject(turn);
    expect(await events.next()).toMatchObject({ value: { type: 'text' } });
    await room.bob.api.messages.stop({ id: answer.id });
  });

  it('of another process says so too, and leaves when it is stopped', async () => {
    const { answer: first } = await room.unfinished();
    await expect.poll(() => room.provider.requests.length).toBe(1);
    const { db } = room.t.services();
    const other = createAnswering({ db, means: room.means, onFault: () => undefined });
    const conversationId = await conversationOf(room.bob);
    const [questionId, id] = [v7(), v7()];
    const row = { conversationId, userId: room.bob.id };
    await db.insert(messages).values([
      { ...row, id: questionId, role: 'user', status: 'done', content: '岩茶用什么水？' },
      {
        ...row,
        id,
        role: 'assistant',
        status: 'waiting',
        parentId: questionId,
        aliveAt: new Date(),
      },
    ]);
    other.begin(id, room.bob.id);
    const events = await eventsOf(id);
    expect(await events.next()).toMatchObject(queued);
    await room.bob.api.messages.stop({ id });
    expect(await events.next()).toMatchObject({ value: { type: 'end', message: { content: '' } } });
    expect((await room.row(id))?.status).toBe('stopped');
    expect(room.provider.requests).toHaveLength(1);
    await room.alice.api.messages.stop({ id: first.id });
    await other.close();
  });
});
