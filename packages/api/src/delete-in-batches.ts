import type { Db, Tx } from '@ainotebook/db';
import type { SQL } from 'drizzle-orm';

/** Rows a statement: a backlog of days must not run into the statement time-out for ever. */
export const DELETE_BATCH = 1_000;

/**
 * Repeats a delete of at most `DELETE_BATCH` rows until it finds fewer.
 * @returns rows deleted
 */
export async function deleteInBatches(db: Db | Tx, statement: SQL): Promise<number> {
  for (let total = 0; ; ) {
    const { rowCount } = await db.execute(statement);
    total += rowCount ?? 0;
    if ((rowCount ?? 0) < DELETE_BATCH) return total;
  }
}
