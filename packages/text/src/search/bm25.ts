import { tokenize } from './tokenize.js';
import type { QueryTerm } from './tsquery.js';
import type { SearchFields } from './tsvector.js';

/** What BM25 must know about the whole collection; lengths as `documentLength` counts them. */
export interface CollectionStats {
  documentCount: number;
  averageLength: number;
  /** In how many documents a term occurs; 0 when unknown. */
  documentFrequency: (term: string) => number;
}

const K1 = 1.2;
const B = 0.75;
/** How many times an occurrence counts. */
export const BOOST = { title: 4, tags: 3, headings: 2, body: 1 } as const;

interface FieldTokens {
  boost: number;
  text: string;
}

function fieldsOf(document: SearchFields): FieldTokens[] {
  return [
    { boost: BOOST.title, text: document.title ?? '' },
    { boost: BOOST.tags, text: (document.tags ?? []).join('\n') },
    { boost: BOOST.headings, text: (document.headings ?? []).join('\n') },
    { boost: BOOST.body, text: document.body ?? '' },
  ];
}

/** What BM25 must know of one document. */
export interface DocumentCounts {
  /** In term positions, as `documentLength` counts them. */
  length: number;
  /** Boosted occurrences, by index of the query term. */
  frequencies: number[];
}

function matcher(queryTerms: readonly QueryTerm[]): (term: string) => readonly number[] {
  const exact = new Map<string, number>();
  const prefixes: { term: string; index: number }[] = [];
  queryTerms.forEach(({ term, isPrefix }, index) => {
    if (isPrefix) prefixes.push({ term, index });
    else exact.set(term, index);
  });
  return (term) => {
    const found = exact.get(term);
    const indexes = found === undefined ? [] : [found];
    for (const prefix of prefixes) if (term.startsWith(prefix.term)) indexes.push(prefix.index);
    return indexes;
  };
}

function countTerms(
  document: SearchFields,
  termCount: number,
  match: ReturnType<typeof matcher>,
): DocumentCounts {
  const counts: DocumentCounts = { length: 0, frequencies: new Array(termCount).fill(0) };
  for (const { boost, text } of fieldsOf(document)) {
    const lastCounted = new Array<number>(termCount).fill(0);
    let length = 0;
    for (const { term, position } of tokenize(text)) {
      length = position;
      for (const index of match(term)) {
        // A word and its stem share a position and may both begin with the prefix.
        if (lastCounted[index] === position) continue;
        lastCounted[index] = position;
        counts.frequencies[index] = (counts.frequencies[index] ?? 0) + boost;
      }
    }
    counts.length += length;
  }
  return counts;
}

/** Length of a document in term positions: the measure behind `averageLength`. */
export function documentLength(document: SearchFields): number {
  return countTerms(document, 0, () => []).length;
}

/**
 * BM25 scores (k1 1.2, b 0.75), one for each document in the order given; title, tags and headings
 * weigh 4, 3 and 2 times the body.
 * @see https://doi.org/10.1561/1500000019 Robertson and Zaragoza, section 3
 */
export function bm25(
  documents: readonly SearchFields[],
  queryTerms: readonly QueryTerm[],
  stats: CollectionStats,
): number[] {
  const match = matcher(queryTerms);
  const counts = documents.map((document) => countTerms(document, queryTerms.length, match));
  return bm25OfCounts(counts, queryTerms, stats);
}

/** How much each term says: its inverse document frequency, more the rarer it is. */
export function termWeights(
  queryTerms: readonly QueryTerm[],
  stats: Omit<CollectionStats, 'averageLength'>,
): number[] {
  return queryTerms.map(({ term }) => {
    const frequency = Math.min(Math.max(0, stats.documentFrequency(term)), stats.documentCount);
    return Math.log(1 + (stats.documentCount - frequency + 0.5) / (frequency + 0.5));
  });
}

/** BM25 scores of documents whose terms were counted before; otherwise as `bm25`. */
export function bm25OfCounts(
  documents: readonly DocumentCounts[],
  queryTerms: readonly QueryTerm[],
  stats: CollectionStats,
): number[] {
  const averageLength = Math.max(1, stats.averageLength);
  const weights = termWeights(queryTerms, stats);
  return documents.map(({ length, frequencies }) => {
    const lengthPenalty = K1 * (1 - B + (B * length) / averageLength);
    return frequencies.reduce(
      (score, frequency, index) =>
        score + ((weights[index] ?? 0) * frequency * (K1 + 1)) / (frequency + lengthPenalty),
      0,
    );
  });
}
