import { normalize, originalRange } from './normalize.js';
import { cutText, type Run, runsOf } from './tokenize.js';

/** Longest query that is read, in UTF-16 units. */
export const MAX_QUERY_LENGTH = 200;
/** Most words (a run of Chinese counts as one) that are read. */
export const MAX_QUERY_TERMS = 20;

/** Words to find together (`term`) or one right after the other (`phrase`). */
export interface QueryClause {
  kind: 'term' | 'phrase';
  text: string;
  /** Where `text` begins in the query. */
  start: number;
  isNegated: boolean;
  /** The last word may still be being typed: it matches longer words too. */
  isPrefix: boolean;
}

/** An article status that `is:` accepts. */
export type QueryStatus = 'draft' | 'published' | 'archived';

/** What was written as `name:value`; dates are `YYYY-MM-DD`. */
export interface QueryFilters {
  tags: string[];
  notebooks: string[];
  statuses: QueryStatus[];
  before: string | null;
  after: string | null;
}

/** A query as understood. */
export interface ParsedQuery {
  clauses: QueryClause[];
  filters: QueryFilters;
  /** Something was left out because the query is longer than the limits. */
  isTruncated: boolean;
}

const CLOSING_QUOTE: Readonly<Record<string, string>> = {
  '"': '"',
  '＂': '＂',
  '“': '”',
  '「': '」',
  '『': '』',
};
const FILTER = /(tag|notebook|is|before|after)[:：](?:"([^"]*)"|“([^”]*)”|([^\s"“]+))(?=\s|$)/iuy;
const STATUSES: readonly QueryStatus[] = ['draft', 'published', 'archived'];

/** The runs of a clause's text, as the index has them. */
export function runsOfClause(clause: Pick<QueryClause, 'text'>): Run[] {
  return [...runsOf(normalize(clause.text).text)];
}

/** `2026`, `2026-05` or `2026-05-01` as a whole date, or null when there is no such day. */
function parseDay(value: string): string | null {
  const match = /^(\d{4})(?:[-/.](\d{1,2}))?(?:[-/.](\d{1,2}))?$/.exec(value);
  if (!match) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2] ?? 1), Number(match[3] ?? 1)];
  const date = new Date(Date.UTC(year, month - 1, day));
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year >= 1000;
  return isReal ? date.toISOString().slice(0, 10) : null;
}

class QueryReader {
  readonly #text: string;
  #at = 0;
  #termCount = 0;
  readonly #query: ParsedQuery;

  constructor(text: string) {
    this.#text = cutText(text, MAX_QUERY_LENGTH);
    this.#query = {
      clauses: [],
      filters: { tags: [], notebooks: [], statuses: [], before: null, after: null },
      isTruncated: this.#text.length < text.length,
    };
  }

  read(): ParsedQuery {
    for (this.#skipSpace(); this.#at < this.#text.length; this.#skipSpace()) {
      if (!this.#readFilter()) this.#readClause();
    }
    this.#markPrefix();
    return this.#query;
  }

  #skipSpace(): void {
    while (/^\s$/u.test(this.#text.charAt(this.#at))) this.#at += 1;
  }

  #readFilter(): boolean {
    FILTER.lastIndex = this.#at;
    const match = FILTER.exec(this.#text);
    if (!match) return false;
    const value = (match[2] ?? match[3] ?? match[4] ?? '').trim();
    if (!value || !this.#applyFilter((match[1] ?? '').toLowerCase(), value)) return false;
    this.#at += match[0].length;
    return true;
  }

  #applyFilter(name: string, value: string): boolean {
    const { filters } = this.#query;
    switch (name) {
      case 'tag':
        filters.tags.push(value.replace(/^#/, '') || value);
        return true;
      case 'notebook':
        filters.notebooks.push(value);
        return true;
      case 'is': {
        const status = STATUSES.find((candidate) => candidate === value.toLowerCase());
        if (!status) return false;
        if (!filters.statuses.includes(status)) filters.statuses.push(status);
        return true;
      }
      default: {
        const day = parseDay(value);
        if (!day) return false;
        filters[name === 'before' ? 'before' : 'after'] = day;
        return true;
      }
    }
  }

  #readClause(): void {
    const isNegated = /^[-－]$/.test(this.#text.charAt(this.#at));
    if (isNegated) this.#at += 1;
    const closing = CLOSING_QUOTE[this.#text.charAt(this.#at)];
    const close = closing ? this.#text.indexOf(closing, this.#at + 1) : -1;
    if (close >= 0) {
      this.#push({ kind: 'phrase', start: this.#at + 1, isNegated }, close);
      this.#at = close + 1;
      return;
    }
    // An opening quote without its partner is only punctuation.
    const start = closing ? this.#at + 1 : this.#at;
    const rest = this.#text.slice(start);
    const word = /^[^\s"＂“「『]*/u.exec(rest)?.[0] ?? '';
    this.#at = start + word.length;
    this.#push({ kind: 'term', start, isNegated }, this.#at);
  }

  #push(clause: Pick<QueryClause, 'kind' | 'start' | 'isNegated'>, textEnd: number): void {
    const text = this.#text.slice(clause.start, textEnd);
    const normalized = normalize(text);
    const runs = [...runsOf(normalized.text)];
    const room = MAX_QUERY_TERMS - this.#termCount;
    if (runs.length > room) this.#query.isTruncated = true;
    const kept = runs.slice(0, Math.max(0, room));
    const last = kept.at(-1);
    if (!last) return;
    this.#termCount += kept.length;
    const end =
      kept.length < runs.length ? originalRange(normalized, last.start, last.end)[1] : undefined;
    this.#query.clauses.push({ ...clause, text: text.slice(0, end), isPrefix: false });
  }

  #markPrefix(): void {
    const clause = this.#query.clauses.at(-1);
    if (!clause || clause.kind === 'phrase' || clause.isNegated) return;
    const last = runsOfClause(clause).at(-1);
    // One letter begins too many words to be a useful prefix.
    clause.isPrefix = last?.kind === 'word' && last.text.length > 1;
  }
}

/**
 * Reads a search box: words, "phrases" (also “” and 「」), `-not`, `tag:`, `notebook:`, `is:`,
 * `before:` and `after:`. A filter with a value that means nothing stays text. Never throws.
 */
export function parseQuery(text: string): ParsedQuery {
  return new QueryReader(text).read();
}
