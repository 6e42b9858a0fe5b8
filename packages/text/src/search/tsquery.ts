import { type ParsedQuery, type QueryClause, runsOfClause } from './query.js';
import { type Run, stem } from './tokenize.js';
import { quoteLexeme } from './tsvector.js';

/** A term to look for; `isPrefix`: every longer term that begins with it counts too. */
export interface QueryTerm {
  term: string;
  isPrefix: boolean;
}

function lexeme({ term, isPrefix }: QueryTerm): string {
  return isPrefix ? `${quoteLexeme(term)}:*` : quoteLexeme(term);
}

/** Terms that follow each other, each with its distance from the start. */
interface PlacedTerm extends QueryTerm {
  position: number;
}

function placeRun(run: Run, offset: number, isPrefix: boolean): PlacedTerm[] {
  const lastIndex = run.parts.length - 1;
  if (run.kind === 'word' || lastIndex === 0) {
    return run.parts.map((part, index) => ({
      term: part.text,
      // The index has a single CJK character only at the end of its run, else within bigrams.
      isPrefix: run.kind === 'cjk' || (isPrefix && index === lastIndex),
      position: offset + index,
    }));
  }
  return run.parts.slice(0, lastIndex).map((part, index) => ({
    term: part.text + (run.parts[index + 1]?.text ?? ''),
    isPrefix: false,
    position: offset + index,
  }));
}

function sequence(terms: readonly PlacedTerm[]): string {
  let text = '';
  let previous: PlacedTerm | undefined;
  for (const term of terms) {
    const distance = previous ? term.position - previous.position : 0;
    if (previous) text += distance === 1 ? ' <-> ' : ` <${distance}> `;
    text += lexeme(term);
    previous = term;
  }
  return terms.length > 1 ? `(${text})` : text;
}

function either(...alternatives: readonly string[]): string {
  const distinct = [...new Set(alternatives)];
  return distinct.length > 1 ? `(${distinct.join(' | ')})` : (distinct[0] ?? '');
}

function wordExpression(run: Run, isPrefix: boolean): string {
  const whole = { term: run.text, isPrefix };
  if (run.parts.length > 1) return either(lexeme(whole), sequence(placeRun(run, 0, isPrefix)));
  const stemmed = quoteLexeme(stem(run.text));
  // Every indexed word has its stem beside it, so the stem alone finds all of its forms.
  return isPrefix && stemmed !== quoteLexeme(run.text)
    ? either(lexeme(whole), stemmed)
    : lexeme(isPrefix ? whole : { term: stem(run.text), isPrefix });
}

function termExpression(clause: QueryClause): string {
  const runs = runsOfClause(clause);
  const parts = runs.map((run, index) =>
    run.kind === 'cjk'
      ? sequence(placeRun(run, 0, false))
      : wordExpression(run, clause.isPrefix && index === runs.length - 1),
  );
  return parts.length > 1 ? `(${parts.join(' & ')})` : (parts[0] ?? '');
}

function phraseExpression(clause: QueryClause): string {
  const placed: PlacedTerm[] = [];
  let offset = 0;
  for (const run of runsOfClause(clause)) {
    placed.push(...placeRun(run, offset, false));
    offset += run.parts.length;
  }
  return sequence(placed);
}

function clauseExpression(clause: QueryClause): string {
  return clause.kind === 'phrase' ? phraseExpression(clause) : termExpression(clause);
}

function runTerms(run: Run, isPrefix: boolean): QueryTerm[] {
  if (run.kind === 'cjk') return placeRun(run, 0, false);
  const words = run.parts.map((part) => ({ term: stem(part.text), isPrefix: false }));
  const hasWhole = run.parts.length > 1 || isPrefix;
  return hasWhole ? [{ term: run.text, isPrefix }, ...words] : words;
}

/** The distinct terms a query looks for (not the negated ones), for ranking and any-word search. */
export function queryTerms(query: ParsedQuery): QueryTerm[] {
  const distinct = new Map<string, QueryTerm>();
  for (const clause of query.clauses) {
    if (clause.isNegated) continue;
    const runs = runsOfClause(clause);
    runs.forEach((run, index) => {
      for (const { term, isPrefix } of runTerms(
        run,
        clause.isPrefix && index === runs.length - 1,
      )) {
        const isWider = isPrefix || distinct.get(term)?.isPrefix === true;
        distinct.set(term, { term, isPrefix: isWider });
      }
    });
  }
  return [...distinct.values()];
}

/** Most terms a question is looked for by. */
const MAX_QUESTION_TERMS = 100;

/**
 * The distinct terms of a question, which is prose: nothing in it is an operator, and its last word
 * is whole. A Chinese character alone is left out where there is anything else to look for.
 */
export function questionTerms(question: string): QueryTerm[] {
  const clause: QueryClause = {
    kind: 'term',
    text: question,
    start: 0,
    isNegated: false,
    isPrefix: false,
  };
  const terms = new Map<string, QueryTerm>();
  for (const run of runsOfClause(clause)) {
    for (const { term, isPrefix } of runTerms(run, false)) terms.set(term, { term, isPrefix });
    if (terms.size >= MAX_QUESTION_TERMS) break;
  }
  const all = [...terms.values()].slice(0, MAX_QUESTION_TERMS);
  const whole = all.filter(({ isPrefix }) => !isPrefix);
  return whole.length > 0 ? whole : all;
}

/**
 * The text of a `tsquery` for `::tsquery`, or null when there is nothing to search for (only
 * punctuation, only negations). `all`: every word, a CJK run as an exact substring. `any`: at
 * least one word or bigram. Negations hold in both. Always valid, whatever was typed.
 */
export function toTsquery(query: ParsedQuery, options: { mode: 'all' | 'any' }): string | null {
  const wanted = query.clauses.filter((clause) => !clause.isNegated);
  if (wanted.length === 0) return null;
  const unwanted = query.clauses.filter((clause) => clause.isNegated);
  const found =
    options.mode === 'all'
      ? wanted.map(clauseExpression).join(' & ')
      : either(...queryTerms(query).map(lexeme));
  return [found, ...unwanted.map((clause) => `!${clauseExpression(clause)}`)].join(' & ');
}
