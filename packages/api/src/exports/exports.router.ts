import { byId, createExportInput, exportListSchema, exportSchema } from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { authedProcedure } from '../procedures.js';
import { createExport, listExports, removeExport } from './exports.service.js';

export const exportsRouter = {
  /**
   * Has an archive made, in the background: of everything, of one notebook and what is inside it, or of
   * the account, which no API key does, nor sees. One at a time. @throws not_found, limit_reached, forbidden
   */
  create: authedProcedure
    .meta({ isPublic: true, scope: 'exports', rest: 'POST /exports' })
    .input(createExportInput)
    .output(exportSchema)
    .mutation(({ ctx, input }) => createExport(ctx, input)),
  /** The caller's archives that have not expired, newest first. */
  list: authedProcedure
    .meta({ isPublic: true, scope: 'exports', rest: 'GET /exports' })
    .output(exportListSchema)
    .query(({ ctx }) => listExports(ctx)),
  /** Gives an archive up, also while it is being made. @throws not_found */
  remove: authedProcedure
    .meta({
      isPublic: true,
      idempotency: 'natural',
      scope: 'exports',
      rest: 'DELETE /exports/{id}',
    })
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => removeExport(ctx, input)),
} satisfies TRPCRouterRecord;
