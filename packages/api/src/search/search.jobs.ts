import type { EmbeddingModel } from '@ainotebook/ai';
import { defineJob, handleJob, type JobHandler } from '@ainotebook/jobs';
import { z } from 'zod';
import { queueEmbedding } from '../retrieval/embedding.jobs.js';
import { indexArticle } from './indexing.js';

/** Brings the search index up to an article; enqueue it with every change search must know of. */
/** The queue of work on articles; it has the limiter. */
export const ARTICLE_QUEUE = 'article-processing';

export const processArticle = defineJob({
  topic: 'process-article',
  queue: ARTICLE_QUEUE,
  payload: z.object({ articleId: z.uuid() }),
  attempts: 3,
  backoffMs: 2000,
});

/**
 * Indexes the article as it is when the job runs, not as it was when it was enqueued, and asks for
 * its vectors where there is a model.
 */
export function handleProcessArticle({
  embedding: model,
}: {
  embedding: EmbeddingModel | null;
}): JobHandler {
  return handleJob(processArticle, async (run, { articleId }) => {
    await run.once(async (tx) => {
      await indexArticle(tx, articleId);
      if (model) await queueEmbedding(tx, model, [articleId]);
    });
  });
}
