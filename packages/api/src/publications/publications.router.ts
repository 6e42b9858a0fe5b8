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
  /**
   * Puts an article's present text on the web, or brings what is live up to it.
   * @throws not_found, slug_taken, translation_taken, publication_blocked
   */
  publish: authedProcedure
    .meta({
      isPublic: true,
      settles: true,
      scope: 'publications',
      rest: 'PUT /articles/{articleId}/publication',
      mcp: {
        name: 'publish_note',
        description:
          'Publishes a note on the web, or brings what is live up to its present text, and answers its address. Everybody can read it: ask the person first.',
      },
    })
    .input(publishInput)
    .output(publicationSchema)
    .mutation(({ ctx, input }) => publishArticle(ctx, input)),
  /** Takes an article off the web; nothing happens to one that is not live. @throws not_found */
  unpublish: authedProcedure
    .meta({
      isPublic: true,
      idempotency: 'natural',
      settles: true,
      scope: 'publications',
      rest: 'DELETE /articles/{articleId}/publication',
    })
    .input(byArticleId)
    .output(z.void())
    .mutation(({ ctx, input }) => unpublishArticle(ctx, input)),
  /** What of an article is live; null when nothing is. @throws not_found */
  get: authedProcedure
    .meta({ isPublic: true, scope: 'publications', rest: 'GET /articles/{articleId}/publication' })
    .input(byArticleId)
    .output(publicationSchema.nullable())
    .query(({ ctx, input }) => getPublication(ctx, input)),
  /** The caller's articles that are live, the newest first. */
  list: authedProcedure
    .meta({ isPublic: true, scope: 'publications', rest: 'GET /publications' })
    .input(listPublicationsInput)
    .output(pageOf(publicationSchema))
    .query(({ ctx, input }) => listPublications(ctx, input)),
  /** Whether the caller may publish under a slug; a former one of `articleId` counts as free. */
  checkSlug: authedProcedure
    .meta({ isPublic: true, scope: 'publications', rest: 'GET /slugs/{slug}' })
    .input(checkSlugInput)
    .output(checkSlugResult)
    .query(({ ctx, input }) => checkSlug(ctx, input)),
  /**
   * Publishes an article later, by itself, with its text of that moment; replaces an earlier
   * schedule.
   * @throws not_found, bad_input (in the past or too far ahead), publication_blocked
   */
  schedule: authedProcedure
    .meta({ isPublic: true, scope: 'publications', rest: 'PUT /articles/{articleId}/schedule' })
    .input(scheduleInput)
    .output(scheduleSchema)
    .mutation(({ ctx, input }) => scheduleArticle(ctx, input)),
  /** When an article will go live; null when it will not. @throws not_found */
  getSchedule: authedProcedure
    .meta({ isPublic: true, scope: 'publications', rest: 'GET /articles/{articleId}/schedule' })
    .input(byArticleId)
    .output(scheduleSchema.nullable())
    .query(({ ctx, input }) => getSchedule(ctx, input)),
  /** What of the caller's will go live, the next first. */
  listSchedules: authedProcedure
    .meta({ isPublic: true, scope: 'publications', rest: 'GET /schedules' })
    .input(listPublicationsInput)
    .output(pageOf(scheduleSchema))
    .query(({ ctx, input }) => listSchedules(ctx, input)),
  /** Ends an article's schedule; nothing happens to one without. @throws not_found */
  cancelSchedule: authedProcedure
    .meta({
      isPublic: true,
      idempotency: 'natural',
      scope: 'publications',
      rest: 'DELETE /articles/{articleId}/schedule',
    })
    .input(byArticleId)
    .output(z.void())
    .mutation(({ ctx, input }) => cancelSchedule(ctx, input)),
  /** A published article, as any reader gets it. @throws not_found */
  read: publicProcedure
    .meta({ isPublic: true, scope: 'publications', rest: 'GET /public/articles/{slug}' })
    .input(readPublicationInput)
    .output(publicArticleSchema)
    .query(({ ctx, input }) => readPublication(ctx, input)),
} satisfies TRPCRouterRecord;
