import { sql } from 'drizzle-orm';
import type { Db } from './db.js';

/** How long the log tells of a change: the longest life of a cached value (70 min) and 10 min more. */
export const CHANGE_LOG_KEPT_MS = 80 * 60_000;
const BATCH = 5_000;

/**
 * The version of what a statement reads for a key that stands for several rows: every change with a
 * version up to it is in what is read. Later changes may be too: then it is read once more than needed.
 * In a transaction of several statements the first asks for it.
 */
export const snapshotVersion =
  sql`(pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1)`.mapWith(BigInt);

/** Forgets changes older than `keptMs`. @returns how many rows went */
export async function pruneChangeLog(db: Db, keptMs = CHANGE_LOG_KEPT_MS): Promise<number> {
  for (let total = 0; ; ) {
    // In the order of the index: the oldest are at its beginning.
    const { rowCount } = await db.execute(sql`
      delete from cache_inval where ctid = any(array(
        select ctid from cache_inval where at < now() - ${keptMs} * interval '1 ms'
        order by xid limit ${BATCH}))`);
    total += rowCount ?? 0;
    if ((rowCount ?? 0) < BATCH) return total;
  }
}
