import { defineJob, handleJob, type JobHandler } from '@ainotebook/jobs';
import { z } from 'zod';
import type { Services } from '../context.js';
import { queueEmbedding } from '../retrieval/embedding.jobs.js';
import { indexArticle } from './indexing.js';

/** The queue of work on articles; it has the limiter. */
export const ARTICLE_QUEUE = 'article-processing';

/** Brings the search index up to an article; enqueue it with every change search must know of. */
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
export function handleProcessArticle({ models }: Pick<Services, 'models'>): JobHandler {
  return handleJob(processArticle, async (run, { articleId }) => {
    const { embedding: model } = models();
    await run.once(async (tx) => {
      await indexArticle(tx, articleId);
      if (model) await queueEmbedding(tx, model, [articleId]);
    });
  });
}
