import {
  bm25,
  type CollectionStats,
  documentLength,
  type SearchFields,
} from '@ainotebook/text/search';
import { type Sentence, sentencesOf } from './sentences.js';
import { askedTerms, termsOf } from './terms.js';

/** A passage that may hold the answer. */
export interface Passage {
  title?: string;
  headings?: readonly string[];
  /** Markdown. */
  text: string;
}

/** A sentence of a passage, word for word: `[start, end)` of that passage's text. */
export interface Quote extends Sentence {
  /** Which of the passages, counted from 0. */
  passage: number;
}

/** What the local engine has to say. */
export interface LocalAnswer {
  /** Always: nothing here was written by a model. */
  isQuoted: true;
  /** Whether the passages speak of what was asked. The quotes are then the nearest there is. */
  isFound: boolean;
  /** Best first. */
  quotes: Quote[];
}

export interface AnswerOptions {
  /** Quotes at most. Default 3. */
  max?: number;
  /** How frequent terms are among all notes. Default: among the passages, which is coarser. */
  stats?: CollectionStats;
}

/** More passages bring more noise than answers. */
const MAX_PASSAGES = 5;
const MAX_SENTENCES = 300;
/** How much a sentence gains by standing in a good passage. */
const PASSAGE_WEIGHT = 0.7;
/** Share of what is asked (by weight) that the best passage must speak of. */
const FOUND = { zh: 0.21, en: 0.42 } as const;
const HAN = /\p{Script=Han}/u;

/**
 * The sentences that answer a question, quoted from passages that come best first. Sentences are ranked by BM25
 * plus a part of the passage's own rank.
 */
export function answerFrom(
  question: string,
  passages: readonly Passage[],
  { max = 3, stats }: AnswerOptions = {},
): LocalAnswer {
  const terms = askedTerms(question);
  const documents = passages.slice(0, MAX_PASSAGES).map(fieldsOf);
  const nothing: LocalAnswer = { isQuoted: true, isFound: false, quotes: [] };
  if (terms.length === 0 || documents.length === 0) return nothing;
  const wanted = terms.map((term) => ({ term, isPrefix: false }));
  const known = stats ?? statsOf(documents);
  const passageScores = bm25(documents, wanted, known);
  const bestScore = Math.max(...passageScores, Number.MIN_VALUE);
  const quotes = passages
    .slice(0, MAX_PASSAGES)
    .flatMap(({ text }, passage) =>
      sentencesOf(text, MAX_SENTENCES).map((sentence) => ({ ...sentence, passage })),
    );
  const lines = quotes.map(({ text }) => ({ body: text }));
  const averageLength = mean(lines.map(documentLength));
  const scores = bm25(lines, wanted, { ...known, averageLength });
  // What a row is about stands in the head of its table.
  const headed = quotes.map(({ text, head = '' }) => ({ body: `${head}\n${text}` }));
  const headedScores = bm25(headed, wanted, { ...known, averageLength });
  const ranked = quotes
    .map((quote, at) => ({
      quote,
      // All rows have the words of the head: a row that has no other says nothing of the question.
      own: scores[at] ? Math.max(scores[at], headedScores[at] ?? 0) : 0,
      from: (passageScores[quote.passage] ?? 0) / bestScore,
    }))
    .filter(({ own }) => own > 0)
    .sort((a, b) => b.own + PASSAGE_WEIGHT * b.from - (a.own + PASSAGE_WEIGHT * a.from));
  const covered = Math.max(0, ...documents.map((document) => coverage(document, terms, known)));
  return {
    isQuoted: true,
    isFound: ranked.length > 0 && covered >= (HAN.test(question) ? FOUND.zh : FOUND.en),
    quotes: ranked.slice(0, max).map(({ quote }) => quote),
  };
}

function fieldsOf({ title = '', headings = [], text }: Passage): SearchFields {
  return { title, headings: [...headings], body: text };
}

const mean = (numbers: readonly number[]) =>
  numbers.reduce((sum, number) => sum + number, 0) / Math.max(1, numbers.length);

/** Distinct terms of all fields. */
function termSet({ title = '', headings = [], body = '' }: SearchFields): Set<string> {
  return new Set(termsOf([title, ...headings, body].join('\n')));
}

function statsOf(documents: readonly SearchFields[]): CollectionStats {
  const sets = documents.map(termSet);
  return {
    documentCount: documents.length,
    averageLength: mean(documents.map(documentLength)),
    documentFrequency: (term) => sets.filter((set) => set.has(term)).length,
  };
}

/** Share of the terms a document has, each by how rare it is. */
function coverage(
  document: SearchFields,
  terms: readonly string[],
  { documentCount, documentFrequency }: CollectionStats,
): number {
  const present = termSet(document);
  let all = 0;
  let found = 0;
  for (const term of terms) {
    const frequency = Math.min(documentFrequency(term), documentCount);
    const weight = Math.log(1 + (documentCount - frequency + 0.5) / (frequency + 0.5));
    all += weight;
    if (present.has(term)) found += weight;
  }
  return all === 0 ? 0 : found / all;
}
