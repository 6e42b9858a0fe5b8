import {
  forgetMissesInput,
  searchInput,
  searchMissSchema,
  searchResult,
  searchTitlesInput,
  titleSuggestionSchema,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { authedProcedure } from '../procedures.js';
import { forgetMisses, listMisses } from './misses.service.js';
import { searchArticles } from './search.service.js';
import { searchTitles } from './titles.js';

export const searchRouter = {
  query: authedProcedure
    .meta({ isPublic: true, limit: 'search' })
    .input(searchInput)
    .output(searchResult)
    .query(({ ctx, input }) => searchArticles(ctx, input)),
  titles: authedProcedure
    .meta({ isPublic: true, limit: 'search' })
    .input(searchTitlesInput)
    .output(z.object({ items: z.array(titleSuggestionSchema) }))
    .query(({ ctx, input }) => searchTitles(ctx, input)),
  misses: authedProcedure
    .meta({ isPublic: true })
    .output(z.object({ items: z.array(searchMissSchema) }))
    .query(({ ctx }) => listMisses(ctx)),
  forgetMisses: authedProcedure
    .meta({ isPublic: true, idempotency: 'natural' })
    .input(forgetMissesInput)
    .output(z.void())
    .mutation(({ ctx, input }) => forgetMisses(ctx, input)),
} satisfies TRPCRouterRecord;
