import { isParsable } from '../html/limits.js';
import { parseMarkdown, serializeMarkdown } from '../markdown/codec.js';
import type { DocumentNode } from './nodes.js';
import { readBlock } from './read.js';
import { isEmptyBlock, writeBlock } from './write.js';

export type { DocumentMark, DocumentNode } from './nodes.js';

const MAX_LENGTH = 1_000_000;

/** A block of a document with the Markdown it was read from, and the white space after that. */
export interface SourceBlock {
  node: DocumentNode;
  source: string;
  gap: string;
}

/** Whether a source can be parsed in reasonable time; others are for the editor of the source. */
export function canBeDocument(markdown: string): boolean {
  return isParsable(markdown, MAX_LENGTH);
}

/**
 * Reads Markdown as blocks of the rich editor. `lead` and the sources and gaps of the blocks, joined, are
 * the Markdown again, character by character.
 */
export function readDocument(markdown: string): { lead: string; blocks: SourceBlock[] } {
  const { children } = parseMarkdown(markdown);
  const starts = children.map(({ position }) => position?.start.offset ?? 0);
  const blocks = children.map((child, i): SourceBlock => {
    const whole = markdown.slice(starts[i], starts[i + 1] ?? markdown.length);
    const source = whole.trimEnd();
    return { node: readBlock(child), source, gap: whole.slice(source.length) };
  });
  return { lead: markdown.slice(0, starts[0] ?? markdown.length), blocks };
}

/**
 * Writes blocks that follow each other as Markdown in the normal form, without a line end; empty
 * paragraphs are left out. `isFirst` where they begin the text.
 */
export function writeDocument(nodes: readonly DocumentNode[], isFirst = true): string {
  const children = nodes
    .filter((node) => !isEmptyBlock(node))
    .map((node, i) => writeBlock(node, isFirst && i === 0));
  return serializeMarkdown({ type: 'root', children }).replace(/\n+$/, '');
}
