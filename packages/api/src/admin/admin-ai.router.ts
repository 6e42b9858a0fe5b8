import {
  aiProvidersSchema,
  aiSetupSchema,
  aiTestSchema,
  byProviderName,
  createAiProviderInput,
  modelPicksSchema,
  testAiInput,
  updateAiProviderInput,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import {
  createAiProvider,
  deleteAiProvider,
  listAiProviders,
  pickModels,
  updateAiProvider,
} from '../ai-providers/ai-providers.service.js';
import { adminProcedure } from '../procedures.js';
import { readAiSetup, testAi } from './admin-ai.service.js';

export const adminAiRouter = {
  /** The models and the search engine that are in use. */
  get: adminProcedure.output(aiSetupSchema).query(({ ctx }) => readAiSetup(ctx)),
  /** Tries a connection by a real call, which is in the ledger as any other. @throws not_found, encryption_off */
  test: adminProcedure
    .meta({ idempotency: 'natural' })
    .input(testAiInput)
    .output(aiTestSchema)
    .mutation(({ ctx, input }) => testAi(ctx, input)),
  /** Who runs models, and which of them are picked; no key. */
  listProviders: adminProcedure.output(aiProvidersSchema).query(({ ctx }) => listAiProviders(ctx)),
  /** Adds a provider. @throws name_taken, limit_reached, bad_input, encryption_off */
  createProvider: adminProcedure
    .meta({ idempotency: 'none' })
    .input(createAiProviderInput)
    .output(aiProvidersSchema)
    .mutation(({ ctx, input }) => createAiProvider(ctx, input)),
  /** @throws not_found, bad_input, encryption_off */
  updateProvider: adminProcedure
    .meta({ idempotency: 'natural' })
    .input(updateAiProviderInput)
    .output(aiProvidersSchema)
    .mutation(({ ctx, input }) => updateAiProvider(ctx, input)),
  /** @throws not_found, conflict */
  deleteProvider: adminProcedure
    .meta({ idempotency: 'natural' })
    .input(byProviderName)
    .output(aiProvidersSchema)
    .mutation(({ ctx, input }) => deleteAiProvider(ctx, input)),
  /** Picks which models do what. @throws not_found, bad_input */
  pickModels: adminProcedure
    .meta({ idempotency: 'natural' })
    .input(modelPicksSchema)
    .output(aiProvidersSchema)
    .mutation(({ ctx, input }) => pickModels(ctx, input)),
} satisfies TRPCRouterRecord;
