import type { ArticleEmbedding, EmbeddingCounts, RetryEmbeddingInput } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { and, count, eq, sql } from 'drizzle-orm';
import { own } from '../articles/article-rows.js';
import type { AuthedContext } from '../context.js';
import { notFound } from '../errors.js';
import { queueEmbedding, queueFailed } from './embedding.jobs.js';
import { modelName } from './model-name.js';

const { articleEmbeddings, articles, chunks, chunkVectors } = schema;

type Caller = Pick<AuthedContext, 'db' | 'auth' | 'embedding'>;

/** Articles of one retry. */
const RETRIED = 1_000;

/** How far the embedding of an article of the caller is. @throws AppError not_found */
export async function getEmbedding(
  { db, auth, embedding: model }: Caller,
  { articleId }: { articleId: string },
): Promise<ArticleEmbedding> {
  const [row] = await db
    .select({
      status: articleEmbeddings.status,
      reason: articleEmbeddings.reason,
      updatedAt: articleEmbeddings.updatedAt,
      passages: sql<number>`(select count(*)::int from ${chunks} where ${chunks.articleId} = ${articleId})`,
      embedded: sql<number>`(select count(*)::int from ${chunkVectors}
        where ${chunkVectors.articleId} = ${articleId}
          and ${chunkVectors.model} = ${model ? modelName(model) : ''}
          and ${chunkVectors.dimensions} = ${model?.dimensions ?? 0})`,
    })
    .from(articles)
    .leftJoin(articleEmbeddings, eq(articleEmbeddings.articleId, articles.id))
    .where(own(auth.userId, articleId));
  if (!row) throw notFound('Article');
  const { passages, embedded, ...state } = row;
  if (!model) {
    return { status: 'off', reason: null, model: null, passages, embedded, updatedAt: null };
  }
  // What was never asked for waits for its turn.
  return {
    ...state,
    status: state.status ?? 'pending',
    model: modelName(model),
    passages,
    embedded,
  };
}

/** The caller's articles by how far their embedding is. */
export function countOwnEmbeddings(ctx: Caller): Promise<EmbeddingCounts> {
  return countEmbeddings(ctx, ctx.auth.userId);
}

/** Everybody's articles by how far their embedding is. */
export function countAllEmbeddings(
  ctx: Pick<AuthedContext, 'db' | 'embedding'>,
): Promise<EmbeddingCounts> {
  return countEmbeddings(ctx, null);
}

async function countEmbeddings(
  { db, embedding: model }: Pick<AuthedContext, 'db' | 'embedding'>,
  userId: string | null,
): Promise<EmbeddingCounts> {
  // What another model has read, or this one for vectors of another length, is still to be read.
  const isKnown = model
    ? and(
        eq(articleEmbeddings.model, modelName(model)),
        eq(articleEmbeddings.dimensions, model.dimensions),
      )
    : sql`true`;
  const status = sql<'pending' | 'done' | 'failed'>`
    case when ${isKnown} then ${articleEmbeddings.status} else 'pending' end`;
  const rows = await db
    .select({ status, count: count() })
    .from(articleEmbeddings)
    .where(userId === null ? undefined : eq(articleEmbeddings.userId, userId))
    .groupBy(sql`1`);
  const counts: EmbeddingCounts = {
    model: model ? modelName(model) : null,
    pending: 0,
    done: 0,
    failed: 0,
  };
  for (const row of rows) counts[row.status] = row.count;
  return counts;
}

/** Asks again for vectors of everybody's notes that failed, 500 at a time. @returns how many */
export async function retryAllEmbeddings({
  db,
  embedding: model,
  nudgeJobs,
}: Pick<AuthedContext, 'db' | 'embedding' | 'nudgeJobs'>): Promise<{ count: number }> {
  const count = model ? await queueFailed(db, model, { isAll: true }) : 0;
  nudgeJobs();
  return { count };
}

/**
 * Asks again for the vectors of one article of the caller, or of those that failed (1,000 at a
 * time). Without a model there is nothing to ask. @returns how many @throws AppError not_found
 */
export async function retryEmbedding(
  { db, auth, embedding: model, nudgeJobs }: Caller & Pick<AuthedContext, 'nudgeJobs'>,
  { articleId }: RetryEmbeddingInput,
): Promise<{ count: number }> {
  const ids = await db.transaction(async (tx) => {
    const rows = articleId
      ? await tx.select({ id: articles.id }).from(articles).where(own(auth.userId, articleId))
      : await tx
          .select({ id: articleEmbeddings.articleId })
          .from(articleEmbeddings)
          .where(
            and(eq(articleEmbeddings.userId, auth.userId), eq(articleEmbeddings.status, 'failed')),
          )
          .limit(RETRIED);
    if (articleId && rows.length === 0) throw notFound('Article');
    const found = rows.map(({ id }) => id);
    if (model) await queueEmbedding(tx, model, found, { delayMs: 0 });
    return model ? found : [];
  });
  nudgeJobs();
  return { count: ids.length };
}
