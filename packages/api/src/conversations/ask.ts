import type { AskInput, Message } from '@ainotebook/contract';
import { v7 } from 'uuid';
import type { AuthedContext } from '../context.js';
import { notFound } from '../errors.js';
import { createConversation, removeConversation } from './conversations.service.js';
import { readMessage } from './message-rows.js';
import { sendMessage } from './messages.service.js';
import { streamMessage } from './stream-message.js';

/** Shorter than what proxies wait for an answer. */
const WAIT_MS = 50_000;

/**
 * Asks the caller's notes in a conversation of its own, and waits for the whole answer; one that takes
 * too long is answered as far as it is, and goes on. The conversation stays until another one needs its place.
 * @throws AppError not_found (of the scope), limit_reached, budget_spent
 */
export async function ask(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'answering' | 'chat' | 'config'>,
  { question, scope }: AskInput,
  signal: AbortSignal | undefined,
): Promise<Message> {
  const { id: conversationId } = await createConversation(ctx, { scope, isAsked: true });
  const sent = { conversationId, id: v7(), parentId: null, content: question };
  const { answer } = await sendMessage(ctx, sent).catch(async (error) => {
    // Refused, it would stay behind without a question.
    await removeConversation(ctx, { id: conversationId }).catch(() => undefined);
    throw error;
  });
  const { id } = answer;
  const timeout = AbortSignal.timeout(WAIT_MS);
  const ended = signal ? AbortSignal.any([signal, timeout]) : timeout;
  for await (const event of await streamMessage(ctx, { id, after: 0 }, ended)) {
    if (event.type === 'end') return event.message;
  }
  const message = await readMessage(ctx.db, ctx.auth.userId, id);
  if (!message) throw notFound('Message');
  return message;
}
