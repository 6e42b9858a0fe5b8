import { LIMITS } from '@ainotebook/contract';
import { schema, type Tx } from '@ainotebook/db';
import { and, count, eq, not, sql } from 'drizzle-orm';
import { readMyPlan } from '../billing/entitlements.js';
import { isLost, isUnfinished } from '../conversations/message-rows.js';
import { AppError } from '../errors.js';
import { isUnderWay } from './records.js';

const { messages, usageRecords } = schema;

/**
 * Holds the caller's place among the answers that are written for one person at a time, in
 * conversations and in the editor: two requests at once see each other. What nobody writes any more
 * takes no place.
 * @throws AppError limit_reached
 */
export async function requireStream(tx: Tx, userId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`answers ${userId}`}, 0))`);
  const [answers] = await tx
    .select({ count: count() })
    .from(messages)
    .where(and(eq(messages.userId, userId), isUnfinished, not(isLost)));
  const [edits] = await tx
    .select({ count: count() })
    .from(usageRecords)
    .where(and(eq(usageRecords.userId, userId), eq(usageRecords.feature, 'editor'), isUnderWay));
  const open = (answers?.count ?? 0) + (edits?.count ?? 0);
  if (open < LIMITS.answersAtOnce) return;
  const { benefits } = await readMyPlan(tx, userId);
  if (open < (benefits.concurrentStreams ?? 0)) return;
  throw new AppError('limit_reached', 'Other answers are being written; wait for one of them');
}
