import { CharacterClass, classify } from './characters.js';
import { type NormalizedText, normalize, originalRange } from './normalize.js';
import { plainPassage } from './plain-passage.js';
import { type ParsedQuery, runsOfClause } from './query.js';
import { type Run, runsOf, stem } from './tokenize.js';

/** A passage worth showing; `offset` and `ranges` are UTF-16 offsets in the original text. */
export interface Snippet {
  text: string;
  offset: number;
  /** What to mark, in order, not overlapping. */
  ranges: [start: number, end: number][];
}

interface Hit {
  start: number;
  end: number;
  /** Which of the query's terms this is. */
  term: number;
}

interface WantedRun {
  run: Run;
  isPrefix: boolean;
}

function wantedRuns(query: ParsedQuery): WantedRun[] {
  return query.clauses
    .filter((clause) => !clause.isNegated)
    .flatMap((clause) => {
      const runs = runsOfClause(clause);
      return runs.map((run, index) => ({
        run,
        isPrefix: clause.isPrefix && index === runs.length - 1,
      }));
    });
}

class HitFinder {
  readonly #normalized: NormalizedText;
  readonly #maxLength: number;
  readonly #terms = new Map<string, number>();
  readonly hits: Hit[] = [];

  constructor(text: string, maxLength: number) {
    this.#normalized = normalize(text);
    this.#maxLength = maxLength;
  }

  addAll(wanted: readonly WantedRun[]): void {
    for (const { run } of wanted) if (run.kind === 'cjk') this.#addRun(run);
    this.#addWords(wanted.filter(({ run }) => run.kind === 'word'));
  }

  #indexOf(term: string): number {
    const index = this.#terms.get(term) ?? this.#terms.size;
    this.#terms.set(term, index);
    return index;
  }

  #addSubstring(needle: string): boolean {
    const { text } = this.#normalized;
    let isFound = false;
    for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length)) {
      // A mark makes the last character another one, in the index too.
      const next = text.codePointAt(at + needle.length) ?? 0x20;
      if (classify(next) === CharacterClass.mark) continue;
      const [start, end] = originalRange(this.#normalized, at, at + needle.length);
      if (end - start > this.#maxLength) return false;
      this.hits.push({ start, end, term: this.#indexOf(needle) });
      isFound = true;
    }
    return isFound;
  }

  /** The whole run where the text has it, else its bigrams. */
  #addRun(run: Run): void {
    if (this.#addSubstring(run.text)) return;
    for (let index = 0; index + 1 < run.parts.length; index += 1) {
      const bigram = `${run.parts[index]?.text ?? ''}${run.parts[index + 1]?.text ?? ''}`;
      if (bigram !== run.text) this.#addSubstring(bigram);
    }
  }

  #addWords(wanted: readonly WantedRun[]): void {
    if (wanted.length === 0) return;
    const exact = new Map<string, number>();
    const prefixes: string[] = [];
    for (const { run, isPrefix } of wanted) {
      for (const { text } of [run, ...run.parts]) {
        const index = this.#indexOf(text);
        exact.set(text, index);
        exact.set(stem(text), index);
      }
      if (isPrefix) prefixes.push(run.text);
    }
    // Stemming is what takes the time, and a stem begins as its word does.
    const initials = new Set([...exact.keys(), ...prefixes].map((text) => text.charAt(0)));
    for (const run of runsOf(this.#normalized.text)) {
      if (run.kind !== 'word') continue;
      for (const piece of run.parts.length > 1 ? [run, ...run.parts] : run.parts) {
        if (!initials.has(piece.text.charAt(0))) continue;
        const index = [piece.text, stem(piece.text)]
          .map((term) => {
            const prefix = prefixes.find((candidate) => term.startsWith(candidate));
            return exact.get(term) ?? (prefix === undefined ? undefined : exact.get(prefix));
          })
          .find((found) => found !== undefined);
        if (index === undefined) continue;
        const [start, end] = originalRange(this.#normalized, piece.start, piece.end);
        this.hits.push({ start, end, term: index });
      }
    }
  }
}

/** The hits of the stretch (at most `length` units) that holds the most distinct terms. */
function bestHits(hits: readonly Hit[], length: number): readonly Hit[] {
  const counts = new Map<number, number>();
  let best: { from: number; to: number; score: number } = { from: 0, to: 0, score: 0 };
  let to = 0;
  hits.forEach((first, from) => {
    for (let hit = hits[to]; hit && hit.end - first.start <= length; hit = hits[to]) {
      counts.set(hit.term, (counts.get(hit.term) ?? 0) + 1);
      to += 1;
    }
    if (counts.size > best.score) best = { from, to, score: counts.size };
    const left = (counts.get(first.term) ?? 0) - 1;
    if (left > 0) counts.set(first.term, left);
    else counts.delete(first.term);
  });
  return hits.slice(best.from, best.to);
}

function isInsidePair(text: string, at: number): boolean {
  return at > 0 && (text.codePointAt(at - 1) ?? 0) > 0xffff;
}

/** Where the window begins: some context before the first hit, at a sentence where one begins. */
function windowStart(text: string, first: number, last: number, length: number): number {
  const lead = Math.max(0, Math.floor((length - (last - first)) / 3));
  const latest = Math.max(0, text.length - length);
  const start = Math.max(0, Math.min(first - lead, latest));
  if (start === 0) return 0;
  const sentence = /[\n。！？!?]\s*(?=\S)/u.exec(text.slice(start, first));
  const snapped = sentence ? start + sentence.index + sentence[0].length : start;
  return isInsidePair(text, snapped) ? snapped + 1 : snapped;
}

function windowEnd(text: string, start: number, length: number): number {
  const end = Math.min(text.length, start + length);
  return isInsidePair(text, end) ? end - 1 : end;
}

function mergeRanges(hits: readonly Hit[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const { start, end } of hits) {
    const last = ranges.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else ranges.push([start, end]);
  }
  return ranges;
}

/**
 * The passage of `text` with the most distinct terms of the query and what to mark in it. Without
 * a match it is the beginning of the text. `length` is in UTF-16 units (120); no surrogate pair is
 * cut.
 */
export function snippet(
  text: string,
  query: ParsedQuery,
  { length = 120 }: { length?: number } = {},
): Snippet {
  const maxLength = Math.max(1, Math.floor(length));
  const finder = new HitFinder(text, maxLength);
  finder.addAll(wantedRuns(query));
  const hits = finder.hits
    .filter((hit) => hit.end - hit.start <= maxLength)
    .sort((a, b) => a.start - b.start || a.end - b.end);
  const best = bestHits(hits, maxLength);
  const first = best[0]?.start ?? 0;
  const last = best.reduce((end, hit) => Math.max(end, hit.end), first);
  const offset = windowStart(text, first, last, maxLength);
  const end = windowEnd(text, offset, maxLength);
  const shown = hits.filter((hit) => hit.start >= offset && hit.end <= end);
  return { text: text.slice(offset, end), offset, ranges: mergeRanges(shown) };
}

/** A Latin word cut by the end of a window, behind a space. */
const HALF_WORD = /\s\p{L}[\p{L}\p{N}'’-]{0,29}$/u;

/** The window as it is shown: with the sign "…" where it is cut, and without the half of a word that nothing marks. */
function withEnd(whole: string, { text, offset, ranges }: Snippet): string {
  const next = whole.slice(offset + text.length);
  if (next.trim() === '') return text;
  const half = /^[a-z\d]/i.test(next) ? HALF_WORD.exec(text) : null;
  const marked = (ranges.at(-1)?.[1] ?? offset) - offset;
  const kept = half && half.index >= marked ? text.slice(0, half.index) : text;
  return `${kept.trimEnd()}…`;
}

/**
 * `snippet` of what a passage of Markdown says, without its marks: `offset` is where it begins in
 * the Markdown, `ranges` are offsets in `text`, which ends with "…" where the passage goes on. A query
 * that stands only inside marks or addresses gives the beginning of the passage.
 */
export function passageSnippet(markdown: string, query: ParsedQuery): Snippet {
  const plain = plainPassage(markdown);
  const found = snippet(plain.text, query);
  const { offset, ranges } = found;
  return {
    text: withEnd(plain.text, found),
    offset: plain.map[offset] ?? 0,
    ranges: ranges.map(([start, end]) => [start - offset, end - offset]),
  };
}
