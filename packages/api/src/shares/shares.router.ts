import {
  byArticleId,
  byId,
  createdShareSchema,
  createShareInput,
  shareSchema,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { authedProcedure } from '../procedures.js';
import { createShare, listShares, revokeShare } from './shares.service.js';

export const sharesRouter = {
  list: authedProcedure
    .meta({ isPublic: true })
    .input(byArticleId)
    .output(z.array(shareSchema))
    .query(({ ctx, input }) => listShares(ctx, input)),
  create: authedProcedure
    .meta({ isPublic: true })
    .input(createShareInput)
    .output(createdShareSchema)
    .mutation(({ ctx, input }) => createShare(ctx, input)),
  revoke: authedProcedure
    .meta({ isPublic: true, idempotency: 'natural' })
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => revokeShare(ctx, input)),
} satisfies TRPCRouterRecord;
