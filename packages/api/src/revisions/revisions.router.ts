import {
  byId,
  diffRevisionsInput,
  listRevisionsInput,
  nameRevisionInput,
  pageOf,
  revisionDiffSchema,
  revisionSchema,
  revisionSummarySchema,
  saveResultSchema,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { authedProcedure } from '../procedures.js';
import {
  diffRevisions,
  getRevision,
  listRevisions,
  nameRevision,
  restoreRevision,
} from './revisions.service.js';

export const revisionsRouter = {
  list: authedProcedure
    .meta({ isPublic: true })
    .input(listRevisionsInput)
    .output(pageOf(revisionSummarySchema))
    .query(({ ctx, input }) => listRevisions(ctx, input)),
  get: authedProcedure
    .meta({ isPublic: true })
    .input(byId)
    .output(revisionSchema)
    .query(({ ctx, input }) => getRevision(ctx, input)),
  diff: authedProcedure
    .meta({ isPublic: true })
    .input(diffRevisionsInput)
    .output(revisionDiffSchema)
    .query(({ ctx, input }) => diffRevisions(ctx, input)),
  /** Makes a revision's text the present text, as a new revision. */
  restore: authedProcedure
    .meta({ isPublic: true })
    .input(byId)
    .output(saveResultSchema)
    .mutation(({ ctx, input }) => restoreRevision(ctx, input)),
  name: authedProcedure
    .meta({ isPublic: true, idempotency: 'natural' })
    .input(nameRevisionInput)
    .output(revisionSummarySchema)
    .mutation(({ ctx, input }) => nameRevision(ctx, input)),
} satisfies TRPCRouterRecord;
