import { frontMatterEnd } from '../markdown/front-matter.js';
import { excerptOf } from './plain-text.js';

/** Blocks that everybody may read where the author said nothing. */
const DEFAULT_BLOCKS = 3;
/** UTF-16 units that they have at most. */
const DEFAULT_LENGTH = 1_200;
/** Of a text that cannot be cut between blocks, as words. */
const OPENING_LENGTH = 160;

const FENCE = /^ {0,3}(`{3,}|~{3,}|\${2,})(.*)$/;

/** Where the blocks of a Markdown source end: what stands between empty lines, code and formulas whole. */
function blockEnds(markdown: string, start: number): number[] {
  const ends: number[] = [];
  let fence: string | null = null;
  let last = -1;
  let at = start;
  for (const line of markdown.slice(start).split('\n')) {
    const [, mark, rest = ''] = FENCE.exec(line.trimEnd()) ?? [];
    if (fence !== null) {
      if (mark?.startsWith(fence) && rest.trim() === '') fence = null;
    } else if (mark && !rest.includes(mark)) {
      fence = mark;
    }
    if (line.trim() !== '') last = at + line.length;
    else if (fence === null && last >= 0) {
      ends.push(last);
      last = -1;
    }
    at += line.length + 1;
  }
  if (last >= 0) ends.push(last);
  return ends;
}

const HEADING = /^ {0,3}#{1,6}(\s|$)/;

/** Whether the last of some blocks is nothing but a heading. */
function isHeading(markdown: string, ends: readonly number[]): boolean {
  const block = markdown.slice(ends.at(-2) ?? 0, ends.at(-1)).trim();
  return HEADING.test(block) && !block.includes('\n');
}

/**
 * The beginning of a Markdown source for readers who may not read all of it: `blocks` paragraphs, or
 * the first few for null. Never the last one; of a text in one piece its first words. Linear in the
 * source; takes no parser, so a block is what stands between empty lines.
 */
export function previewOf(markdown: string, blocks: number | null = null): string {
  const start = frontMatterEnd(markdown);
  const ends = blockEnds(markdown, start);
  const open = ends.slice(0, -1);
  const shown =
    blocks === null
      ? open.slice(0, DEFAULT_BLOCKS).filter((end) => end - start <= DEFAULT_LENGTH)
      : open.slice(0, blocks);
  // A heading alone promises what does not follow.
  while (shown.length > 1 && isHeading(markdown, shown)) shown.pop();
  const end = shown.at(-1);
  if (end !== undefined) return markdown.slice(start, end).trim();
  if (blocks !== null) return '';
  const first = markdown.slice(start, ends[0] ?? start).trim();
  const length = Math.min(OPENING_LENGTH, Math.floor(first.length / 3));
  return length > 0 ? excerptOf(first, length) : '';
}
