import {
  articleSchema,
  articleSummarySchema,
  byId,
  countResult,
  createArticleInput,
  createManyArticlesInput,
  createManyResult,
  listArticlesInput,
  pageOf,
  saveArticleInput,
  saveResultSchema,
  updateArticleInput,
  updateManyArticlesInput,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { authedProcedure } from '../procedures.js';
import { updateManyArticles } from './articles.bulk.js';
import { createArticle, createManyArticles } from './articles.create.js';
import { saveArticle } from './articles.save.js';
import { getArticle, listArticles } from './articles.service.js';
import { emptyTrash, purgeArticle, restoreArticle, trashArticle } from './articles.trash.js';
import { updateArticle } from './articles.update.js';

export const articlesRouter = {
  list: authedProcedure
    .meta({ isPublic: true })
    .input(listArticlesInput)
    .output(pageOf(articleSummarySchema))
    .query(({ ctx, input }) => listArticles(ctx, input)),
  get: authedProcedure
    .meta({ isPublic: true })
    .input(byId)
    .output(articleSchema)
    .query(({ ctx, input }) => getArticle(ctx, input)),
  create: authedProcedure
    .meta({ isPublic: true })
    .input(createArticleInput)
    .output(articleSchema)
    .mutation(({ ctx, input }) => createArticle(ctx, input)),
  save: authedProcedure
    .meta({ isPublic: true, idempotency: 'natural' })
    .input(saveArticleInput)
    .output(saveResultSchema)
    .mutation(({ ctx, input }) => saveArticle(ctx, input)),
  update: authedProcedure
    .meta({ isPublic: true })
    .input(updateArticleInput)
    .output(articleSummarySchema)
    .mutation(({ ctx, input }) => updateArticle(ctx, input)),
  /** Puts an article into the trash, where it stays 30 days. */
  delete: authedProcedure
    .meta({ isPublic: true, idempotency: 'natural' })
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => trashArticle(ctx, input)),
  restore: authedProcedure
    .meta({ isPublic: true, idempotency: 'natural' })
    .input(byId)
    .output(articleSummarySchema)
    .mutation(({ ctx, input }) => restoreArticle(ctx, input)),
  /** Deletes a trashed article for good. */
  purge: authedProcedure
    .meta({ isPublic: true, idempotency: 'natural' })
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => purgeArticle(ctx, input)),
  emptyTrash: authedProcedure
    .meta({ isPublic: true, idempotency: 'natural' })
    .output(countResult)
    .mutation(({ ctx }) => emptyTrash(ctx)),
  createMany: authedProcedure
    .meta({ isPublic: true })
    .input(createManyArticlesInput)
    .output(createManyResult)
    .mutation(({ ctx, input }) => createManyArticles(ctx, input)),
  updateMany: authedProcedure
    .meta({ isPublic: true })
    .input(updateManyArticlesInput)
    .output(countResult)
    .mutation(({ ctx, input }) => updateManyArticles(ctx, input)),
} satisfies TRPCRouterRecord;
