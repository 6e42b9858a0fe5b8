import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RevisionDiff } from '@ainotebook/contract';
import { diffArrays } from 'diff';
import pLimit from 'p-limit';
import { AppError } from '../errors.js';

type Part = RevisionDiff['content'][number];

// Bounds count work, not time, so that the same texts have the same answer on a busy machine. The
// algorithm's work grows with the square of the edits it must find; together a fifth of a second.
const LINE_EDITS = 1_000;
const WORD_EDITS = 1_000;
const WORD_WORK = 2_000_000;
/** Longer stretches are shown as replaced lines: the segmenter slows down on long strings. */
const STRETCH_LENGTH = 20_000;
const SEGMENTED_LENGTH = 200_000;

const words = new Intl.Segmenter('zh', { granularity: 'word' });

const toLines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+/g) ?? [];
const toWords = (text: string): string[] =>
  toLines(text).flatMap((line) => Array.from(words.segment(line), (word) => word.segment));

/** The changes between two lists of tokens; undefined when there are more than `maxEdits`. */
function compare(from: string[], to: string[], maxEdits: number) {
  const changes = diffArrays(from, to, { maxEditLength: maxEdits });
  if (!changes) return undefined;
  const parts = changes.map(
    (change): Part => ({
      kind: change.added ? 'added' : change.removed ? 'removed' : 'same',
      text: change.value.join(''),
    }),
  );
  const edits = changes.reduce((n, c) => n + (c.added || c.removed ? c.count : 0), 0);
  return { parts, edits };
}

/** Joins neighbours of one kind and leaves empty parts out. */
function merged(parts: readonly Part[]): Part[] {
  const result: Part[] = [];
  for (const part of parts) {
    if (part.text === '') continue;
    const last = result.at(-1);
    if (last?.kind === part.kind) last.text += part.text;
    else result.push({ ...part });
  }
  return result;
}

/**
 * What changed from one text to the other, by words of any language inside the lines that differ.
 * Parts other than `added` joined are `from`; other than `removed`, `to`. Bounded: what differs too
 * much is answered as replaced lines, or as replaced altogether.
 */
export function diffTexts(from: string, to: string): Part[] {
  const lines = compare(toLines(from), toLines(to), LINE_EDITS)?.parts ?? [
    { kind: 'removed', text: from },
    { kind: 'added', text: to },
  ];
  const parts: Part[] = [];
  let work = WORD_WORK;
  let length = SEGMENTED_LENGTH;
  for (let at = 0; at < lines.length; at += 1) {
    const [removed, added] = [lines[at], lines[at + 1]];
    if (!removed) break;
    parts.push(removed);
    if (removed.kind !== 'removed' || added?.kind !== 'added') continue;
    const size = removed.text.length + added.text.length;
    const maxEdits = Math.min(WORD_EDITS, Math.floor(Math.sqrt(work)));
    if (size > Math.min(STRETCH_LENGTH, length)) continue;
    length -= size;
    const inside = compare(toWords(removed.text), toWords(added.text), maxEdits);
    work -= (inside?.edits ?? maxEdits) ** 2;
    if (!inside) continue;
    parts.splice(-1, 1, ...inside.parts);
    at += 1;
  }
  return merged(parts);
}

/** Comparisons that may wait; each holds two texts. */
const MAX_WAITING = 50;
const oneAtATime = pLimit(1);

/**
 * `diffTexts`, one comparison at a time in this process and with a turn for everybody else before
 * each: the ten of a batch would hold up every other request until the last is done.
 * @throws AppError unavailable (too many wait)
 */
export async function diffInTurn(from: string, to: string): Promise<Part[]> {
  if (oneAtATime.pendingCount >= MAX_WAITING) {
    throw new AppError('unavailable', 'The server is busy; try again shortly', {
      retryAfterMs: 1000,
    });
  }
  return oneAtATime(async () => {
    await nextTurn();
    return diffTexts(from, to);
  });
}
