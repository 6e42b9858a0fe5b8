import { byId, relatedTagsInput, tagSchema, updateTagInput } from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { authedProcedure } from '../procedures.js';
import { deleteTag, listTags, relatedTags, updateTag } from './tags.service.js';

export const tagsRouter = {
  /** Every tag of the caller. */
  list: authedProcedure
    .meta({ isPublic: true, scope: 'tags', rest: 'GET /tags' })
    .output(z.array(tagSchema))
    .query(({ ctx }) => listTags(ctx)),
  /** Tags that most often stand beside a tag, with the number of articles that have both. @throws not_found */
  related: authedProcedure
    .meta({ isPublic: true, scope: 'tags', rest: 'GET /tags/{id}/related' })
    .input(relatedTagsInput)
    .output(z.array(tagSchema))
    .query(({ ctx, input }) => relatedTags(ctx, input)),
  /** Renames a tag; onto another tag's name, the two become one. @throws not_found, name_taken */
  update: authedProcedure
    .meta({ isPublic: true, scope: 'tags', rest: 'PATCH /tags/{id}' })
    .input(updateTagInput)
    .output(tagSchema)
    .mutation(({ ctx, input }) => updateTag(ctx, input)),
  /** Takes a tag off all articles. @throws not_found */
  delete: authedProcedure
    .meta({ isPublic: true, idempotency: 'natural', scope: 'tags', rest: 'DELETE /tags/{id}' })
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => deleteTag(ctx, input)),
} satisfies TRPCRouterRecord;
