import {
  articleLinkSchema,
  backlinkSchema,
  byArticleId,
  listBacklinksInput,
  pageOf,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { authedProcedure } from '../procedures.js';
import { listBacklinks, listLinks } from './links.service.js';

export const linksRouter = {
  /** Where the wiki links of an article lead, in the order of the text. @throws not_found */
  list: authedProcedure
    .meta({ isPublic: true, scope: 'articles', rest: 'GET /articles/{articleId}/links' })
    .input(byArticleId)
    .output(z.object({ items: z.array(articleLinkSchema) }))
    .query(({ ctx, input }) => listLinks(ctx, input)),
  /** The articles that link to one, the latest change first. @throws not_found */
  backlinks: authedProcedure
    .meta({ isPublic: true, scope: 'articles', rest: 'GET /articles/{articleId}/backlinks' })
    .input(listBacklinksInput)
    .output(pageOf(backlinkSchema))
    .query(({ ctx, input }) => listBacklinks(ctx, input)),
} satisfies TRPCRouterRecord;
