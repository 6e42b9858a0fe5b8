import type * as C from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, desc, eq, exists, sql } from 'drizzle-orm';
import { own, readSummary } from '../articles/article-rows.js';
import { restoreText } from '../articles/articles.save.js';
import type { AuthedContext } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { afterCursor, selectInstantKey, toPage } from '../pagination.js';
import { diffInTurn } from './text-diff.js';

const { articles, revisions } = schema;

const summaryColumns = {
  id: revisions.id,
  articleId: revisions.articleId,
  number: revisions.number,
  kind: revisions.kind,
  name: revisions.name,
  title: revisions.title,
  wordCount: revisions.wordCount,
  createdAt: revisions.createdAt,
};

/** A revision of one of the user's articles. @throws AppError not_found */
async function readRevision(db: Db | Tx, userId: string, id: string): Promise<C.Revision> {
  const [row] = await db
    .select({ ...summaryColumns, content: revisions.content })
    .from(revisions)
    .innerJoin(articles, eq(articles.id, revisions.articleId))
    .where(and(eq(revisions.id, id), eq(articles.userId, userId)));
  if (!row) throw notFound('Revision');
  return row;
}

/** A page of an article's revisions without their texts, newest first. @throws AppError not_found */
export async function listRevisions(
  ctx: Pick<AuthedContext, 'db' | 'auth'>,
  input: C.ListRevisionsInput,
): Promise<{ items: C.RevisionSummary[]; nextCursor: string | null }> {
  await readSummary(ctx.db, ctx.auth.userId, input.articleId);
  const columns = { instant: revisions.createdAt, id: revisions.id };
  const rows = await ctx.db
    .select({ ...summaryColumns, key: selectInstantKey(revisions.createdAt) })
    .from(revisions)
    .where(
      and(eq(revisions.articleId, input.articleId), afterCursor('desc', columns, input.cursor)),
    )
    .orderBy(desc(revisions.createdAt), desc(revisions.id))
    .limit(input.limit + 1);
  return toPage(rows, input.limit, {
    keyOf: (row) => [row.key, row.id],
    itemOf: ({ key: _, ...item }) => item,
  });
}

/** @throws AppError not_found */
export async function getRevision(
  ctx: Pick<AuthedContext, 'db' | 'auth'>,
  input: { id: string },
): Promise<C.Revision> {
  return readRevision(ctx.db, ctx.auth.userId, input.id);
}

/**
 * What changed between two revisions of one article, or from one to the present text.
 * @throws AppError not_found, bad_input (revisions of two articles), unavailable
 */
export async function diffRevisions(
  ctx: Pick<AuthedContext, 'db' | 'auth'>,
  input: C.DiffRevisionsInput,
): Promise<C.RevisionDiff> {
  const { userId } = ctx.auth;
  const from = await readRevision(ctx.db, userId, input.fromId);
  const to = input.toId
    ? await readRevision(ctx.db, userId, input.toId)
    : await readPresent(ctx.db, userId, from.articleId);
  if (to.articleId !== from.articleId) {
    throw new AppError('bad_input', 'Both revisions must be of one article');
  }
  return {
    content: await diffInTurn(from.content, to.content),
    title: { from: from.title, to: to.title },
  };
}

async function readPresent(db: Db | Tx, userId: string, articleId: string) {
  const [row] = await db
    .select({ articleId: articles.id, title: articles.title, content: articles.content })
    .from(articles)
    .where(own(userId, articleId));
  if (!row) throw notFound('Article');
  return row;
}

/** Makes a revision's text the present one, as a new revision. @throws AppError not_found */
export async function restoreRevision(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'nudgeJobs'>,
  input: { id: string },
): Promise<C.SaveResult> {
  const { articleId, title, content } = await readRevision(ctx.db, ctx.auth.userId, input.id);
  return restoreText(ctx, articleId, { title, content });
}

/** Names a revision, which keeps it for good; an empty name takes the name away. @throws AppError not_found */
export async function nameRevision(
  ctx: Pick<AuthedContext, 'db' | 'auth'>,
  input: C.NameRevisionInput,
): Promise<C.RevisionSummary> {
  const [row] = await ctx.db
    .update(revisions)
    .set({ name: input.data.name || null })
    .where(
      and(
        eq(revisions.id, input.id),
        exists(
          ctx.db
            .select({ one: sql`1` })
            .from(articles)
            .where(and(eq(articles.id, revisions.articleId), eq(articles.userId, ctx.auth.userId))),
        ),
      ),
    )
    .returning(summaryColumns);
  if (!row) throw notFound('Revision');
  return row;
}
