import {
  byArticleId,
  declareAiInput,
  provenanceSchema,
  recordAiSpanInput,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { authedProcedure } from '../procedures.js';
import { declareAi, getProvenance, recordAiSpan } from './provenance.service.js';

export const provenanceRouter = {
  /** What of an article an AI wrote, as it is now. @throws not_found */
  get: authedProcedure
    .input(byArticleId)
    .output(provenanceSchema)
    .query(({ ctx, input }) => getProvenance(ctx, input)),
  /** Remembers a passage that the caller took from an AI. @throws not_found, conflict */
  record: authedProcedure
    .meta({ idempotency: 'natural' })
    .input(recordAiSpanInput)
    .output(z.void())
    .mutation(({ ctx, input }) => recordAiSpan(ctx, input)),
  /** What the author says of an article besides what is remembered; null: nothing. @throws not_found */
  declare: authedProcedure
    .meta({ idempotency: 'natural' })
    .input(declareAiInput)
    .output(z.void())
    .mutation(({ ctx, input }) => declareAi(ctx, input)),
} satisfies TRPCRouterRecord;
