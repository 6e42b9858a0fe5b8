import { type Db, schema, type Tx } from '@ainotebook/db';
import { desc, eq, lt, sql } from 'drizzle-orm';

const { deadLetters, outbox } = schema;
const MAX_LIMIT = 100;

/** An outbox row that failed for good. */
export interface DeadLetter {
  id: string;
  outboxId: string;
  topic: string;
  payload: unknown;
  attempts: number;
  error: string;
  createdAt: Date;
}

/** Dead letters, newest first; `limit` 20 unless told, at most 100. Pass `nextCursor` to go on. */
export async function listDeadLetters(
  db: Db | Tx,
  { limit = 20, cursor }: { limit?: number; cursor?: string } = {},
): Promise<{ items: DeadLetter[]; nextCursor: string | null }> {
  const size = Math.min(Math.max(limit, 1), MAX_LIMIT);
  const { id, outboxId, topic, payload, attempts, error, createdAt } = deadLetters;
  const rows = await db
    .select({ id, outboxId, topic, payload, attempts, error, createdAt })
    .from(deadLetters)
    .where(cursor === undefined ? undefined : lt(id, cursor))
    // A UUIDv7 begins with the time it was made.
    .orderBy(desc(id))
    .limit(size + 1);
  const items = rows.slice(0, size);
  return { items, nextCursor: rows.length > size ? (items.at(-1)?.id ?? null) : null };
}

/** Forgets a dead letter; its row stays failed. @returns false when there is no such letter. */
export async function discardDeadLetter(db: Db | Tx, id: string): Promise<boolean> {
  const { rowCount } = await db.delete(deadLetters).where(eq(deadLetters.id, id));
  return rowCount === 1;
}

/**
 * Makes the row of a dead letter due now, with all its attempts, and removes the letter.
 * The outbox id stays, and with it the inbox and providers' idempotency keys.
 * @returns false when there is no such letter.
 */
export async function retryDeadLetter(db: Db | Tx, id: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [letter] = await tx
      .delete(deadLetters)
      .where(eq(deadLetters.id, id))
      .returning({ outboxId: deadLetters.outboxId });
    if (!letter) return false;
    const revived = await tx
      .update(outbox)
      // Without the key: a newer row of that key may be waiting.
      .set({
        attempt: 0,
        failedAt: null,
        runUntil: null,
        nextAt: sql`now()`,
        dueAt: sql`now()`,
        dedupeKey: null,
      })
      .where(eq(outbox.id, letter.outboxId))
      .returning({ id: outbox.id });
    return revived.length === 1;
  });
}
