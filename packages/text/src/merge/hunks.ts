import { diffArrays } from 'diff';

/** `[start, end)` of the base became `[from, to)` of the other list; neither holds a common part. */
export interface Hunk {
  start: number;
  end: number;
  from: number;
  to: number;
}

/** The work grows with the square of the edits; with more of them the changed stretch is one hunk. */
const MAX_EDITS = 500;

/** How a list of texts became another, as few hunks in order, each apart from the next. */
export function hunksBetween(base: readonly string[], other: readonly string[]): Hunk[] {
  let start = 0;
  const limit = Math.min(base.length, other.length);
  while (start < limit && base[start] === other[start]) start += 1;
  let tail = 0;
  while (tail < limit - start && base.at(-1 - tail) === other.at(-1 - tail)) tail += 1;
  const end = base.length - tail;
  const to = other.length - tail;
  if (start === end && start === to) return [];

  // Numbers, so that comparing long texts with long common beginnings costs nothing.
  const numbers = new Map<string, number>();
  const number = (text: string): number => {
    const known = numbers.get(text) ?? numbers.size;
    numbers.set(text, known);
    return known;
  };
  const changes = diffArrays(
    base.slice(start, end).map(number),
    other.slice(start, to).map(number),
    {
      maxEditLength: MAX_EDITS,
    },
  );
  if (!changes) return [{ start, end, from: start, to }];

  const hunks: Hunk[] = [];
  let [at, otherAt] = [start, start];
  let open: Hunk | null = null;
  for (const { added, removed, count } of changes) {
    if (!added && !removed) {
      at += count;
      otherAt += count;
      open = null;
      continue;
    }
    if (!open) {
      open = { start: at, end: at, from: otherAt, to: otherAt };
      hunks.push(open);
    }
    if (removed) open.end = at += count;
    else open.to = otherAt += count;
  }
  return hunks;
}
