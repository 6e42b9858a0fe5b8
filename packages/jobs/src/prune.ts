import { type Db, schema } from '@ainotebook/db';
import { type SQL, sql } from 'drizzle-orm';

const { deadLetters, inbox, outbox } = schema;
const BATCH = 1_000;

async function deleteInBatches(db: Db, statement: SQL): Promise<number> {
  for (let total = 0; ; ) {
    const { rowCount } = await db.execute(statement);
    total += rowCount ?? 0;
    if ((rowCount ?? 0) < BATCH) return total;
  }
}

/**
 * Deletes outbox rows that ended more than `olderThanMs` ago, and their inbox rows, 1,000 a statement.
 * Those with a dead letter stay: somebody may try them again.
 * @returns how many rows went.
 */
export async function pruneJobs(
  db: Db,
  { olderThanMs }: { olderThanMs: number },
): Promise<{ outbox: number; inbox: number }> {
  const before = sql`now() - ${olderThanMs} * interval '1 ms'`;
  const done = await deleteInBatches(
    db,
    sql`delete from ${outbox} where id = any(array(
      select id from ${outbox} where done_at < ${before}
      order by done_at limit ${BATCH} for update skip locked))`,
  );
  // Cancelled, or given up by an administrator.
  const failed = await deleteInBatches(
    db,
    sql`delete from ${outbox} where id = any(array(
      select o.id from ${outbox} o where o.failed_at < ${before}
        and not exists (select from ${deadLetters} l where l.outbox_id = o.id)
      order by o.failed_at limit ${BATCH} for update of o skip locked))`,
  );
  return {
    outbox: done + failed,
    inbox: await deleteInBatches(
      db,
      // Kept while its row could still be delivered.
      sql`delete from ${inbox} where (consumer, outbox_id) in (
        select i.consumer, i.outbox_id from ${inbox} i
        where i.done_at < ${before} and not exists (
          select from ${outbox} o where o.id = i.outbox_id and o.done_at is null)
        order by i.done_at limit ${BATCH} for update skip locked)`,
    ),
  };
}
