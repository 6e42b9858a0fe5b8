import type { ConversationScope, Receipt, RetrievalScope } from '@ainotebook/contract';
import { type Db, schema } from '@ainotebook/db';
import { questionTerms } from '@ainotebook/text/search';
import { and, eq, sql } from 'drizzle-orm';
import type { Models, Services } from '../context.js';
import { AppError } from '../errors.js';
import type { WebResearch } from '../research/web-research.js';
import { retrieve } from '../retrieval/retrieve.js';
import type { AnswerTask, FormerTurn, GivenPassage } from './answer-writer.js';

const { conversations, messages } = schema;

/** Passages that an answer may stand on. */
const PASSAGES = 8;
/** Messages before the question that are told. */
const TURNS = 6;
/** A question of fewer is not looked up in the web without the one before it. */
const FEW_TERMS = 6;

export interface PreparedTask extends AnswerTask {
  /** What was searched. */
  receipt: Pick<Receipt, 'retrieval' | 'web'>;
}

/** Where passages come from. */
export interface Sources extends Pick<Services, 'db'>, Pick<Models, 'embedding'> {
  /** Absent where no search engine is set up. */
  research?: WebResearch | null;
}

type Found = Pick<PreparedTask, 'receipt'> & { passages: GivenPassage[] };

/** The question that an answer is for, what was said before it, and what the notes have on it. */
export async function readTask(
  sources: Sources,
  answerId: string,
  signal: AbortSignal,
): Promise<PreparedTask> {
  const { userId, scope, turns } = await readTurns(sources.db, answerId);
  const question = turns.at(-1)?.content ?? '';
  const history = turns.slice(0, -1);
  const former = history.findLast(({ role }) => role === 'user')?.content;
  const found =
    scope.kind === 'web'
      ? await lookUp(sources, webQuery(question, former), { userId, signal })
      : await findInNotes(sources, { userId, scope, question, former });
  return { userId, question, history, ...found };
}

/** A short question after another one says little by itself. The new one first: engines read only so much. */
function webQuery(question: string, former: string | undefined): string {
  const isShort = questionTerms(question).length < FEW_TERMS;
  return isShort && former ? `${question} ${former}` : question;
}

async function findInNotes(
  sources: Sources,
  {
    userId,
    ...asked
  }: { userId: string; scope: RetrievalScope; question: string; former: string | undefined },
): Promise<Found> {
  const { passages, receipt } = await retrieve(sources, {
    ...asked,
    ownerId: userId,
    limit: PASSAGES,
  });
  return {
    passages: passages.map(({ score: _, ...each }) => ({ ...each, url: null, fetchedAt: null })),
    receipt: { retrieval: receipt, web: null },
  };
}

/** @throws AppError unavailable (no search engine any more) */
async function lookUp(
  { research }: Sources,
  text: string,
  asked: { userId: string; signal: AbortSignal },
): Promise<Found> {
  if (!research) throw new AppError('unavailable', 'No search engine is set up');
  const { passages, ...web } = await research.find(text, asked);
  return {
    passages: passages.map((each) => ({
      ...each,
      articleId: null,
      revision: 0,
      start: 0,
      end: each.quote.length,
    })),
    receipt: { retrieval: null, web },
  };
}

/** The way from the question of an answer back to the beginning, the oldest first. */
async function readTurns(
  db: Db,
  answerId: string,
): Promise<{ userId: string; scope: ConversationScope; turns: FormerTurn[] }> {
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
