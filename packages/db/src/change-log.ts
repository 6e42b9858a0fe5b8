import { sql } from 'drizzle-orm';
import { CACHE_EPOCH, FIRST_EPOCH } from './cache-epoch.js';
import type { Db, Tx } from './db.js';

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

/** A place in the log: what it has of transactions before `xid` is known. The log of another epoch is another one. */
export const logPosition = (xid: string, epoch: string | undefined) =>
  `${xid}-${epoch ?? FIRST_EPOCH}`;

/** What `logPosition` makes. */
const LOG_POSITION = /^(\d{1,19})-([\w-]{1,64})$/;

/** A change as the log has it: see `Change`. */
interface LoggedChange {
  key: string;
  scope: string | null;
}

/**
 * What has changed of one user's since a position, in no order; at most `limit` of it. Null where that cannot be said:
 * the log does not reach back so far, or is not the one that the position is of.
 */
export async function changesSince(
  db: Db | Tx,
  { position, userId, limit }: { position: string; userId: string; limit: number },
): Promise<LoggedChange[] | null> {
  const [, xid, epoch] = LOG_POSITION.exec(position) ?? [];
  if (xid === undefined) return null;
  const own = `user:${userId}:%`;
  // One statement, so that nothing is pruned between the question and the answer.
  const { rows } = await db.execute<{ is_whole: boolean; changes: LoggedChange[] | null }>(sql`
    select
      coalesce((select xid from cache_inval order by xid limit 1) <= ${xid}::xid8, false)
        and ${xid}::xid8 <= pg_snapshot_xmax(pg_current_snapshot())
        and coalesce((select value->>'id' from site_settings where key = ${CACHE_EPOCH}), ${FIRST_EPOCH}) = ${epoch}
        as is_whole,
      (select json_agg(c) from (
        select key, scope from cache_inval
        where xid >= ${xid}::xid8 and not is_quiet and (key like ${own} or scope like ${own})
        limit ${limit}) c) as changes`);
  const [row] = rows;
  return row?.is_whole ? (row.changes ?? []) : null;
}
