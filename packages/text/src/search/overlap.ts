import { beginsWithHeading, SENTENCE_END } from './chunk.js';

/** Longest overlap, in UTF-16 units. */
export const MAX_OVERLAP_LENGTH = 200;

/**
 * The last sentences of the passage before, to be read together with a passage that goes on in the
 * middle of a section: what "it" means stands there. A suffix of `previous`, whole sentences where
 * one ends in reach, never half a surrogate pair; empty where the passage begins with a heading.
 */
export function overlapOf(previous: string, text: string): string {
  if (previous.trim() === '' || beginsWithHeading(text)) return '';
  if (previous.length <= MAX_OVERLAP_LENGTH) return previous;
  const window = previous.slice(-MAX_OVERLAP_LENGTH);
  for (const match of window.matchAll(SENTENCE_END)) {
    const rest = window.slice(match.index + match[0].length);
    if (rest.trim() !== '') return rest;
    break;
  }
  const space = window.search(/\s\S/u) + 1;
  if (space > 0) return window.slice(space);
  return /^[\uDC00-\uDFFF]/.test(window) ? window.slice(1) : window;
}
