import {
  articleEmbeddingSchema,
  countResult,
  embeddingCountsSchema,
  id,
  retryEmbeddingInput,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { adminProcedure, authedProcedure } from '../procedures.js';
import {
  countAllEmbeddings,
  countOwnEmbeddings,
  getEmbedding,
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
} satisfies TRPCRouterRecord;
