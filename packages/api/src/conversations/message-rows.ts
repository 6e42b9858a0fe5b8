import { type Citation, type CitationState, LIMITS, type Message } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { locateQuote } from '@ainotebook/text/citations';
import { plainPassage } from '@ainotebook/text/search';
import { and, asc, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { endLostCalls } from '../usage/records.js';
import { settleCitations } from './answer-citations.js';

const { articles, citations, messages } = schema;

/** A process that has said nothing for so long writes no more. */
const LOST_SECONDS = 10;
/** Of notes that are looked through at once. */
const BATCH_BYTES = 2_000_000;

const columns = {
  id: messages.id,
  conversationId: messages.conversationId,
  parentId: messages.parentId,
  role: messages.role,
  content: messages.content,
  status: messages.status,
  failure: messages.failure,
  receipt: messages.receipt,
  createdAt: messages.createdAt,
};

/** True of an unfinished message whose process has gone silent. */
export const isLost = sql<boolean>`${messages.aliveAt} < now() - ${LOST_SECONDS} * interval '1 second'`;

/** True of messages that somebody writes, or wrote until the process was gone. */
export const isUnfinished = inArray(messages.status, ['waiting', 'writing']);
const isUnfinishedStatus = (status: Message['status']) =>
  status === 'waiting' || status === 'writing';

/**
 * Ends what is written by nobody any more, of one user or of all; the text stays, and what was set
 * aside for it goes back.
 * @returns how many
 */
export async function endLostAnswers(db: Db | Tx, userId?: string): Promise<number> {
  const whose = userId === undefined ? undefined : eq(messages.userId, userId);
  const lost = await db
    .select({ id: messages.id })
    .from(messages)
    .where(and(isUnfinished, whose, isLost));
  for (const { id } of lost) await endLost(db, id);
  if (lost.length > 0) await endLostCalls(db, userId);
  return lost.length;
}

async function endLost(db: Db | Tx, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const [ended] = await tx
      .update(messages)
      .set({ status: 'interrupted', ahead: null })
      .where(and(eq(messages.id, id), isUnfinished, isLost))
      .returning({ id: messages.id, content: messages.content, receipt: messages.receipt });
    if (ended) await settleCitations(tx, ended);
  });
}

/** Messages of one conversation or one of them, oldest first, with where their citations are now. */
export async function readMessages(
  db: Db | Tx,
  {
    userId,
    ...which
  }: { userId: string } & ({ conversationId: string } | { ids: readonly string[] }),
): Promise<Message[]> {
  await endLostAnswers(db, userId);
  const rows = await db
    .select(columns)
    .from(messages)
    .where(
      and(
        eq(messages.userId, userId),
        'ids' in which
          ? inArray(messages.id, [...which.ids])
          : eq(messages.conversationId, which.conversationId),
      ),
    )
    // Ids are made by clients, whose clocks may be wrong; a question is as old as its first answer.
    .orderBy(asc(messages.createdAt), desc(messages.role), asc(messages.id));
  const cited = await readCitations(
    db,
    userId,
    // While it is written, what it may cite is no citation.
    rows
      .filter(({ role, status }) => role === 'assistant' && !isUnfinishedStatus(status))
      .map(({ id }) => id),
  );
  return rows.map((row) => ({ ...row, citations: cited.get(row.id) ?? [] }));
}

/** One message of the caller; undefined when there is none. */
export async function readMessage(
  db: Db | Tx,
  userId: string,
  id: string,
): Promise<Message | undefined> {
  const [message] = await readMessages(db, { userId, ids: [id] });
  return message;
}

async function readCitations(
  db: Db | Tx,
  userId: string,
  messageIds: readonly string[],
): Promise<Map<string, Citation[]>> {
  const byMessage = new Map<string, Citation[]>();
  if (messageIds.length === 0) return byMessage;
  const rows = await db
    .select({
      messageId: citations.messageId,
      number: citations.number,
      // Of a note that its owner still has; the name it has now.
      articleId: articles.id,
      title: sql<string>`coalesce(${articles.title}, ${citations.title})`,
      headingPath: citations.headingPath,
      revision: citations.revision,
      start: citations.start,
      end: citations.end,
      quote: citations.quote,
      url: citations.url,
      fetchedAt: citations.fetchedAt,
      presentRevision: articles.revision,
      // Said without being read.
      size: sql<number>`octet_length(${articles.content})`,
    })
    .from(citations)
    .leftJoin(
      articles,
      and(
        eq(articles.id, citations.articleId),
        eq(articles.userId, userId),
        isNull(articles.deletedAt),
      ),
    )
    .where(inArray(citations.messageId, [...messageIds]))
    .orderBy(asc(citations.messageId), asc(citations.number));
  const changed = rows.flatMap(({ articleId, ...row }) =>
    articleId && row.presentRevision !== row.revision ? [{ ...row, articleId }] : [],
  );
  const places = await locateAll(db, changed);
  for (const { messageId, presentRevision: _, size: __, ...row } of rows) {
    // What a page said is kept as it was; nobody looks whether it still does.
    const isGone = row.articleId === null && row.url === null;
    const place = places.get(keyOf({ ...row, messageId })) ?? 'unchanged';
    const citation = { ...row, excerpt: excerptOf(row.quote), state: isGone ? 'gone' : place };
    byMessage.set(messageId, [...(byMessage.get(messageId) ?? []), citation]);
  }
  return byMessage;
}

type Quoted = Pick<Citation, 'number' | 'start' | 'end' | 'quote'> & {
  messageId: string;
  articleId: string;
  size: number;
};

const keyOf = ({ messageId, number }: Pick<Quoted, 'messageId' | 'number'>) =>
  `${messageId} ${number}`;

/** Where quotes of notes that changed are now. A conversation may cite more notes than there is memory for. */
async function locateAll(
  db: Db | Tx,
  quotes: readonly Quoted[],
): Promise<Map<string, CitationState>> {
  const places = new Map<string, CitationState>();
  for (const ids of batchesOf(quotes)) {
    const rows = await db
      .select({ id: articles.id, content: articles.content })
      .from(articles)
      .where(inArray(articles.id, ids));
    const texts = new Map(rows.map(({ id, content }) => [id, content]));
    const wanted = new Set(ids);
    for (const quote of quotes.filter(({ articleId }) => wanted.has(articleId))) {
      const text = texts.get(quote.articleId);
      // Deleted since it was looked up.
      const place = text === undefined ? 'gone' : locateQuote(text, quote).status;
      places.set(keyOf(quote), place);
    }
  }
  return places;
}

/** Ids of notes, so many together as have about two megabytes. */
export function batchesOf(notes: readonly { articleId: string; size: number }[]): string[][] {
  const sizes = new Map(notes.map(({ articleId, size }) => [articleId, size]));
  const batches: string[][] = [];
  let room = 0;
  for (const [id, size] of sizes) {
    if (room < size || batches.length === 0) {
      batches.push([]);
      room = BATCH_BYTES;
    }
    batches.at(-1)?.push(id);
    room -= size;
  }
  return batches;
}

/** As it reads; more than that is taken of it, since marks and table rules go. */
const excerptOf = (quote: string): string =>
  plainPassage(quote.slice(0, 4 * LIMITS.excerptLength))
    .text.replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, LIMITS.excerptLength);
