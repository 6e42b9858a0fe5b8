import { type Db, schema } from '@ainotebook/db';
import { enqueueMany } from '@ainotebook/jobs';
import { eq, sql } from 'drizzle-orm';
import { AppError } from '../errors.js';
import { INDEX_VERSION } from './indexing.js';
import { processArticle } from './search.jobs.js';

const { users } = schema;

/** Articles queued in one transaction. */
const BATCH = 500;

export interface ReindexOptions {
  /** Also what is up to date. */
  isAll: boolean;
  /** Address of the one account whose articles are meant. */
  email?: string | undefined;
  /** Called after each batch. */
  onProgress?: (progress: ReindexProgress) => void;
}

export interface ReindexProgress {
  /** Live articles looked at. */
  checked: number;
  /** Articles whose index job waits now. */
  queued: number;
}

/**
 * Queues the index job of articles whose index rows are missing, behind their text, or of an older
 * `INDEX_VERSION`. Old rows answer searches until they are replaced. A job that waits already is
 * not queued twice, so repeating it is harmless. `waiting`: index jobs that wait or run now, of
 * anybody.
 * @throws AppError not_found
 */
export async function queueReindex(
  db: Db,
  options: ReindexOptions,
): Promise<ReindexProgress & { waiting: number }> {
  const userId = options.email === undefined ? null : await findUserId(db, options.email);
  const progress: ReindexProgress = { checked: 0, queued: 0 };
  let after: string | null = null;
  do {
    const rows: BatchRow[] = await readBatch(db, userId, after);
    const ids = rows.filter((row) => options.isAll || row.isStale).map(({ id }) => id);
    await db.transaction((tx) =>
      enqueueMany(
        tx,
        processArticle,
        ids.map((articleId) => ({ payload: { articleId }, dedupeKey: articleId })),
        { priority: 10 },
      ),
    );
    progress.checked += rows.length;
    progress.queued += ids.length;
    options.onProgress?.({ ...progress });
    after = rows.length === BATCH ? (rows.at(-1)?.id ?? null) : null;
  } while (after !== null);
  return { ...progress, waiting: await countWaiting(db) };
}

interface BatchRow {
  id: string;
  isStale: boolean;
}

/** The next articles in the order of their ids, each with whether its index rows are stale. */
async function readBatch(db: Db, userId: string | null, after: string | null): Promise<BatchRow[]> {
  const { rows } = await db.execute<{ id: string; is_stale: boolean }>(sql`
    select a.id, (
      a.indexed_revision <> a.revision
      or not exists (select 1 from article_titles t where t.article_id = a.id)
      or not exists (select 1 from chunks c where c.article_id = a.id)
      or exists (
        select 1 from chunks c where c.article_id = a.id and c.index_version <> ${INDEX_VERSION})
    ) as is_stale
    from articles a
    where a.deleted_at is null
      ${after === null ? sql`` : sql`and a.id > ${after}`}
      ${userId === null ? sql`` : sql`and a.user_id = ${userId}`}
    order by a.id
    limit ${BATCH}`);
  return rows.map((row) => ({ id: row.id, isStale: row.is_stale }));
}

async function findUserId(db: Db, email: string): Promise<string> {
  const [user] = await db
    .select({ id: users.id })
    .from(users)
    .where(eq(users.email, email.trim().toLowerCase()));
  if (!user) throw new AppError('not_found', `There is no account of ${email}`);
  return user.id;
}

async function countWaiting(db: Db): Promise<number> {
  const { rows } = await db.execute<{ count: number }>(sql`
    select count(*)::int as count from outbox
    where topic = ${processArticle.topic} and done_at is null and failed_at is null`);
  return rows[0]?.count ?? 0;
}
