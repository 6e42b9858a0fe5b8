import { BOOST } from './bm25.js';
import type { QueryTerm } from './tsquery.js';
import { quoteLexeme } from './tsvector.js';

/** Occurrences of one term in one document. */
export interface VectorCount {
  /** Boosted by field, as BM25 takes it. */
  frequency: number;
  isInTitle: boolean;
}

const BOOST_OF_WEIGHT: Readonly<Record<string, number>> = {
  A: BOOST.title,
  B: BOOST.tags,
  C: BOOST.headings,
};
const REST_OF_LEXEME = /(?:[^']|'')*':/y;
const POSITION_LIST = /[\dA-D,]*/y;

/** The position lists of the lexemes that are `term`, or begin with it. */
function* positionLists(vector: string, { term, isPrefix }: QueryTerm): Generator<string> {
  const quoted = quoteLexeme(term);
  const needle = isPrefix ? quoted.slice(0, -1) : `${quoted}:`;
  for (let at = vector.indexOf(needle); at >= 0; at = vector.indexOf(needle, at + 1)) {
    // Elsewhere the needle is the end of a longer lexeme that holds a quote.
    if (at > 0 && vector.charAt(at - 1) !== ' ') continue;
    let from = at + needle.length;
    if (isPrefix) {
      REST_OF_LEXEME.lastIndex = from;
      if (!REST_OF_LEXEME.test(vector)) continue;
      from = REST_OF_LEXEME.lastIndex;
    }
    POSITION_LIST.lastIndex = from;
    yield POSITION_LIST.exec(vector)?.[0] ?? '';
    if (!isPrefix) return;
  }
}

/**
 * Counts terms in the text of a `tsvector` (as `toTsvector` writes it or PostgreSQL prints it),
 * one result for each term in order: what `bm25` would count in the document, without reading it.
 */
export function countInVector(vector: string, terms: readonly QueryTerm[]): VectorCount[] {
  return terms.map((term) => {
    // By position: a word and its stem share one and may both begin with the prefix.
    const boosts = new Map<string, number>();
    for (const list of positionLists(vector, term)) {
      for (const mark of list.split(',')) {
        if (mark === '') continue;
        const weight = mark.charAt(mark.length - 1);
        boosts.set(mark, BOOST_OF_WEIGHT[weight] ?? BOOST.body);
      }
    }
    let frequency = 0;
    let isInTitle = false;
    for (const boost of boosts.values()) {
      frequency += boost;
      isInTitle ||= boost === BOOST.title;
    }
    return { frequency, isInTitle };
  });
}
