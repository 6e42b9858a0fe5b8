import { bm25OfCounts, countInVector, type QueryTerm } from '@ainotebook/text/search';
import type { Candidates, Collection } from './candidates.js';

/** An article by its best passage. */
export interface Ranked {
  articleId: string;
  chunkId: string;
  score: number;
  /** Seconds since 1970. */
  updatedAt: number;
}

/** The order of results: the better one first, of two alike the newer. */
export const byRank = (a: Omit<Ranked, 'chunkId'>, b: Omit<Ranked, 'chunkId'>): number =>
  b.score - a.score ||
  b.updatedAt - a.updatedAt ||
  (a.articleId < b.articleId ? 1 : a.articleId > b.articleId ? -1 : 0);

/** Scores that differ by less are a tie, which the newer article wins. */
const SCORE_DIGITS = 4;

/**
 * Articles, best first: BM25 of the best passage, raised by the share of the query's terms that
 * stand in the title (all of them double it). Term counts come from the passages' vectors, which
 * is some twenty times cheaper than reading the passages again.
 */
export function rank(
  { items, total }: Candidates,
  terms: readonly QueryTerm[],
  known: Collection & { frequencies: ReadonlyMap<string, number> },
): Ranked[] {
  const counts = items.map(({ vector }) => countInVector(vector, terms));
  const scores = bm25OfCounts(
    items.map(({ length }, index) => ({
      length,
      frequencies: (counts[index] ?? []).map(({ frequency }) => frequency),
    })),
    terms,
    {
      documentCount: known.documentCount,
      averageLength: known.averageLength,
      // What was not counted occurs at least in what was found.
      documentFrequency: (term) => known.frequencies.get(term) ?? total,
    },
  );
  const best = new Map<string, Ranked>();
  items.forEach(({ articleId, chunkId, updatedAt }, index) => {
    const inTitle = (counts[index] ?? []).filter(({ isInTitle }) => isInTitle).length;
    const raised = (scores[index] ?? 0) * (1 + inTitle / Math.max(1, terms.length));
    const score = Number(raised.toFixed(SCORE_DIGITS));
    const known = best.get(articleId);
    if (!known || score > known.score)
      best.set(articleId, { articleId, chunkId, updatedAt, score });
  });
  return [...best.values()].sort(byRank);
}
