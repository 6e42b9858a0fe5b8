import {
  compareMarkdown,
  type MergeChoice,
  type MergeChunk,
  mergeMarkdown,
  resolveChunks,
} from '@ainotebook/text/merge';
import { mergeTitle } from './merge-note.js';
import type { Conflict, NoteText } from './save-types.js';

/** Two texts as what is settled between them and the places that need a choice. */
export interface Places {
  /** The title of both; null when it needs a choice. */
  title: string | null;
  chunks: MergeChunk[];
  /** How many choices the text needs, beside the title's. */
  count: number;
}

export interface Choices {
  title: 'mine' | 'theirs';
  /** One for each overlapping place of the text, in order. */
  text: MergeChoice[];
}

export function placesOf(mine: NoteText, { base, theirs }: Conflict): Places {
  const isTitleSame = mine.title.trim() === theirs.title.trim();
  const title = base
    ? mergeTitle(base.title, mine.title, theirs.title)
    : isTitleSame
      ? mine.title
      : null;
  const chunks = base ? merged(base, mine, theirs) : compareMarkdown(mine.content, theirs.content);
  return { title, chunks, count: chunks.filter(({ kind }) => kind === 'overlap').length };
}

function merged(base: NoteText, mine: NoteText, theirs: NoteText): MergeChunk[] {
  const result = mergeMarkdown(base.content, mine.content, theirs.content);
  if (result.status === 'overlap') return result.chunks;
  return [{ kind: 'settled', from: 'both', text: result.text }];
}

/** The note that the choices make. */
export function resolvePlaces(
  { title, chunks }: Places,
  choices: Choices,
  titles: Record<'mine' | 'theirs', string>,
): NoteText {
  return {
    title: title ?? titles[choices.title],
    content: resolveChunks(chunks, choices.text),
  };
}
