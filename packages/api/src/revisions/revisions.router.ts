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
  /** An article's revisions without their texts, newest first. @throws not_found */
  list: authedProcedure
    .meta({ isPublic: true, scope: 'articles', rest: 'GET /articles/{articleId}/revisions' })
    .input(listRevisionsInput)
    .output(pageOf(revisionSummarySchema))
    .query(({ ctx, input }) => listRevisions(ctx, input)),
  /** One revision with its text. @throws not_found */
  get: authedProcedure
    .meta({ isPublic: true, scope: 'articles', rest: 'GET /revisions/{id}' })
    .input(byId)
    .output(revisionSchema)
    .query(({ ctx, input }) => getRevision(ctx, input)),
  /**
   * What changed between two revisions of one article, or from one to the present text.
   * @throws not_found, bad_input (revisions of two articles)
   */
  diff: authedProcedure
    .meta({ isPublic: true, scope: 'articles', rest: 'GET /revisions/{fromId}/diff' })
    .input(diffRevisionsInput)
    .output(revisionDiffSchema)
    .query(({ ctx, input }) => diffRevisions(ctx, input)),
  /** Makes a revision's text the present text, as a new revision. @throws not_found */
  restore: authedProcedure
    .meta({ isPublic: true, scope: 'articles', rest: 'POST /revisions/{id}/restore' })
    .input(byId)
    .output(saveResultSchema)
    .mutation(({ ctx, input }) => restoreRevision(ctx, input)),
  /** Names a revision, which keeps it for good; null takes the name away. @throws not_found */
  name: authedProcedure
    .meta({
      isPublic: true,
      idempotency: 'natural',
      scope: 'articles',
      rest: 'PATCH /revisions/{id}',
    })
    .input(nameRevisionInput)
    .output(revisionSummarySchema)
    .mutation(({ ctx, input }) => nameRevision(ctx, input)),
} satisfies TRPCRouterRecord;
