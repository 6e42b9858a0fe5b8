import type { Db, Tx } from '@ainotebook/db';
import type { QueryTerm } from '@ainotebook/text/search';
import {
  findCandidates,
  readCollection,
  readFrequencies,
  type SearchScope,
} from '../search/candidates.js';
import { byRank, type RankedPassage, scorePassages } from '../search/ranking.js';
import { relaxedQuery } from '../search/relaxed-query.js';

/** Passages of a scope that have any of the terms, the best by BM25 first, at most 200. */
export async function findByWords(
  db: Db | Tx,
  scope: SearchScope,
  terms: readonly QueryTerm[],
): Promise<RankedPassage[]> {
  if (terms.length === 0) return [];
  const collection = await readCollection(db, scope.userId);
  if (collection.documentCount === 0) return [];
  const frequencies = await readFrequencies(db, scope.userId, terms);
  const query = relaxedQuery(terms, frequencies);
  if (query === null) return [];
  const { documentCount } = collection;
  const candidates = await findCandidates(db, scope, { query, documentCount });
  const passages = scorePassages(candidates, terms, { ...collection, frequencies });
  return passages.sort((a, b) => byRank(a, b) || (a.chunkId < b.chunkId ? -1 : 1));
}
