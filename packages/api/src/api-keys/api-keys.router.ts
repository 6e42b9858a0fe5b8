import { apiKeySchema, byId, createApiKeyInput, createdApiKeySchema } from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { authedProcedure } from '../procedures.js';
import { createApiKey, listApiKeys, revokeApiKey } from './api-keys.service.js';

/** None of them has a scope: a key makes no other key. */
export const apiKeysRouter = {
  list: authedProcedure.output(z.array(apiKeySchema)).query(({ ctx }) => listApiKeys(ctx)),
  /** The key itself is in this answer and nowhere else. @throws limit_reached */
  create: authedProcedure
    .meta({ idempotency: 'none' })
    .input(createApiKeyInput)
    .output(createdApiKeySchema)
    .mutation(({ ctx, input }) => createApiKey(ctx, input)),
  /** @throws not_found */
  revoke: authedProcedure
    .meta({ idempotency: 'natural', settles: true })
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => revokeApiKey(ctx, input)),
} satisfies TRPCRouterRecord;
