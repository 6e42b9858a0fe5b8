import type * as C from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { sql } from 'drizzle-orm';
import type { AuthedContext } from '../context.js';
import { notFound } from '../errors.js';
import { replaceTags } from '../tags/tag-links.js';
import {
  ownLive,
  readSummary,
  requireOwnNotebooks,
  sameUpdatedAt,
  unarchivedStatus,
} from './article-rows.js';
import { lockLibrary } from './library-lock.js';
import { queueIndexing } from './queue-indexing.js';

const { articles } = schema;

/** The status after archiving, or after taking back out; it then depends on what is live. */
export function archivedStatus(isArchived: boolean) {
  return isArchived
    ? 'archived'
    : sql`case when ${articles.status} = 'archived' then ${unarchivedStatus}
        else ${articles.status} end`;
}

/** Changes what is not text: notebook, tags, pin, archive. @throws AppError not_found, limit_reached */
export async function updateArticle(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'nudgeJobs'>,
  input: C.UpdateArticleInput,
): Promise<C.ArticleSummary> {
  const { userId } = ctx.auth;
  const { notebookId, tags, isPinned, isArchived } = input.data;
  const summary = await ctx.db.transaction(async (tx) => {
    if (tags) await lockLibrary(tx, userId);
    if (notebookId) await requireOwnNotebooks(tx, userId, [notebookId]);
    const [row] = await tx
      .update(articles)
      .set({
        ...(notebookId === undefined ? {} : { notebookId, formerNotebook: null }),
        ...(isPinned === undefined ? {} : { isPinned }),
        ...(isArchived === undefined ? {} : { status: archivedStatus(isArchived) }),
        ...sameUpdatedAt,
      })
      .where(ownLive(userId, input.id))
      .returning({ id: articles.id });
    if (!row) throw notFound('Article');
    if (tags) {
      await replaceTags(tx, userId, { articleId: row.id, names: tags });
      await queueIndexing(tx, [row.id]);
    }
    return readSummary(tx, userId, row.id);
  });
  if (tags) ctx.nudgeJobs();
  return summary;
}
