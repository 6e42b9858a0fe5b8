import type { Root } from 'mdast';
import remarkStringify from 'remark-stringify';
import { unified } from 'unified';
import { remarkRead } from './remark-read.js';
import { markdownSyntax } from './syntax.js';

const processor = unified()
  .use(remarkRead)
  .use(markdownSyntax)
  .use(remarkStringify, {
    bullet: '-',
    emphasis: '*',
    strong: '*',
    fence: '`',
    fences: true,
    // A line of hyphens at the very beginning would be front matter.
    rule: '*',
    listItemIndent: 'one',
    resourceLink: false,
  })
  .freeze();

/** The tree of a Markdown source: mdast, with the nodes of `nodes.ts`. */
export function parseMarkdown(markdown: string): Root {
  return processor.parse(markdown);
}

/**
 * Writes a tree as Markdown in our normal form: `-` for lists, `*` and `**` for emphasis, fences for
 * code. Writing what was read is a fixed point: parsed and written again it stays as it is.
 */
export function serializeMarkdown(tree: Root): string {
  return processor.stringify(tree);
}
