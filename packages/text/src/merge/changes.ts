import { splitBlocks } from './blocks.js';
import { hunksBetween } from './hunks.js';

/** `[from, to)` of the text before, in UTF-16 units, gives way to `insert`. */
export interface TextChange {
  from: number;
  to: number;
  insert: string;
}

const unitsOf = (source: string): string[] => {
  const { lead, blocks } = splitBlocks(source);
  return [lead, ...blocks.map(({ text, gap }) => text + gap)];
};

const isLowSurrogate = (unit: number): boolean => (unit & 0xfc00) === 0xdc00;

/** Leaves out what a stretch and its successor have in common at both ends. */
function narrowed(offset: number, before: string, after: string): TextChange {
  const limit = Math.min(before.length, after.length);
  let start = 0;
  while (start < limit && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  let tail = 0;
  const charFromEnd = (text: string) => text.charCodeAt(text.length - 1 - tail);
  while (tail < limit - start && charFromEnd(before) === charFromEnd(after)) tail += 1;
  // No character is halved.
  const isHalved = (at: number) =>
    isLowSurrogate(before.charCodeAt(at)) || isLowSurrogate(after.charCodeAt(at));
  if (start > 0 && isHalved(start)) start -= 1;
  if (tail > 0 && isLowSurrogate(before.charCodeAt(before.length - tail))) tail -= 1;
  return {
    from: offset + start,
    to: offset + before.length - tail,
    insert: after.slice(start, after.length - tail),
  };
}

/**
 * The places in which two texts differ, in order and apart, so that an editor can follow a text from
 * elsewhere and leave caret and composition where they are.
 */
export function changesBetween(before: string, after: string): TextChange[] {
  const [units, next] = [unitsOf(before), unitsOf(after)];
  const changes: TextChange[] = [];
  let offset = 0;
  let at = 0;
  for (const { start, end, from, to } of hunksBetween(units, next)) {
    for (; at < start; at += 1) offset += units[at]?.length ?? 0;
    const old = units.slice(start, end).join('');
    changes.push(narrowed(offset, old, next.slice(from, to).join('')));
    offset += old.length;
    at = end;
  }
  return changes;
}
