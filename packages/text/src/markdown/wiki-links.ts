import { visit } from 'unist-util-visit';
import { isParsable } from '../html/limits.js';
import { parseMarkdown } from './codec.js';

/** Links taken of one text. */
const MAX_LINKS = 1_000;
const MAX_LENGTH = 1_000_000;

/** A wiki link with its place in the source, `[start, end)` in UTF-16 units. */
export interface WikiLinkPlace {
  target: string;
  alias: string | null;
  start: number;
  end: number;
}

/**
 * The wiki links of a Markdown source in their order, those in code, math and front matter left out;
 * at most 1,000. None of a source that cannot be parsed in reasonable time.
 */
export function extractWikiLinks(markdown: string): WikiLinkPlace[] {
  if (!markdown.includes('[[') || !isParsable(markdown, MAX_LENGTH)) return [];
  const found: WikiLinkPlace[] = [];
  visit(parseMarkdown(markdown), 'wikiLink', ({ target, alias, position }) => {
    const start = position?.start.offset;
    const end = position?.end.offset;
    if (start === undefined || end === undefined) return;
    if (found.length < MAX_LINKS) found.push({ target, alias, start, end });
  });
  return found;
}
