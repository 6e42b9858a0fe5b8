import { AiError, isTransient } from '@ainotebook/ai';
import { type Db, schema, type Tx } from '@ainotebook/db';
import {
  defineJob,
  enqueue,
  enqueueMany,
  handleJob,
  type JobHandler,
  type JobRun,
  type Schedule,
  TryLaterError,
  UnrecoverableError,
} from '@ainotebook/jobs';
import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { isAnyOf } from '../articles/article-rows.js';
import type { Services } from '../context.js';
import { isBudgetSpent } from '../usage/budgets.js';
import type { Embedding } from '../usage/metered-embedding.js';
import { embedArticle } from './embed-article.js';
import { answersAgain, failedSql, missingSql, readMissing } from './missing-vectors.js';
import { modelName } from './model-name.js';

const { articleEmbeddings, articles } = schema;

/** The queue of calls to the embedding model: its concurrency and limiter are the provider's. */
export const EMBEDDING_QUEUE = 'embedding';

/** Who goes on writing is waited for: each version of a passage costs a call. */
const QUIET_MS = 20_000;
const BATCH = 500;
/** Of those that failed so many are tried again at a time, until the model answers again. */
const PROBES = 5;

const embedArticleJob = defineJob({
  topic: 'embed-article',
  queue: EMBEDDING_QUEUE,
  payload: z.object({ articleId: z.uuid() }),
  attempts: 5,
  backoffMs: 5_000,
  leaseMs: 5 * 60_000,
});

const catchUpJob = defineJob({
  topic: 'embeddings.catch-up',
  payload: z.object({}),
  leaseMs: 15 * 60_000,
});

const retryFailedJob = defineJob({
  topic: 'embeddings.retry-failed',
  payload: z.object({}),
});

/**
 * Asks, in the transaction of the change, for the vectors of live articles; what is trashed or gone
 * is left out. Callers on behalf of a person name its owner.
 */
export async function queueEmbedding(
  tx: Tx,
  model: Embedding,
  articleIds: readonly string[],
  options: { isBatch?: boolean; delayMs?: number } = {},
): Promise<void> {
  if (articleIds.length === 0) return;
  const { rows } = await tx.execute<{ id: string }>(sql`
    insert into article_embeddings (article_id, user_id, status, model, dimensions)
    select id, user_id, 'pending', ${modelName(model)}, ${model.dimensions}::int from articles
    where ${isAnyOf(articles.id, articleIds)} and deleted_at is null
    order by id
    on conflict (article_id) do update
    set status = 'pending', reason = null, model = excluded.model, dimensions = excluded.dimensions,
      wanted = article_embeddings.wanted + 1, updated_at = now()
    returning article_id as id`);
  await enqueueMany(
    tx,
    embedArticleJob,
    rows.map(({ id }) => ({ payload: { articleId: id }, dedupeKey: id })),
    { priority: options.isBatch ? 10 : 5, delayMs: options.delayMs ?? QUIET_MS },
  );
}

/** Embeds articles, and those a new model has not seen; without a model a queued row ends at once. */
export function embeddingJobHandlers({ models }: Pick<Services, 'models'>): JobHandler[] {
  return [
    handleJob(embedArticleJob, async (run, { articleId }) => {
      const { embedding: model } = models();
      if (!model) return;
      try {
        await embedArticle(run, model, articleId);
      } catch (error) {
        const isHopeless = isPermanent(error);
        const isLast = run.attempt >= embedArticleJob.attempts;
        if (isLast || isHopeless) await markFailed(run, articleId, reasonOf(error));
        if (isHopeless)
          throw new UnrecoverableError('The model takes no such request', { cause: error });
        const retryAfterMs = error instanceof AiError ? error.detail.retryAfterMs : undefined;
        if (retryAfterMs === undefined) throw error;
        throw new TryLaterError('The model is asked too often', retryAfterMs, { cause: error });
      }
    }),
    handleJob(catchUpJob, async ({ db }) => {
      const { embedding: model } = models();
      if (!model) return;
      await queueFailed(db, model, { isAll: false });
      if ((await readMissing(db, model)).isWaiting) return;
      while ((await queueMissing(db, model)) === BATCH);
    }),
    handleJob(retryFailedJob, async ({ db }) => {
      const { embedding: model } = models();
      if (model) await queueFailed(db, model, { isAll: true });
    }),
  ];
}

/** Queues every ten minutes what has no vectors of the model, some of it again, as far as that goes by itself; nothing where there is none. */
export const embeddingSchedule = (models: Services['models']): Schedule => ({
  name: 'embeddings.catch-up',
  everyMs: 600_000,
  enqueue: async (tx) => {
    if (models().embedding) await queueCatchUp(tx);
  },
});

/** Asks for the vectors of all that the model has not seen, as far as that goes by itself. */
export const queueCatchUp = (tx: Tx, options: { delayMs?: number } = {}) =>
  enqueue(tx, catchUpJob, {}, { priority: 10, dedupeKey: 'catch-up', ...options });

/** Asks again for vectors of notes that failed: whoever was at fault may have mended it. */
export const queueRetry = (tx: Tx, options: { delayMs?: number } = {}) =>
  enqueue(tx, retryFailedJob, {}, { priority: 10, dedupeKey: 'retry-failed', ...options });

/**
 * Queues notes of which the model made no vectors. @returns how many: 500 at most, and of those an hour ago
 * five while the model does not answer.
 */
export async function queueFailed(
  db: Db,
  model: Embedding,
  { isAll }: { isAll: boolean },
): Promise<number> {
  return db.transaction(async (tx) => {
    const limit = isAll || (await answersAgain(tx, model)) ? BATCH : PROBES;
    const { rows } = await tx.execute<{ id: string }>(
      sql`${failedSql(model, { isAll })} limit ${limit}`,
    );
    const ids = rows.map(({ id }) => id);
    await queueEmbedding(tx, model, ids, { isBatch: true, delayMs: 0 });
    return ids.length;
  });
}

/** Queues what the model has not seen. @returns how many, at most 500 */
async function queueMissing(db: Db, model: Embedding): Promise<number> {
  return db.transaction(async (tx) => {
    const { rows } = await tx.execute<{ id: string }>(sql`${missingSql(model)} limit ${BATCH}`);
    const ids = rows.map(({ id }) => id);
    await queueEmbedding(tx, model, ids, { isBatch: true, delayMs: 0 });
    return ids.length;
  });
}

/** A wrong key does not become right by asking again, nor does a spent month. */
const isPermanent = (error: unknown): boolean =>
  isBudgetSpent(error) ||
  (error instanceof AiError && error.kind !== 'aborted' && !isTransient(error.kind));

/** A code for why there are no vectors; the provider's own words may hold what nobody else should read. */
function reasonOf(error: unknown): string {
  if (isBudgetSpent(error)) return 'budget_spent';
  return error instanceof AiError ? error.kind : 'internal';
}

async function markFailed(run: JobRun, articleId: string, reason: string): Promise<void> {
  await run.db
    .update(articleEmbeddings)
    .set({ status: 'failed', reason, updatedAt: sql`now()` })
    .where(eq(articleEmbeddings.articleId, articleId));
}
