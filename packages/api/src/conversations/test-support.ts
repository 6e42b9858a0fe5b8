import type { Message, MessageEvent } from '@ainotebook/contract';
import { v7 } from 'uuid';
import { indexArticle } from '../search/indexing.js';
import type { TestApi, TestUser } from '../test-support.js';

/** A note that can be found. */
export async function noteOf(
  t: TestApi,
  { api }: TestUser,
  note: { title: string; content: string },
): Promise<string> {
  const { id } = await api.articles.create(note);
  await indexArticle(t.services().db, id);
  return id;
}

/** A conversation about all notes of somebody. */
export async function conversationOf({ api }: TestUser): Promise<string> {
  return (await api.conversations.create({ scope: { kind: 'all' } })).id;
}

/** Asks, and reads the answer to its end. */
export async function ask(
  user: TestUser,
  conversationId: string,
  content: string,
  parentId: string | null = null,
): Promise<{ questionId: string; answer: Message; said: string }> {
  const sent = await user.api.messages.send({ conversationId, id: v7(), parentId, content });
  const { answer, said } = await readOn(user, sent.answer.id);
  return { questionId: sent.question.id, answer, said };
}

/** All that comes of an answer, from `after` on. */
export async function readOn(
  { api }: TestUser,
  id: string,
  after = 0,
): Promise<{ answer: Message; said: string }> {
  let said = '';
  for await (const event of (await api.messages.stream({
    id,
    after,
  })) as AsyncIterable<MessageEvent>) {
    if (event.type === 'text') said += event.text;
    if (event.type === 'end') return { answer: event.message, said };
  }
  throw new Error('the stream ended before the answer');
}
