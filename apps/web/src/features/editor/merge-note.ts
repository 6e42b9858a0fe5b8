import { mergeMarkdown } from '@ainotebook/text/merge';
import { sameText } from './save-rules.js';
import type { NoteText } from './save-types.js';

const isSameTitle = (a: string, b: string): boolean => a.trim() === b.trim();

/** The one title of both; null when both changed it, each in another way. */
export function mergeTitle(base: string, mine: string, theirs: string): string | null {
  if (isSameTitle(mine, theirs) || isSameTitle(theirs, base)) return mine;
  return isSameTitle(mine, base) ? theirs : null;
}

/** Merges two texts that were made from `base`; null when a person has to choose. */
function mergeNotes(base: NoteText, mine: NoteText, theirs: NoteText): NoteText | null {
  const title = mergeTitle(base.title, mine.title, theirs.title);
  if (title === null) return null;
  const content = mergeMarkdown(base.content, mine.content, theirs.content);
  return content.status === 'merged' ? { title, content: content.text } : null;
}

interface Meeting {
  /** The text both were made from. */
  base: NoteText;
  /** Texts of ours that may have reached the server, oldest first. */
  sent: readonly NoteText[];
  mine: NoteText;
  theirs: NoteText;
}

/**
 * Merges our text with the server's; null when a person has to choose. A text we sent whose every
 * change is in theirs did arrive: then theirs was made from it, and it is the better base.
 */
export function mergeWithServer({ base, sent, mine, theirs }: Meeting): NoteText | null {
  const arrived = sent.findLast((text) => {
    const merged = mergeNotes(base, text, theirs);
    return merged !== null && sameText(merged, theirs);
  });
  return mergeNotes(arrived ?? base, mine, theirs);
}
