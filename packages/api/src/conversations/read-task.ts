import type { RetrievalReceipt, RetrievalScope } from '@ainotebook/contract';
import { type Db, schema } from '@ainotebook/db';
import { and, eq, sql } from 'drizzle-orm';
import type { Services } from '../context.js';
import { retrieve } from '../retrieval/retrieve.js';
import type { AnswerTask, FormerTurn } from './answer-writer.js';

const { conversations, messages } = schema;

/** Passages that an answer may stand on. */
const PASSAGES = 8;
/** Messages before the question that are told. */
const TURNS = 6;

export interface PreparedTask extends AnswerTask {
  receipt: RetrievalReceipt;
}

/** The question that an answer is for, what was said before it, and what the notes have on it. */
export async function readTask(
  ctx: Pick<Services, 'db' | 'embedding'>,
  answerId: string,
): Promise<PreparedTask> {
  const { userId, scope, turns } = await readTurns(ctx.db, answerId);
  const question = turns.at(-1)?.content ?? '';
  const history = turns.slice(0, -1);
  const find = (text: string) =>
    retrieve(ctx, { ownerId: userId, question: text, scope, limit: PASSAGES });
  const found = await find(question);
  const former = history.findLast(({ role }) => role === 'user')?.content;
  // "And the second one?" says nothing by itself.
  const more = found.passages.length === 0 && former ? await find(`${former}\n${question}`) : found;
  return { userId, question, history, passages: more.passages, receipt: more.receipt };
}

/** The way from the question of an answer back to the beginning, the oldest first. */
async function readTurns(
  db: Db,
  answerId: string,
): Promise<{ userId: string; scope: RetrievalScope; turns: FormerTurn[] }> {
  const [answer] = await db
    .select({
      parentId: messages.parentId,
      userId: messages.userId,
      scope: conversations.scope,
    })
    .from(messages)
    .innerJoin(conversations, eq(conversations.id, messages.conversationId))
    .where(and(eq(messages.id, answerId), eq(conversations.userId, messages.userId)));
  if (!answer) throw new Error('the answer to write is gone');
  const { rows } = await db.execute<{ role: 'user' | 'assistant'; content: string }>(sql`
    with recursive way as (
      select id, parent_id, role, content, 1 as step from messages where id = ${answer.parentId}
      union all
      select m.id, m.parent_id, m.role, m.content, way.step + 1
      from messages m join way on m.id = way.parent_id
      where way.step <= ${TURNS}
    )
    select role, content from way order by step desc`);
  return {
    userId: answer.userId,
    scope: answer.scope,
    turns: rows.map(({ role, content }) => ({ role, content })),
  };
}
