import { bm25OfCounts, countInVector, type QueryTerm, termWeights } from '@ainotebook/text/search';
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

/** A passage that was found by its words. */
export interface RankedPassage extends Ranked {
  /** Share of the query's terms it has, the rare ones weighing more; 0 to 1. */
  coverage: number;
}

/** Scores that differ by less are a tie, which the newer article wins. */
const SCORE_DIGITS = 4;

/**
 * Passages with their scores, in the order given: BM25, raised by the share of the query's terms
 * that stand in the title (all of them double it). Term counts come from the passages' vectors,
 * which is some twenty times cheaper than reading the passages again.
 */
export function scorePassages(
  { items, total }: Candidates,
  terms: readonly QueryTerm[],
  known: Collection & { frequencies: ReadonlyMap<string, number> },
): RankedPassage[] {
  const counts = items.map(({ vector }) => countInVector(vector, terms));
  const stats = {
    documentCount: known.documentCount,
    averageLength: known.averageLength,
    // What was not counted occurs at least in what was found.
    documentFrequency: (term: string) => known.frequencies.get(term) ?? total,
  };
  const scores = bm25OfCounts(
    items.map(({ length }, index) => ({
      length,
      frequencies: (counts[index] ?? []).map(({ frequency }) => frequency),
    })),
    terms,
    stats,
  );
  const weights = termWeights(terms, stats);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  return items.map(({ articleId, chunkId, updatedAt }, index) => {
    const found = counts[index] ?? [];
    const inTitle = found.filter(({ isInTitle }) => isInTitle).length;
    const raised = (scores[index] ?? 0) * (1 + inTitle / Math.max(1, terms.length));
    const covered = weights.reduce(
      (sum, weight, at) => sum + ((found[at]?.frequency ?? 0) > 0 ? weight : 0),
      0,
    );
    return {
      articleId,
      chunkId,
      updatedAt,
      score: Number(raised.toFixed(SCORE_DIGITS)),
      coverage: whole > 0 ? covered / whole : 0,
    };
  });
}

/** Articles by their best passage, best first. */
export function rank(
  candidates: Candidates,
  terms: readonly QueryTerm[],
  known: Collection & { frequencies: ReadonlyMap<string, number> },
): Ranked[] {
  const best = new Map<string, Ranked>();
  for (const passage of scorePassages(candidates, terms, known)) {
    const { coverage: _, ...ranked } = passage;
    const known = best.get(ranked.articleId);
    if (!known || ranked.score > known.score) best.set(ranked.articleId, ranked);
  }
  return [...best.values()].sort(byRank);
}
