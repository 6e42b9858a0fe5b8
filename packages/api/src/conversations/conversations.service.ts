import {
  type Conversation,
  type ConversationScope,
  type ConversationWithMessages,
  type CreateConversationInput,
  LIMITS,
  type ListConversationsInput,
  type UpdateConversationInput,
} from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, asc, count, desc, eq, inArray, lte, notExists, sql } from 'drizzle-orm';
import type { AuthedContext } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { afterCursor, selectInstantKey, toPage } from '../pagination.js';
import { lockUser } from '../users/lock-user.js';
import { isUnfinished, readMessages } from './message-rows.js';

const { articles, conversations, messages, notebooks } = schema;

type Caller = Pick<AuthedContext, 'db' | 'auth'>;

const columns = {
  id: conversations.id,
  title: conversations.title,
  scope: conversations.scope,
  createdAt: conversations.createdAt,
  updatedAt: conversations.updatedAt,
};

const owned = (userId: string, id: string) =>
  and(eq(conversations.id, id), eq(conversations.userId, userId));

/** The caller's conversations, the latest message first. */
export async function listConversations(
  { db, auth }: Caller,
  { limit, cursor }: ListConversationsInput,
): Promise<{ items: Conversation[]; nextCursor: string | null }> {
  const rows = await db
    .select({ ...columns, key: selectInstantKey(conversations.updatedAt) })
    .from(conversations)
    .where(
      and(
        eq(conversations.userId, auth.userId),
        afterCursor('desc', { instant: conversations.updatedAt, id: conversations.id }, cursor),
      ),
    )
    .orderBy(desc(conversations.updatedAt), desc(conversations.id))
    .limit(limit + 1);
  return toPage(rows, limit, {
    keyOf: ({ key, id }) => [key, id],
    itemOf: ({ key: _, ...item }) => item,
  });
}

/** A conversation of the caller with all that was said in it. @throws AppError not_found */
export async function getConversation(
  { db, auth }: Caller,
  { id }: { id: string },
): Promise<ConversationWithMessages> {
  const [row] = await db.select(columns).from(conversations).where(owned(auth.userId, id));
  if (!row) throw notFound('Conversation');
  return { ...row, messages: await readMessages(db, { userId: auth.userId, conversationId: id }) };
}

/**
 * Starts a conversation about some of the caller's notes; where there are too many, the oldest goes that is nothing
 * but a program's question.
 * @param input `isAsked` of such a one
 * @throws AppError not_found (of the scope), bad_input (no search engine), limit_reached
 */
export async function createConversation(
  { db, auth, config }: Caller & Pick<AuthedContext, 'config'>,
  { scope, isAsked = false }: CreateConversationInput & { isAsked?: boolean },
): Promise<Conversation> {
  const { userId } = auth;
  await checkScope({ db, config }, userId, scope);
  return db.transaction(async (tx) => {
    await lockUser(tx, userId);
    const [held] = await tx
      .select({ count: count() })
      .from(conversations)
      .where(eq(conversations.userId, userId));
    const isFull = (held?.count ?? 0) >= LIMITS.conversationsPerUser;
    if (isFull && !(await dropOldestAsked(tx, userId))) {
      throw new AppError('limit_reached', 'Too many conversations; delete some first');
    }
    const [row] = await tx
      .insert(conversations)
      .values({ userId, scope, isAsked })
      .returning(columns);
    if (!row) throw new Error('the insert of a conversation left no row');
    return row;
  });
}

/** Only where nobody asked on, and nothing is being written. @returns whether there was one */
async function dropOldestAsked(tx: Tx, userId: string): Promise<boolean> {
  const inIt = eq(messages.conversationId, conversations.id);
  const questions = sql`(select count(*) from ${messages} where ${inIt} and ${messages.role} = 'user')`;
  const oldest = tx
    .select({ id: conversations.id })
    .from(conversations)
    .where(
      and(
        eq(conversations.userId, userId),
        conversations.isAsked,
        notExists(tx.select({ id: messages.id }).from(messages).where(and(inIt, isUnfinished))),
        lte(questions, 1),
      ),
    )
    .orderBy(asc(conversations.updatedAt), asc(conversations.id))
    .limit(1);
  const { rowCount } = await tx.delete(conversations).where(inArray(conversations.id, oldest));
  return (rowCount ?? 0) > 0;
}

/** Renames a conversation of the caller, or asks other notes from now on. @throws AppError not_found */
export async function updateConversation(
  { db, auth, config }: Caller & Pick<AuthedContext, 'config'>,
  { id, title, scope }: UpdateConversationInput,
): Promise<Conversation> {
  if (scope) await checkScope({ db, config }, auth.userId, scope);
  const [row] = await db
    .update(conversations)
    // A new name is no message: the list keeps its order.
    .set({
      updatedAt: conversations.updatedAt,
      // Whoever does so keeps it.
      isAsked: false,
      ...(title === undefined ? {} : { title }),
      ...(scope ? { scope } : {}),
    })
    .where(owned(auth.userId, id))
    .returning(columns);
  if (!row) throw notFound('Conversation');
  return row;
}

/** Deletes a conversation of the caller with its messages. @throws AppError not_found */
export async function removeConversation(
  { db, auth }: Caller,
  { id }: { id: string },
): Promise<void> {
  const gone = await db
    .delete(conversations)
    .where(owned(auth.userId, id))
    .returning({ id: conversations.id });
  if (gone.length === 0) throw notFound('Conversation');
}

/** @throws AppError not_found when it names what is not the caller's; bad_input without a search engine */
async function checkScope(
  { db, config }: Pick<AuthedContext, 'config'> & { db: Db | Tx },
  userId: string,
  scope: ConversationScope,
): Promise<void> {
  if (scope.kind === 'all') return;
  if (scope.kind === 'web') {
    if (config.hasWebSearch) return;
    throw new AppError('bad_input', 'No search engine is set up here');
  }
  const ids = [...new Set(scope.ids)];
  const table = scope.kind === 'notebook' ? notebooks : articles;
  const found = await db
    .select({ id: table.id })
    .from(table)
    .where(and(inArray(table.id, ids), eq(table.userId, userId)));
  if (found.length < ids.length) {
    throw notFound(scope.kind === 'notebook' ? 'Notebook' : 'Article');
  }
}
