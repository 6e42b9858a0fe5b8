import { createHmac } from 'node:crypto';
import type { Db, Tx } from '@ainotebook/db';
import { sql } from 'drizzle-orm';
import { DELETE_BATCH, deleteInBatches } from '../delete-in-batches.js';
import { addressKey } from '../rate-limits.js';

/** Rows of readers are kept this long, in days; the counts stay. */
const KEPT_DAYS = 2;

/** The day of a moment for counting, in UTC: `2026-01-31`. */
export function viewDayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

/**
 * A reader's name for one day: a hash under a key of that day, so that neither the reader nor that
 * two days had the same reader can be told from it. A signed-in reader is one on every device.
 */
export function readerKeyOf(
  secret: string,
  day: string,
  reader: { userId: string | null; ip: string; userAgent: string },
): string {
  const dailyKey = createHmac('sha256', secret).update(`reader of ${day}`).digest();
  const name = reader.userId
    ? ['user', reader.userId]
    : ['visitor', addressKey(reader.ip), reader.userAgent];
  return createHmac('sha256', dailyKey)
    .update(JSON.stringify(name))
    .digest('base64url')
    .slice(0, 22);
}

/**
 * Counts a view of an article, once a reader and day, and never its author's. One statement, so
 * parallel requests of one reader count once.
 * @param view.day `YYYY-MM-DD`
 * @param view.viewerId the signed-in reader's id
 * @returns whether it counted
 */
export async function countView(
  db: Db | Tx,
  view: { articleId: string; readerKey: string; day: string; viewerId?: string | null },
): Promise<boolean> {
  const { articleId, readerKey, day, viewerId = null } = view;
  const { rowCount } = await db.execute(sql`
    with fresh as (
      insert into view_day (article_id, day, reader)
      select id, ${day}::date, ${readerKey}
      from articles
      where id = ${articleId} and deleted_at is null
        and user_id is distinct from ${viewerId}::uuid
      on conflict do nothing
      returning article_id
    )
    update articles set views = views + 1 from fresh where articles.id = fresh.article_id`);
  return (rowCount ?? 0) > 0;
}

/** Forgets the readers of days gone by; the counts stay. @returns how many rows went */
export async function pruneViewDays(db: Db | Tx): Promise<number> {
  return deleteInBatches(
    db,
    sql`delete from view_day where ctid = any(array(
      select ctid from view_day where day < (now() at time zone 'utc')::date - ${KEPT_DAYS}::int
      limit ${DELETE_BATCH} for update skip locked))`,
  );
}
