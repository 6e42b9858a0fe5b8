import type { Receipt } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { parseCitations } from '@ainotebook/text/citations';
import { and, eq, inArray, notInArray } from 'drizzle-orm';
import type { GivenPassage } from './answer-writer.js';

const { articles, citations, messages } = schema;

/** Keeps the passages that an answer may cite. */
export async function keepPassages(
  tx: Tx,
  messageId: string,
  passages: readonly GivenPassage[],
): Promise<void> {
  if (passages.length === 0) return;
  const there = await stillThere(tx, passages);
  await tx.insert(citations).values(
    passages.map(({ articleId, ...each }) => ({
      ...each,
      messageId,
      articleId: articleId !== null && there.has(articleId) ? articleId : null,
    })),
  );
}

/** Forgets the passages that an answer does not cite. */
export async function dropUncited(
  db: Db | Tx,
  messageId: string,
  cited: readonly number[],
): Promise<void> {
  const isOther = cited.length > 0 ? notInArray(citations.number, [...cited]) : undefined;
  await db.delete(citations).where(and(eq(citations.messageId, messageId), isOther));
}

/** Does for an answer whose process is gone what that would have done at the end: no number in it stands for nothing. */
export async function settleCitations(
  tx: Tx,
  { id, content, receipt }: { id: string; content: string; receipt: Receipt | null },
): Promise<void> {
  const kept = await tx
    .select({ number: citations.number })
    .from(citations)
    .where(eq(citations.messageId, id));
  const { text, numbers, removed } = parseCitations(content, kept);
  await dropUncited(tx, id, numbers);
  if (!receipt) return;
  const isMended = text !== content;
  await tx
    .update(messages)
    .set({ content: text, receipt: { ...receipt, removedCitations: removed, isMended } })
    .where(eq(messages.id, id));
}

/** Notes that were not deleted since they were found; they stay until the transaction ends. */
async function stillThere(tx: Tx, passages: readonly GivenPassage[]): Promise<Set<string>> {
  const ids = [...new Set(passages.flatMap(({ articleId }) => articleId ?? []))];
  if (ids.length === 0) return new Set();
  const rows = await tx
    .select({ id: articles.id })
    .from(articles)
    .where(inArray(articles.id, ids))
    .for('key share');
  return new Set(rows.map(({ id }) => id));
}
