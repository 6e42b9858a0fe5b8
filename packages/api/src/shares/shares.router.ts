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
  /** The share links of an article, the open ones first. @throws not_found */
  list: authedProcedure
    .meta({ isPublic: true, scope: 'shares', rest: 'GET /articles/{articleId}/shares' })
    .input(byArticleId)
    .output(z.array(shareSchema))
    .query(({ ctx, input }) => listShares(ctx, input)),
  /**
   * Makes a link that opens one article, as it is whenever it is read, to whoever holds it.
   * @throws not_found, limit_reached
   */
  create: authedProcedure
    .meta({
      isPublic: true,
      idempotency: 'none',
      scope: 'shares',
      rest: 'POST /articles/{articleId}/shares',
    })
    .input(createShareInput)
    .output(createdShareSchema)
    .mutation(({ ctx, input }) => createShare(ctx, input)),
  /** Ends a link at once. @throws not_found */
  revoke: authedProcedure
    .meta({ isPublic: true, idempotency: 'natural', scope: 'shares', rest: 'DELETE /shares/{id}' })
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => revokeShare(ctx, input)),
} satisfies TRPCRouterRecord;
