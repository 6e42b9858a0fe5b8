import {
  articleEmbeddingSchema,
  countResult,
  embeddingCountsSchema,
  embeddingEstimateSchema,
  id,
  retryEmbeddingInput,
  runEmbeddingInput,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { adminProcedure, authedProcedure } from '../procedures.js';
import { estimateEmbedding, runEmbedding } from './bulk-embedding.js';
import {
  countAllEmbeddings,
  countOwnEmbeddings,
  getEmbedding,
  retryAllEmbeddings,
  retryEmbedding,
} from './embeddings.service.js';

/** How far the embedding model is with the caller's articles. */
export const embeddingsRouter = {
  get: authedProcedure
    .input(z.strictObject({ articleId: id }))
    .output(articleEmbeddingSchema)
    .query(({ ctx, input }) => getEmbedding(ctx, input)),
  counts: authedProcedure.output(embeddingCountsSchema).query(({ ctx }) => countOwnEmbeddings(ctx)),
  retry: authedProcedure
    .meta({ idempotency: 'natural' })
    .input(retryEmbeddingInput)
    .output(countResult)
    .mutation(({ ctx, input }) => retryEmbedding(ctx, input)),
} satisfies TRPCRouterRecord;

export const adminEmbeddingsRouter = {
  counts: adminProcedure.output(embeddingCountsSchema).query(({ ctx }) => countAllEmbeddings(ctx)),
  /** What embedding everything that the model has not seen would take, and whether that waits for a word. */
  estimate: adminProcedure
    .output(embeddingEstimateSchema)
    .query(({ ctx }) => estimateEmbedding(ctx)),
  /** Lets it be embedded. @throws conflict (another model is set up by now) */
  run: adminProcedure
    .meta({ idempotency: 'natural' })
    .input(runEmbeddingInput)
    .output(embeddingEstimateSchema)
    .mutation(({ ctx, input }) => runEmbedding(ctx, input)),
  /** Tries notes again that failed, whatever for; 500 at a time. */
  retry: adminProcedure
    .meta({ idempotency: 'natural' })
    .output(countResult)
    .mutation(({ ctx }) => retryAllEmbeddings(ctx)),
} satisfies TRPCRouterRecord;
