import { searchInput, searchResult } from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { authedProcedure } from '../procedures.js';
import { searchArticles } from './search.service.js';

export const searchRouter = {
  query: authedProcedure
    .meta({ isPublic: true, limit: 'search' })
    .input(searchInput)
    .output(searchResult)
    .query(({ ctx, input }) => searchArticles(ctx, input)),
} satisfies TRPCRouterRecord;
