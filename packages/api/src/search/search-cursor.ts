import { z } from 'zod';
import { AppError } from '../errors.js';
import { decodeCursor, encodeCursor, instantKey } from '../pagination.js';
import { byRank, type Ranked } from './ranking.js';

/**
 * Where a page of results ended: the search is made again and goes on behind that article, wherever it
 * stands now. Where it is gone the score decides, which other notes may have changed a little.
 */
export type SearchCursor =
  /** Articles without a word to rank by: the moment of the last change in microseconds, the id. */
  | readonly ['newest', number, string]
  /** Ranked, by the query or by the corrected one: score, seconds of the last change, id. */
  | readonly ['text' | 'corrected', number, number, string]
  /** Titles by their pinyin, which come after what was ranked. */
  | readonly ['pinyin', string];

const schema: z.ZodType<SearchCursor> = z.union([
  z.tuple([z.literal('newest'), instantKey, z.uuid()]),
  z.tuple([z.enum(['text', 'corrected']), z.number(), z.number(), z.uuid()]),
  z.tuple([z.literal('pinyin'), z.uuid()]),
]);

/**
 * @param isRanked whether the query has words to rank by
 * @throws AppError bad_input
 */
export function readCursor(
  cursor: string | null | undefined,
  isRanked: boolean,
): SearchCursor | null {
  if (!cursor) return null;
  const position = decodeCursor(cursor, schema);
  if (isRanked === (position[0] === 'newest')) {
    throw new AppError('bad_input', 'The cursor is of another query');
  }
  return position;
}

export const writeCursor = (position: SearchCursor | null): string | null =>
  position && encodeCursor(position);

/** The results a page ended before; none of them once it ended among the titles. */
export function rankedAfter(
  ranked: readonly Ranked[],
  position: SearchCursor | null,
): readonly Ranked[] {
  if (position === null || position[0] === 'newest') return ranked;
  if (position[0] === 'pinyin') return [];
  const [, score, updatedAt, articleId] = position;
  // By the article: every score is another one once a note has come or gone.
  const at = ranked.findIndex((one) => one.articleId === articleId);
  if (at >= 0) return ranked.slice(at + 1);
  return ranked.filter((one) => byRank({ score, updatedAt, articleId }, one) < 0);
}

/** Those after the one a page ended with; none when that one has gone. */
export function titlesAfter<Row extends { articleId: string }>(
  rows: Row[],
  position: SearchCursor | null,
): Row[] {
  if (position?.[0] !== 'pinyin') return rows;
  const at = rows.findIndex(({ articleId }) => articleId === position[1]);
  return at < 0 ? [] : rows.slice(at + 1);
}
