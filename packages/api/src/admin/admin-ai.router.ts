import { aiSetupSchema, aiTestSchema, testAiInput } from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { adminProcedure } from '../procedures.js';
import { readAiSetup, testAi } from './admin-ai.service.js';

export const adminAiRouter = {
  /** The models and the search engine that are set up. */
  get: adminProcedure.output(aiSetupSchema).query(({ ctx }) => readAiSetup(ctx)),
  /** Tries a connection by a real call, which is in the ledger as any other. @throws not_found */
  test: adminProcedure
    .meta({ idempotency: 'natural' })
    .input(testAiInput)
    .output(aiTestSchema)
    .mutation(({ ctx, input }) => testAi(ctx, input)),
} satisfies TRPCRouterRecord;
