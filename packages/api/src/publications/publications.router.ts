import {
  byArticleId,
  checkSlugInput,
  checkSlugResult,
  listPublicationsInput,
  pageOf,
  publicArticleSchema,
  publicationSchema,
  publishInput,
  readPublicationInput,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { authedProcedure, publicProcedure } from '../procedures.js';
import {
  checkSlug,
  getPublication,
  listPublications,
  publishArticle,
  readPublication,
  unpublishArticle,
} from './publications.service.js';

export const publicationsRouter = {
  publish: authedProcedure
    .meta({ isPublic: true })
    .input(publishInput)
    .output(publicationSchema)
    .mutation(({ ctx, input }) => publishArticle(ctx, input)),
  unpublish: authedProcedure
    .meta({ isPublic: true, idempotency: 'natural' })
    .input(byArticleId)
    .output(z.void())
    .mutation(({ ctx, input }) => unpublishArticle(ctx, input)),
  get: authedProcedure
    .meta({ isPublic: true })
    .input(byArticleId)
    .output(publicationSchema.nullable())
    .query(({ ctx, input }) => getPublication(ctx, input)),
  list: authedProcedure
    .meta({ isPublic: true })
    .input(listPublicationsInput)
    .output(pageOf(publicationSchema))
    .query(({ ctx, input }) => listPublications(ctx, input)),
  checkSlug: authedProcedure
    .meta({ isPublic: true })
    .input(checkSlugInput)
    .output(checkSlugResult)
    .query(({ ctx, input }) => checkSlug(ctx, input)),
  /** A published article, as any reader gets it. */
  read: publicProcedure
    .meta({ isPublic: true })
    .input(readPublicationInput)
    .output(publicArticleSchema)
    .query(({ ctx, input }) => readPublication(ctx, input)),
} satisfies TRPCRouterRecord;
