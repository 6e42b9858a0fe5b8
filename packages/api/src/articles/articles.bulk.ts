import type * as C from '@ainotebook/contract';
import { schema, type Tx } from '@ainotebook/db';
import { and, asc, eq, isNull, type SQL } from 'drizzle-orm';
import { requireScope } from '../auth/admit.js';
import type { AuthedContext } from '../context.js';
import { publishArticle, unpublishArticle } from '../publications/publications.service.js';
import { addTags, removeTags } from '../tags/tag-links.js';
import { isAnyOf, requireOwnNotebooks, sameUpdatedAt } from './article-rows.js';
import { moveOutOfTrash, moveToTrash, purgeMany } from './articles.trash.js';
import { archivedStatus } from './articles.update.js';
import { lockLibrary } from './library-lock.js';
import { queueIndexing } from './queue-indexing.js';

const { articles, publications } = schema;

/** The user's live articles among the ids, locked in the order of their ids. */
async function lockLive(tx: Tx, userId: string, ids: readonly string[]): Promise<string[]> {
  const rows = await tx
    .select({ id: articles.id })
    .from(articles)
    .where(and(eq(articles.userId, userId), isAnyOf(articles.id, ids), isNull(articles.deletedAt)))
    .orderBy(asc(articles.id))
    .for('update');
  return rows.map((row) => row.id);
}

async function setOnAll(
  tx: Tx,
  ids: readonly string[],
  values: { notebookId: string | null; formerNotebook: null } | { status: 'archived' | SQL },
): Promise<void> {
  await tx
    .update(articles)
    .set({ ...values, ...sameUpdatedAt })
    .where(isAnyOf(articles.id, ids));
}

/** Withdraws those that are live. @returns their ids */
async function unpublishAll(ctx: AuthedContext, tx: Tx, ids: readonly string[]): Promise<string[]> {
  const live = await tx
    .select({ articleId: publications.articleId })
    .from(publications)
    .where(and(isAnyOf(publications.articleId, ids), isNull(publications.withdrawnAt)))
    .orderBy(asc(publications.articleId));
  for (const { articleId } of live) await unpublishArticle({ ...ctx, db: tx }, { articleId });
  return live.map((row) => row.articleId);
}

/** One action in an open transaction. @returns ids of the articles it applied to */
async function apply(
  ctx: AuthedContext,
  tx: Tx,
  input: C.UpdateManyArticlesInput,
): Promise<string[]> {
  const { userId } = ctx.auth;
  if (input.action === 'move') await requireOwnNotebooks(tx, userId, [input.notebookId]);
  if (input.action === 'restore') {
    return moveOutOfTrash(tx, userId, isAnyOf(articles.id, input.ids));
  }
  if (input.action === 'purge') return purgeMany(tx, userId, input.ids);
  const ids = await lockLive(tx, userId, input.ids);
  if (ids.length === 0) return ids;
  switch (input.action) {
    case 'move':
      await setOnAll(tx, ids, { notebookId: input.notebookId, formerNotebook: null });
      return ids;
    case 'archive':
      await setOnAll(tx, ids, { status: archivedStatus(input.isArchived) });
      return ids;
    case 'addTags':
      await addTags(tx, userId, { articleIds: ids, names: input.tags });
      await queueIndexing(tx, ids, { isBatch: true });
      return ids;
    case 'removeTags':
      await removeTags(tx, userId, { articleIds: ids, names: input.tags });
      await queueIndexing(tx, ids, { isBatch: true });
      return ids;
    case 'trash':
      return moveToTrash(tx, userId, isAnyOf(articles.id, ids));
    case 'publish':
      for (const articleId of ids) await publishArticle({ ...ctx, db: tx }, { articleId });
      return ids;
    case 'unpublish':
      return unpublishAll(ctx, tx, ids);
    default:
      return input satisfies never;
  }
}

/** The user's articles among the ids. */
async function ownAmong(tx: Tx, userId: string, ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx
    .select({ id: articles.id })
    .from(articles)
    .where(and(eq(articles.userId, userId), isAnyOf(articles.id, ids)));
  return new Set(rows.map((row) => row.id));
}

/**
 * One action on up to 100 articles in one transaction, and what became of each. Ids that are not
 * the caller's are left out, as those of nobody.
 * @throws AppError not_found (notebook), limit_reached (tags), forbidden (publishing, by a key that may not)
 */
export async function updateManyArticles(
  ctx: AuthedContext,
  input: C.UpdateManyArticlesInput,
): Promise<C.UpdateManyResult> {
  const { userId, key } = ctx.auth;
  const isPublishing = input.action === 'publish' || input.action === 'unpublish';
  if (key && isPublishing) requireScope(key, 'publications:write');
  const { known, changed } = await ctx.db.transaction(async (tx) => {
    await lockLibrary(tx, userId);
    const known = await ownAmong(tx, userId, input.ids);
    return { known, changed: new Set(await apply(ctx, tx, input)) };
  });
  ctx.nudgeJobs();
  const own = [...new Set(input.ids)].filter((id) => known.has(id));
  return {
    count: changed.size,
    items: own.map((id) => ({ id, outcome: changed.has(id) ? 'done' : 'skipped' })),
  };
}
