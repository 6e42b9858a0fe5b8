import {
  appendArticleInput,
  articleSchema,
  articleSummarySchema,
  articleUsageSchema,
  byId,
  countResult,
  createArticleInput,
  createManyArticlesInput,
  createManyResult,
  listArticlesInput,
  pageOf,
  relatedInput,
  relatedSchema,
  saveArticleInput,
  saveResultSchema,
  updateArticleInput,
  updateManyArticlesInput,
  updateManyResult,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { authedProcedure } from '../procedures.js';
import { listRelated } from '../retrieval/related.js';
import { readArticleUsage } from './article-room.js';
import { updateManyArticles } from './articles.bulk.js';
import { createArticle, createManyArticles } from './articles.create.js';
import { appendText, saveArticle } from './articles.save.js';
import { getArticle, listArticles } from './articles.service.js';
import { emptyTrash, purgeArticle, restoreArticle, trashArticle } from './articles.trash.js';
import { updateArticle } from './articles.update.js';

export const articlesRouter = {
  /** The caller's articles without their texts; those in the trash by `isTrashed`. */
  list: authedProcedure
    .meta({ isPublic: true, scope: 'articles', rest: 'GET /articles' })
    .input(listArticlesInput)
    .output(pageOf(articleSummarySchema))
    .query(({ ctx, input }) => listArticles(ctx, input)),
  /** One article with its text, trashed or not. @throws not_found */
  get: authedProcedure
    .meta({
      isPublic: true,
      scope: 'articles',
      rest: 'GET /articles/{id}',
      mcp: { name: 'read_note', description: 'Reads one note, with its Markdown, by its id.' },
    })
    .input(byId)
    .output(articleSchema)
    .query(({ ctx, input }) => getArticle(ctx, input)),
  /** The caller's other articles that are most like this one, the likest first. @throws not_found */
  related: authedProcedure
    .meta({
      isPublic: true,
      limit: 'search',
      scope: 'articles',
      rest: 'GET /articles/{id}/related',
    })
    .input(relatedInput)
    .output(relatedSchema)
    .query(({ ctx, input }) => listRelated(ctx, input)),
  /** How many articles the caller has, and may have. */
  usage: authedProcedure
    .meta({ isPublic: true, scope: 'articles', rest: 'GET /articles/usage' })
    .output(articleUsageSchema)
    .query(({ ctx }) => readArticleUsage(ctx)),
  /**
   * Creates an article; with an `id` used before, answers what that article is now.
   * @throws not_found (notebook), limit_reached (tags), quota_exceeded, conflict (the id is taken)
   */
  create: authedProcedure
    .meta({
      isPublic: true,
      scope: 'articles',
      rest: 'POST /articles',
      mcp: {
        name: 'create_note',
        description: 'Makes a note of a title and Markdown, in a notebook if one is named.',
      },
    })
    .input(createArticleInput)
    .output(articleSchema)
    .mutation(({ ctx, input }) => createArticle(ctx, input)),
  /**
   * Saves a text written on top of `baseRevision`. On a stale base nothing is overwritten: the
   * answer is a `conflict` with the present text, and the text sent is kept as a revision.
   * @throws not_found, bad_input
   */
  save: authedProcedure
    .meta({ isPublic: true, idempotency: 'natural', scope: 'articles', rest: 'PUT /articles/{id}' })
    .input(saveArticleInput)
    .output(saveResultSchema)
    .mutation(({ ctx, input }) => saveArticle(ctx, input)),
  /** Writes on below the present text, whoever else writes at the moment. @throws not_found, too_large */
  append: authedProcedure
    .meta({
      isPublic: true,
      scope: 'articles',
      rest: 'POST /articles/{id}/append',
      mcp: {
        name: 'append_to_note',
        description: 'Adds Markdown to the end of a note. Nothing that is there changes.',
      },
    })
    .input(appendArticleInput)
    .output(saveResultSchema)
    .mutation(({ ctx, input }) => appendText(ctx, input)),
  /**
   * Changes what is not text: notebook, tags, pin, archive. What is absent stays.
   * @throws not_found, limit_reached (tags)
   */
  update: authedProcedure
    .meta({ isPublic: true, scope: 'articles', rest: 'PATCH /articles/{id}' })
    .input(updateArticleInput)
    .output(articleSummarySchema)
    .mutation(({ ctx, input }) => updateArticle(ctx, input)),
  /** Puts an article into the trash, where it stays 30 days. @throws not_found */
  delete: authedProcedure
    .meta({
      isPublic: true,
      idempotency: 'natural',
      settles: true,
      scope: 'articles',
      rest: 'DELETE /articles/{id}',
    })
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => trashArticle(ctx, input)),
  /** Takes an article out of the trash. @throws not_found */
  restore: authedProcedure
    .meta({
      isPublic: true,
      idempotency: 'natural',
      settles: true,
      scope: 'articles',
      rest: 'POST /articles/{id}/restore',
    })
    .input(byId)
    .output(articleSummarySchema)
    .mutation(({ ctx, input }) => restoreArticle(ctx, input)),
  /** Deletes a trashed article for good. @throws not_found, conflict (it is not in the trash) */
  purge: authedProcedure
    .meta({
      isPublic: true,
      idempotency: 'natural',
      settles: true,
      scope: 'articles',
      rest: 'POST /articles/{id}/purge',
    })
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => purgeArticle(ctx, input)),
  /** Deletes everything in the trash for good and says how many articles that were. */
  emptyTrash: authedProcedure
    .meta({
      isPublic: true,
      idempotency: 'natural',
      scope: 'articles',
      rest: 'POST /articles/empty-trash',
    })
    .output(countResult)
    .mutation(({ ctx }) => emptyTrash(ctx)),
  /**
   * Creates up to 100 articles at once; those whose id exists already are skipped.
   * @throws not_found (notebook), limit_reached (tags)
   */
  createMany: authedProcedure
    .meta({ isPublic: true, scope: 'articles', rest: 'POST /articles/batch' })
    .input(createManyArticlesInput)
    .output(createManyResult)
    .mutation(({ ctx, input }) => createManyArticles(ctx, input)),
  /**
   * One action on up to 100 articles at once: all or nothing, and what became of each. To publish and to withdraw, a key
   * needs `publications:write` besides. @throws not_found (notebook), limit_reached (tags), forbidden
   */
  updateMany: authedProcedure
    .meta({ isPublic: true, settles: true, scope: 'articles', rest: 'PATCH /articles' })
    .input(updateManyArticlesInput)
    .output(updateManyResult)
    .mutation(({ ctx, input }) => updateManyArticles(ctx, input)),
} satisfies TRPCRouterRecord;
