import type { Db, Tx } from '@ainotebook/db';
import { sql } from 'drizzle-orm';

/**
 * Serialises changes of one user's tags and notebook tree to the end of the transaction: rules over
 * many rows (a name once, no cycle, a depth) cannot be seen by row locks. Taken before any row lock.
 */
export async function lockLibrary(tx: Db | Tx, userId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`library ${userId}`}, 0))`);
}
