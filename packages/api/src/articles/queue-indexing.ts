import type { Tx } from '@ainotebook/db';
import { enqueueMany, type JobPriority } from '@ainotebook/jobs';
import { processArticle } from '../search/search.jobs.js';

/** Promises, in the transaction of the change, that search will know of it. */
export async function queueIndexing(
  tx: Tx,
  articleIds: readonly string[],
  options: { isBatch?: boolean; priority?: JobPriority } = {},
): Promise<void> {
  const { isBatch = false, priority = isBatch ? 10 : 5 } = options;
  await enqueueMany(
    tx,
    processArticle,
    articleIds.map((articleId) => ({ payload: { articleId }, dedupeKey: articleId })),
    { priority },
  );
}
