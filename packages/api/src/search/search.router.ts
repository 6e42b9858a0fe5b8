import {
  forgetMissesInput,
  retrievedSchema,
  retrieveInput,
  searchInput,
  searchMissSchema,
  searchResult,
  searchTitlesInput,
  titleSuggestionSchema,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { authedProcedure } from '../procedures.js';
import { retrieve } from '../retrieval/retrieve.js';
import { forgetMisses, listMisses } from './misses.service.js';
import { searchArticles } from './search.service.js';
import { searchTitles } from './titles.js';

export const searchRouter = {
  /**
   * Searches the caller's articles by words of any language; two Chinese characters are enough. A
   * saved text is found a moment later: see `indexedRevision` of the article.
   * @throws timeout, rate_limited
   */
  query: authedProcedure
    .meta({
      isPublic: true,
      limit: 'search',
      scope: 'search',
      rest: 'GET /search',
      mcp: {
        name: 'search_notes',
        description:
          'Finds notes by words, also Chinese ones and titles by pinyin. Understands "phrases", -not, tag:, notebook:, is:published, before: and after:. Answers passages with the id of their note.',
      },
    })
    .input(searchInput)
    .output(searchResult)
    .query(({ ctx, input }) => searchArticles(ctx, input)),
  /**
   * Articles whose title holds `q`, also by pinyin or its initials; without `q` the latest changed.
   */
  titles: authedProcedure
    .meta({ isPublic: true, limit: 'search', scope: 'search', rest: 'GET /search/titles' })
    .input(searchTitlesInput)
    .output(z.object({ items: z.array(titleSuggestionSchema) }))
    .query(({ ctx, input }) => searchTitles(ctx, input)),
  /**
   * The passages of the caller's articles that a question is answered from: what to give a language
   * model, numbered so that its answer can cite them, and how they were found.
   * @throws timeout, rate_limited
   */
  passages: authedProcedure
    .meta({ isPublic: true, limit: 'search', scope: 'search', rest: 'POST /search/passages' })
    .input(retrieveInput)
    .output(retrievedSchema)
    .query(({ ctx, input }) => retrieve(ctx, { ownerId: ctx.auth.userId, ...input })),
  /** What the caller looked for and did not find, the latest first. */
  misses: authedProcedure
    .meta({ isPublic: true, scope: 'search', rest: 'GET /search/misses' })
    .output(z.object({ items: z.array(searchMissSchema) }))
    .query(({ ctx }) => listMisses(ctx)),
  /** Forgets one query that found nothing, or all of them. */
  forgetMisses: authedProcedure
    .meta({
      isPublic: true,
      idempotency: 'natural',
      scope: 'search',
      rest: 'POST /search/misses/forget',
    })
    .input(forgetMissesInput)
    .output(z.void())
    .mutation(({ ctx, input }) => forgetMisses(ctx, input)),
} satisfies TRPCRouterRecord;
