import { unitsOf } from '../citations/units.js';

/** A text that an AI wrote and a person took. */
export interface AiSpan {
  text: string;
  /** What of it is the AI's own, `[start, end)` in UTF-16 units: the rest stood in the note before. */
  own: readonly (readonly [number, number])[];
}

/** How much of a text an AI wrote, in letters. */
export interface AiShare {
  total: number;
  written: number;
  /** Of each span, in their order: what is its own, and what of that is still there. */
  spans: { own: number; left: number }[];
}

/** Words that stand together are taken for those of a span: fewer are found in anybody's text. */
const RUN = 5;
/** The same beside what a span took the place of, where the two are about the same. */
const REPLACED_RUN = 3;
/** Places of one run that are looked at: a text that repeats itself takes no longer than another. */
const MAX_PLACES = 16;

/**
 * What of a text that an AI wrote was not there before: neither in the passage it took the place of nor
 * elsewhere in the note. Empty where too little is new to be known again.
 * @param around the rest of the note; may hold the text itself already, once
 */
export function ownRanges(
  text: string,
  { replaced, around }: { replaced: string; around: string },
): [number, number][] {
  const { words, starts, ends } = unitsOf(text);
  if (words.length < RUN) return [];
  const isOwn = new Array<boolean>(words.length).fill(true);
  const rest = without(unitsOf(around).words, words);
  takeOut(isOwn, words, { run: REPLACED_RUN, known: unitsOf(replaced).words });
  takeOut(isOwn, words, { run: RUN, known: rest });
  const ranges: [number, number][] = [];
  for (const [i, start] of starts.entries()) {
    if (!isOwn[i]) continue;
    const last = ranges.at(-1);
    if (last && isOwn[i - 1]) last[1] = ends[i] ?? start;
    else ranges.push([start, ends[i] ?? start]);
  }
  return ranges;
}

/**
 * How much of a text is of these spans, wherever it stands now: a span that was moved counts, one that
 * was rewritten counts for what is left of it. Time is linear in all that is given.
 */
export function aiShare(markdown: string, spans: readonly AiSpan[]): AiShare {
  const read = spans.map(({ text, own }) => {
    const units = unitsOf(text);
    return {
      ...units,
      isOwn: ownWords(units.starts, own),
      isLeft: new Uint8Array(units.words.length),
    };
  });
  const runs = new Map<string, { span: (typeof read)[number]; at: number }[]>();
  const firsts = new Set<string>();
  for (const span of read) {
    for (const [at, first] of span.words.entries()) {
      if (at + RUN > span.words.length) break;
      firsts.add(first);
      const run = runAt(span.words, at, RUN);
      const places = runs.get(run) ?? [];
      if (places.length < MAX_PLACES) runs.set(run, [...places, { span, at }]);
    }
  }
  const { words, starts, ends } = unitsOf(markdown);
  const isWritten = new Uint8Array(words.length);
  for (const [place, first] of words.entries()) {
    // Most words begin no run: joining all of them would take longest.
    if (!firsts.has(first)) continue;
    for (const { span, at } of runs.get(runAt(words, place, RUN)) ?? []) {
      for (let i = 0; i < RUN; i += 1) {
        if (!span.isOwn[at + i]) continue;
        isWritten[place + i] = 1;
        span.isLeft[at + i] = 1;
      }
    }
  }
  return {
    total: lettersOf({ starts, ends }, () => true),
    written: lettersOf({ starts, ends }, (i) => isWritten[i] === 1),
    spans: read.map((span) => ({
      own: lettersOf(span, (i) => span.isOwn[i] === true),
      left: lettersOf(span, (i) => span.isLeft[i] === 1),
    })),
  };
}

const runAt = (words: readonly string[], at: number, size: number): string =>
  words.slice(at, at + size).join(' ');

function lettersOf(
  { starts, ends }: { starts: readonly number[]; ends: readonly number[] },
  isCounted: (word: number) => boolean,
): number {
  return starts.reduce(
    (sum, start, i) => (isCounted(i) ? sum + (ends[i] ?? start) - start : sum),
    0,
  );
}

/** Words that stand like this in `known` are nobody's own. */
function takeOut(
  isOwn: boolean[],
  words: readonly string[],
  { run, known }: { run: number; known: readonly string[] },
): void {
  const runs = new Set(known.map((_, at) => runAt(known, at, run)));
  for (let at = 0; at + run <= words.length; at += 1) {
    if (runs.has(runAt(words, at, run))) isOwn.fill(false, at, at + run);
  }
}

/** No word: a run over it is none. */
const GAP = '\n';

/** The words without the first stretch that is exactly these. */
function without(words: readonly string[], stretch: readonly string[]): readonly string[] {
  const [first, second] = stretch;
  let tries = 0;
  for (let at = 0; at + stretch.length <= words.length && tries < MAX_PLACES; at += 1) {
    if (words[at] !== first || words[at + 1] !== second) continue;
    tries += 1;
    if (!stretch.every((word, i) => words[at + i] === word)) continue;
    return [...words.slice(0, at), GAP, ...words.slice(at + stretch.length)];
  }
  return words;
}

/** Which words begin in one of the ranges, which are in their order. */
function ownWords(starts: readonly number[], own: AiSpan['own']): boolean[] {
  let at = 0;
  return starts.map((start) => {
    while ((own[at]?.[1] ?? Number.POSITIVE_INFINITY) <= start) at += 1;
    return start >= (own[at]?.[0] ?? Number.POSITIVE_INFINITY);
  });
}
