import type * as C from '@ainotebook/contract';
import type { AuthedContext, Context } from '../context.js';

export async function searchArticles(
  _ctx: AuthedContext,
  _input: C.SearchInput,
): Promise<C.SearchResult> {
  throw new Error('to be written');
}
