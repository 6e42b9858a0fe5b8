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
  scheduleInput,
  scheduleSchema,
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
import {
  cancelSchedule,
  getSchedule,
  listSchedules,
  scheduleArticle,
} from './schedules.service.js';

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
  schedule: authedProcedure
    .meta({ isPublic: true })
    .input(scheduleInput)
    .output(scheduleSchema)
    .mutation(({ ctx, input }) => scheduleArticle(ctx, input)),
  getSchedule: authedProcedure
    .meta({ isPublic: true })
    .input(byArticleId)
    .output(scheduleSchema.nullable())
    .query(({ ctx, input }) => getSchedule(ctx, input)),
  listSchedules: authedProcedure
    .meta({ isPublic: true })
    .input(listPublicationsInput)
    .output(pageOf(scheduleSchema))
    .query(({ ctx, input }) => listSchedules(ctx, input)),
  cancelSchedule: authedProcedure
    .meta({ isPublic: true, idempotency: 'natural' })
    .input(byArticleId)
    .output(z.void())
    .mutation(({ ctx, input }) => cancelSchedule(ctx, input)),
  /** A published article, as any reader gets it. */
  read: publicProcedure
    .meta({ isPublic: true })
    .input(readPublicationInput)
    .output(publicArticleSchema)
    .query(({ ctx, input }) => readPublication(ctx, input)),
} satisfies TRPCRouterRecord;
