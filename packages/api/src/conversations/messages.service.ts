import {
  LIMITS,
  type Message,
  type RegenerateMessageInput,
  type SendMessageInput,
  type SentMessage,
} from '@ainotebook/contract';
import { schema, type Tx } from '@ainotebook/db';
import { and, asc, count, eq, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import type { AuthedContext } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { isBudgetSpent } from '../usage/budgets.js';
import { endLostCalls } from '../usage/records.js';
import { requireStream } from '../usage/streams.js';
import { endLostAnswers, isUnfinished, readMessage } from './message-rows.js';

const { conversations, messages } = schema;

type Caller = Pick<AuthedContext, 'db' | 'auth' | 'answering' | 'chat'>;

/**
 * Stores a question of the caller and has it answered; the answer is written on after the reply.
 * A repeat with the same id finds both.
 * @throws AppError not_found, conflict (the answer it follows is being written; the id is taken),
 *   limit_reached (messages of a conversation, answers at once), budget_spent
 */
export async function sendMessage(ctx: Caller, input: SendMessageInput): Promise<SentMessage> {
  const { userId } = ctx.auth;
  const { conversationId, id, parentId, content } = input;
  const answerId = await withinBudget(ctx, async (tx) => {
    const title = await lockConversation(tx, userId, conversationId);
    const known = await answerOf(tx, userId, input);
    if (known !== undefined) return { id: known, isNew: false };
    if (parentId !== null) await checkParent(tx, { userId, conversationId, parentId });
    await checkRoom(tx, { userId, conversationId, count: 2 });
    // Before anything is stored: the question stays where it was typed.
    await ctx.chat?.requireBudget(tx, userId, content);
    const question = { conversationId, userId, parentId, role: 'user', status: 'done' } as const;
    await tx.insert(messages).values({ ...question, id, content });
    const answer = await insertAnswer(tx, { conversationId, userId, parentId: id, id: v7() });
    await tx
      .update(conversations)
      .set({ updatedAt: new Date(), ...(title === '' ? { title: titleOf(content) } : {}) })
      .where(eq(conversations.id, conversationId));
    return { id: answer, isNew: true };
  });
  if (answerId.isNew) ctx.answering.begin(answerId.id, userId);
  const [question, answer] = await Promise.all([messageOf(ctx, id), messageOf(ctx, answerId.id)]);
  return { question, answer };
}

/**
 * Has the question of an answer answered once more; the answers stand side by side.
 * @throws AppError not_found, conflict (the id is taken), limit_reached, budget_spent
 */
export async function regenerateMessage(
  ctx: Caller,
  { id, answerId }: RegenerateMessageInput,
): Promise<Message> {
  const { userId } = ctx.auth;
  const isNew = await withinBudget(ctx, async (tx) => {
    const [former] = await tx
      .select({ conversationId: messages.conversationId, parentId: messages.parentId })
      .from(messages)
      .where(and(eq(messages.id, id), eq(messages.userId, userId), eq(messages.role, 'assistant')));
    if (!former) throw notFound('Answer');
    const { conversationId, parentId } = former;
    await lockConversation(tx, userId, conversationId);
    const [known] = await tx
      .select({ userId: messages.userId, parentId: messages.parentId })
      .from(messages)
      .where(eq(messages.id, answerId));
    if (known) {
      if (known.userId !== userId || known.parentId !== parentId) throw idTaken();
      return false;
    }
    await checkRoom(tx, { userId, conversationId, count: 1 });
    await ctx.chat?.requireBudget(tx, userId, '');
    await insertAnswer(tx, { conversationId, userId, parentId, id: answerId });
    await tx
      .update(conversations)
      .set({ updatedAt: new Date() })
      .where(eq(conversations.id, conversationId));
    return true;
  });
  if (isNew) ctx.answering.begin(answerId, userId);
  return messageOf(ctx, answerId);
}

/** Ends the writing of an answer of the caller; its text stays. @throws AppError not_found */
export async function stopMessage(ctx: Caller, { id }: { id: string }): Promise<Message> {
  const { userId } = ctx.auth;
  await ctx.db
    .update(messages)
    .set({ isStopWanted: true })
    .where(and(eq(messages.id, id), eq(messages.userId, userId), isUnfinished));
  const message = await messageOf(ctx, id);
  if (message.status === 'waiting' || message.status === 'writing') await ctx.answering.stop(id);
  return messageOf(ctx, id);
}

/**
 * Does something for which there must be tokens. What is lost is ended before, each in a transaction of its own:
 * months of several people are never locked together.
 */
async function withinBudget<T>(
  { db, auth }: Pick<Caller, 'db' | 'auth'>,
  run: (tx: Tx) => Promise<T>,
): Promise<T> {
  await endLostAnswers(db, auth.userId);
  try {
    return await db.transaction(run);
  } catch (error) {
    // Some of what is set aside may be for calls whose process is gone.
    if (!isBudgetSpent(error) || (await endLostCalls(db)) === 0) throw error;
    return await db.transaction(run);
  }
}

async function messageOf({ db, auth }: Caller, id: string): Promise<Message> {
  const message = await readMessage(db, auth.userId, id);
  if (!message) throw notFound('Message');
  return message;
}

/** Messages of one conversation are added one after another. @returns its title */
async function lockConversation(tx: Tx, userId: string, id: string): Promise<string> {
  const [row] = await tx
    .select({ title: conversations.title })
    .from(conversations)
    .where(and(eq(conversations.id, id), eq(conversations.userId, userId)))
    .for('update');
  if (!row) throw notFound('Conversation');
  return row.title;
}

/** The answer to a question that was sent before; undefined when it was not. */
async function answerOf(
  tx: Tx,
  userId: string,
  { id, conversationId, content }: SendMessageInput,
): Promise<string | undefined> {
  const [sent] = await tx.select().from(messages).where(eq(messages.id, id));
  if (!sent) return undefined;
  const isSame =
    sent.userId === userId && sent.conversationId === conversationId && sent.content === content;
  if (!isSame) throw idTaken();
  const [answer] = await tx
    .select({ id: messages.id })
    .from(messages)
    .where(eq(messages.parentId, id))
    .orderBy(asc(messages.id))
    .limit(1);
  return answer?.id;
}

const idTaken = () => new AppError('conflict', 'Another message has this id');

async function checkParent(
  tx: Tx,
  { userId, conversationId, parentId }: Record<'userId' | 'conversationId' | 'parentId', string>,
): Promise<void> {
  const [parent] = await tx
    .select({ role: messages.role, status: messages.status })
    .from(messages)
    .where(
      and(
        eq(messages.id, parentId),
        eq(messages.conversationId, conversationId),
        eq(messages.userId, userId),
      ),
    );
  if (parent?.role !== 'assistant') throw notFound('Answer');
  if (parent.status === 'waiting' || parent.status === 'writing') {
    throw new AppError('conflict', 'The answer before it is still being written');
  }
}

/** Room for an answer at once with others, and in the conversation. */
async function checkRoom(
  tx: Tx,
  { userId, conversationId, ...wanted }: { userId: string; conversationId: string; count: number },
): Promise<void> {
  await requireStream(tx, userId);
  const [held] = await tx
    .select({ count: count() })
    .from(messages)
    .where(eq(messages.conversationId, conversationId));
  if ((held?.count ?? 0) + wanted.count > LIMITS.messagesPerConversation) {
    throw new AppError('limit_reached', 'The conversation is full; start another one');
  }
}

async function insertAnswer(
  tx: Tx,
  row: { id: string; conversationId: string; userId: string; parentId: string | null },
): Promise<string> {
  await tx
    .insert(messages)
    .values({ ...row, role: 'assistant', status: 'waiting', aliveAt: sql`now()` });
  return row.id;
}

/** The first line of a question, cut where a list has no room for more. */
function titleOf(question: string): string {
  const line = question.trim().split('\n', 1)[0]?.replaceAll(/\s+/g, ' ') ?? '';
  const characters = [...line];
  const { conversationTitleLength: most } = LIMITS;
  return line.length <= most ? line : `${characters.slice(0, most / 2).join('')}…`;
}
