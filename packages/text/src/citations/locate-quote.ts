import { unitsOf } from './units.js';

/** What a citation kept of the text it quotes: `[start, end)` in UTF-16 units, and what stood there. */
export interface Quote {
  start: number;
  end: number;
  quote: string;
}

/**
 * `unchanged`: stands where it stood. `moved`: stands elsewhere, word for word. `changed`: a
 * stretch still says most of it. `gone`: nothing does.
 */
export type QuoteStatus = 'unchanged' | 'moved' | 'changed' | 'gone';

/** Where a quote stands now; an empty range at the end of the text when it is gone. */
export interface LocatedQuote {
  status: QuoteStatus;
  start: number;
  end: number;
}

/** Words that stand together: one alone is found anywhere. */
const SHINGLE = 3;
/** Share of the quote that a changed stretch still has. */
const MIN_SHARE = 0.5;
/**
 * Finds what a citation quotes in the present text of the article. Of several places the nearest
 * to where it stood. Time is linear in the length of the text.
 */
export function locateQuote(markdown: string, { start, end, quote }: Quote): LocatedQuote {
  if (quote !== '' && start >= 0 && markdown.slice(start, end) === quote) {
    return { status: 'unchanged', start, end };
  }
  const gone = { status: 'gone', start: markdown.length, end: markdown.length } as const;
  if (quote.trim() === '') return gone;
  const moved = nearest(markdown, quote, start);
  if (moved >= 0) return { status: 'moved', start: moved, end: moved + quote.length };
  return findChanged(markdown, quote) ?? gone;
}

function nearest(markdown: string, quote: string, start: number): number {
  const after = markdown.indexOf(quote, start);
  const before = markdown.lastIndexOf(quote, start);
  if (after < 0 || before < 0) return Math.max(after, before);
  return after - start < start - before ? after : before;
}

/** Shingles of a quote, each with how often it occurs. */
interface Wanted {
  size: number;
  length: number;
  counts: Map<string, number>;
  /** What a shingle may begin with: most of a text does not. */
  firsts: Set<string>;
}

function wantedOf(quote: string): Wanted {
  const { words } = unitsOf(quote);
  const size = Math.min(SHINGLE, words.length);
  const wanted: Wanted = {
    size,
    length: size === 0 ? 0 : words.length - size + 1,
    counts: new Map(),
    firsts: new Set(),
  };
  for (let at = 0; at < wanted.length; at += 1) {
    const shingle = words.slice(at, at + size).join(' ');
    wanted.counts.set(shingle, (wanted.counts.get(shingle) ?? 0) + 1);
    wanted.firsts.add(words[at] ?? '');
  }
  return wanted;
}

/** The stretch of the quote's length that has most of its shingles, each as often as the quote has it. */
function findChanged(markdown: string, quote: string): LocatedQuote | null {
  const { size, length, counts, firsts } = wantedOf(quote);
  if (size === 0) return null;
  const { words, starts, ends } = unitsOf(markdown);
  const found = new Map<number, string>();
  const inside = new Map<string, number>();
  const add = (shingle: string, step: 1 | -1): number => {
    const had = inside.get(shingle) ?? 0;
    inside.set(shingle, had + step);
    return Math.max(had, had + step) <= (counts.get(shingle) ?? 0) ? step : 0;
  };
  let hits = 0;
  let best = { hits: 0, end: -1 };
  for (let at = 0; at + size <= words.length; at += 1) {
    const out = found.get(at - length);
    if (out !== undefined) hits += add(out, -1);
    if (!firsts.has(words[at] ?? '')) continue;
    const shingle = words.slice(at, at + size).join(' ');
    if (!counts.has(shingle)) continue;
    found.set(at, shingle);
    hits += add(shingle, 1);
    if (hits > best.hits) best = { hits, end: at };
  }
  if (best.hits < length * MIN_SHARE) return null;
  const from = Math.max(0, best.end - length + 1);
  const first = [...found.keys()].find((at) => at >= from) ?? from;
  return {
    status: 'changed',
    start: starts[first] ?? 0,
    end: ends[best.end + size - 1] ?? markdown.length,
  };
}
