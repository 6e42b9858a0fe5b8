import type * as C from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, asc, eq, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import type { AuthedContext } from '../context.js';
import { AppError } from '../errors.js';
import { withdraw } from '../publications/withdraw.js';
import { dropUnusedTags } from '../tags/tag-links.js';
import { emitWebhooks } from '../webhooks/emit.js';
import { isAnyOf, readSummary, sameUpdatedAt } from './article-rows.js';
import { lockLibrary } from './library-lock.js';
import { queueIndexing } from './queue-indexing.js';

const { articles, articleTags, publicationSchedules } = schema;

/** Articles deleted a transaction: each takes its revisions, chunks and publication along. */
const BATCH = 100;

/**
 * Puts a user's articles into the trash; what of them is published or will be is withdrawn.
 * @param which besides the owner.
 * @returns ids of those that were not there yet.
 */
export async function moveToTrash(
  tx: Tx,
  userId: string,
  which: SQL | undefined,
): Promise<string[]> {
  const rows = await tx
    .update(articles)
    .set({
      deletedAt: sql`now()`,
      status: sql`case when ${articles.status} = 'published' then 'draft' else ${articles.status} end`,
      ...sameUpdatedAt,
    })
    .where(and(eq(articles.userId, userId), isNull(articles.deletedAt), which))
    .returning({ id: articles.id, title: articles.title });
  const ids = rows.map((row) => row.id);
  if (ids.length === 0) return ids;
  await withdraw(tx, userId, ids);
  await tx.delete(publicationSchedules).where(isAnyOf(publicationSchedules.articleId, ids));
  await queueIndexing(tx, ids, { isBatch: ids.length > 1 });
  const gone = rows.map(({ id: articleId, title }) => ({ articleId, title }));
  await emitWebhooks(
    tx,
    [userId],
    gone.map((data) => ({ type: 'article.deleted', data })),
  );
  return ids;
}

/** Takes a user's articles out of the trash, each into its notebook if that is still there. */
export async function moveOutOfTrash(
  tx: Tx,
  userId: string,
  which: SQL | undefined,
): Promise<string[]> {
  const rows = await tx
    .update(articles)
    .set({ deletedAt: null, ...sameUpdatedAt })
    .where(and(eq(articles.userId, userId), isNotNull(articles.deletedAt), which))
    .returning({ id: articles.id });
  const ids = rows.map((row) => row.id);
  await queueIndexing(tx, ids, { isBatch: ids.length > 1 });
  return ids;
}

/** Puts an article into the trash; one that is there stays as it is. @throws AppError not_found */
export async function trashArticle(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'nudgeJobs'>,
  input: { id: string },
): Promise<void> {
  const { userId } = ctx.auth;
  await ctx.db.transaction(async (tx) => {
    const moved = await moveToTrash(tx, userId, eq(articles.id, input.id));
    if (moved.length === 0) await readSummary(tx, userId, input.id);
  });
  ctx.nudgeJobs();
}

/** Takes an article out of the trash; one that is outside stays as it is. @throws AppError not_found */
export async function restoreArticle(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'nudgeJobs'>,
  input: { id: string },
): Promise<C.ArticleSummary> {
  const { userId } = ctx.auth;
  const summary = await ctx.db.transaction(async (tx) => {
    await moveOutOfTrash(tx, userId, eq(articles.id, input.id));
    return readSummary(tx, userId, input.id);
  });
  ctx.nudgeJobs();
  return summary;
}

/** Deletes trashed articles and the tags that only they had. @returns how many went */
async function deleteForGood(
  tx: Tx,
  rows: readonly { id: string; userId: string }[],
): Promise<number> {
  const ids = rows.map((row) => row.id);
  // Sorted, so that two runs over several users never wait for each other in a ring.
  for (const userId of [...new Set(rows.map((row) => row.userId))].sort()) {
    await lockLibrary(tx, userId);
  }
  const links = await tx
    .selectDistinct({ tagId: articleTags.tagId })
    .from(articleTags)
    .where(isAnyOf(articleTags.articleId, ids));
  const deleted = await tx
    .delete(articles)
    .where(and(isAnyOf(articles.id, ids), isNotNull(articles.deletedAt)));
  await dropUnusedTags(
    tx,
    links.map((link) => link.tagId),
  );
  return deleted.rowCount ?? 0;
}

/** Deletes a trashed article for good. @throws AppError not_found, conflict (it is not in the trash) */
export async function purgeArticle(
  ctx: Pick<AuthedContext, 'db' | 'auth'>,
  input: { id: string },
): Promise<void> {
  const { userId } = ctx.auth;
  await ctx.db.transaction(async (tx) => {
    const article = await readSummary(tx, userId, input.id);
    if (!article.deletedAt) throw new AppError('conflict', 'Only a trashed article can be purged');
    await deleteForGood(tx, [{ id: article.id, userId }]);
  });
}

/** Deletes those of the ids for good that are a user's and in the trash. @returns their ids */
export async function purgeMany(tx: Tx, userId: string, ids: readonly string[]): Promise<string[]> {
  const rows = await tx
    .select({ id: articles.id, userId: articles.userId })
    .from(articles)
    .where(
      and(eq(articles.userId, userId), isAnyOf(articles.id, ids), isNotNull(articles.deletedAt)),
    )
    .orderBy(asc(articles.id))
    .for('update');
  await deleteForGood(tx, rows);
  return rows.map((row) => row.id);
}

/** Deletes matching trashed articles in batches until none is left. */
async function purgeWhere(db: Db | Tx, which: SQL | undefined): Promise<number> {
  for (let total = 0; ; ) {
    const { found, gone } = await db.transaction(async (tx) => {
      const rows = await tx
        .select({ id: articles.id, userId: articles.userId })
        .from(articles)
        .where(and(isNotNull(articles.deletedAt), which))
        .orderBy(articles.deletedAt, articles.id)
        .limit(BATCH);
      return { found: rows.length, gone: await deleteForGood(tx, rows) };
    });
    total += gone;
    if (found < BATCH) return total;
  }
}

/** Deletes for good what is in the caller's trash now. */
export async function emptyTrash(
  ctx: Pick<AuthedContext, 'db' | 'auth'>,
): Promise<{ count: number }> {
  const now = await ctx.db.execute<{ now: string }>(sql`select now()::text as now`);
  const until = now.rows[0]?.now;
  const which = and(
    eq(articles.userId, ctx.auth.userId),
    sql`${articles.deletedAt} <= ${until}::timestamptz`,
  );
  return { count: await purgeWhere(ctx.db, which) };
}

/** Deletes what has been in anybody's trash for `LIMITS.trashDays`. @returns how many articles */
export async function purgeExpiredTrash(db: Db): Promise<number> {
  return purgeWhere(
    db,
    sql`${articles.deletedAt} < now() - make_interval(days => ${LIMITS.trashDays})`,
  );
}
