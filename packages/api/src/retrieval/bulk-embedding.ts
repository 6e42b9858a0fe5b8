import type { EmbeddingEstimate, RunEmbeddingInput } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { sql } from 'drizzle-orm';
import { audit, auditBy } from '../audit/audit.js';
import type { AuthedContext } from '../context.js';
import { AppError } from '../errors.js';
import { queueCatchUp } from './embedding.jobs.js';
import { APPROVED, readMissing } from './missing-vectors.js';
import { modelName } from './model-name.js';

const { siteSettings } = schema;

/** What embedding everything that the model has not seen would take, and whether that waits for a word. */
export async function estimateEmbedding({
  db,
  embedding: model,
  ledger,
}: Pick<AuthedContext, 'db' | 'embedding' | 'ledger'>): Promise<EmbeddingEstimate> {
  if (!model) return { model: null, articles: 0, tokens: 0, costMicroYuan: null, isWaiting: false };
  const missing = await readMissing(db, model);
  const costMicroYuan = ledger.readingCost(model.model, missing.tokens);
  return { ...missing, model: modelName(model), costMicroYuan };
}

/**
 * Lets everything be embedded that the model has not seen, now and later.
 * @throws AppError conflict (another model is set up by now)
 */
export async function runEmbedding(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'request' | 'embedding' | 'ledger' | 'nudgeJobs'>,
  { model }: RunEmbeddingInput,
): Promise<EmbeddingEstimate> {
  const { embedding } = ctx;
  if (!embedding || modelName(embedding) !== model)
    throw new AppError('conflict', 'Another model is set up now');
  await ctx.db.transaction(async (tx) => {
    const value = { model, dimensions: embedding.dimensions };
    await tx
      .insert(siteSettings)
      .values({ key: APPROVED, value })
      .onConflictDoUpdate({ target: siteSettings.key, set: { value, updatedAt: sql`now()` } });
    await audit(tx, {
      ...auditBy(ctx),
      action: 'ai.embedding_approved',
      subjectType: 'site',
      detail: value,
    });
    await queueCatchUp(tx);
  });
  ctx.nudgeJobs();
  return estimateEmbedding(ctx);
}
