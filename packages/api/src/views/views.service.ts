import { createHmac } from 'node:crypto';
import type { Db, Tx } from '@ainotebook/db';
import { sql } from 'drizzle-orm';
import { DELETE_BATCH, deleteInBatches } from '../delete-in-batches.js';
import { addressKey } from '../rate-limits.js';

/** Rows of readers are kept this long, in days; the counts stay. */
const KEPT_DAYS = 2;
/** Shorter than it is known which batches were counted. */
const BATCH_DAYS = 6;

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

/** Somebody reads a published article. */
export interface ViewHit {
  articleId: string;
  /** `YYYY-MM-DD` */
  day: string;
  /** As `readerKeyOf` makes it. */
  readerKey: string;
}

/**
 * Counts a view of an article, once a reader and day. One statement, so parallel requests of one reader
 * count once.
 * @returns whether it counted
 */
export async function countView(db: Db | Tx, hit: ViewHit): Promise<boolean> {
  const { rowCount } = await db.execute(sql`
    with fresh as (
      insert into view_day (article_id, day, reader)
      select id, ${hit.day}::date, ${hit.readerKey}
      from articles
      where id = ${hit.articleId} and deleted_at is null
      on conflict do nothing
      returning article_id
    )
    update articles set views = views + 1 from fresh where articles.id = fresh.article_id`);
  return (rowCount ?? 0) > 0;
}

/**
 * Counts many hits in one transaction, as `countView` does; the same part of a batch adds nothing again,
 * also when its readers have been forgotten.
 * @returns how many counted
 */
export async function countViews(
  db: Db,
  { batchId, part }: { batchId: string; part: number },
  hits: readonly ViewHit[],
): Promise<number> {
  const columns = [
    hits.map(({ articleId }) => articleId),
    hits.map(({ day }) => day),
    hits.map(({ readerKey }) => readerKey),
  ];
  return db.transaction(async (tx) => {
    const { rowCount: isFirst } = await tx.execute(sql`
      insert into inbox (consumer, outbox_id) values (${`update-views.${part}`}, ${batchId})
      on conflict do nothing`);
    if (!isFirst) return 0;
    // In the same order everywhere, first readers and then articles: two batches never wait for each other.
    const { rows } = await tx.execute<{ article_id: string; views: number }>(sql`
      with fresh as (
        insert into view_day (article_id, day, reader)
        select hit.article_id, hit.day, hit.reader
        from unnest(${sql.param(columns[0])}::uuid[], ${sql.param(columns[1])}::date[],
          ${sql.param(columns[2])}::text[]) as hit (article_id, day, reader)
        join articles on articles.id = hit.article_id and articles.deleted_at is null
        -- Of a batch so old it is not known any more whether it was counted.
        where hit.day > (now() at time zone 'utc')::date - ${BATCH_DAYS}::int
        order by 1, 2, 3
        on conflict do nothing
        returning article_id
      )
      select article_id, count(*)::int as views from fresh group by 1`);
    const ids = rows.map((row) => row.article_id);
    await tx.execute(sql`
      select from articles where id = any(${sql.param(ids)}::uuid[]) order by id for no key update`);
    await tx.execute(sql`
      update articles set views = articles.views + fresh.views
      from unnest(${sql.param(ids)}::uuid[], ${sql.param(rows.map((row) => row.views))}::int[])
        as fresh (id, views)
      where articles.id = fresh.id`);
    return rows.reduce((sum, row) => sum + row.views, 0);
  });
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
