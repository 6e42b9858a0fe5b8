import type { Html, List, ListItem, Nodes, Parents, Root } from 'mdast';
import { visit } from 'unist-util-visit';
import { inOneLine } from './dollar-math.js';

/**
 * Makes the tree say what the source says where the parser does not: whether lists are loose (it
 * gets that wrong in quotes and footnotes), and a tag alone in the next line of a paragraph. Takes
 * away what the writing could not keep: space around raw HTML, line ends in code and formulas of a
 * line, several kinds of line ends.
 */
export function tidy(root: Root): void {
  visit(root, (node) => {
    if ('value' in node) node.value = node.value.replace(/\r\n?/g, '\n');
    if (node.type === 'html') node.value = node.value.replace(/^[ \t]+|\n+$/g, '');
    if (node.type === 'inlineCode') node.value = node.value.replaceAll('\n', ' ');
    if (node.type === 'inlineMath') node.value = inOneLine(node.value);
    if (node.type === 'inlineMath' || node.type === 'math') renewHtml(node);
    if (node.type === 'footnoteDefinition') emptyBlankLines(node);
    if (node.type === 'list') tidyList(node);
    if ('children' in node) joinLoneTags(node);
  });
}

function tidyList(list: List): void {
  list.spread = hasGap(list);
  for (const item of list.children) {
    item.spread = hasGap(item);
    const [first] = item.children;
    const text = first?.type === 'paragraph' ? first.children[0] : undefined;
    // After the box of a task one character is taken off, of two that may end its line.
    if (typeof item.checked === 'boolean' && text?.type === 'text') {
      text.value = text.value.replace(/^\n/, '');
    }
  }
}

/** Whether an empty line stands between two children. */
function hasGap({ children }: List | ListItem): boolean {
  return children.some((child, i) => {
    const next = children[i + 1]?.position?.start.line;
    return next !== undefined && next - lastLine(child) > 1;
  });
}

/** Where a block ends, the empty lines after it left out. */
function lastLine(node: Nodes): number {
  if (node.type === 'list' || node.type === 'listItem') {
    const last = node.children.at(-1);
    return last ? lastLine(last) : (node.position?.start.line ?? 0);
  }
  return node.position?.end.line ?? 0;
}

/** A tag in the lazy line after an item or quote is part of its paragraph. @see https://spec.commonmark.org/0.31.2/#html-blocks */
function joinLoneTags(parent: Parents): void {
  parent.children.forEach((node, i) => {
    const before = parent.children[i - 1];
    if (node.type !== 'html' || before?.type !== 'paragraph') return;
    const isNextLine = node.position?.start.line === (before.position?.end.line ?? 0) + 1;
    if (!isNextLine || !isInlineTag(node) || !/^\s*<[^<>]*>\s*$/.test(node.value)) return;
    node.value = node.value.trimEnd();
    before.children.push({ type: 'text', value: '\n' }, node);
    parent.children.splice(i, 1);
  });
}

const INLINE_TAG =
  /^\s*<\/?(?:a|abbr|b|bdi|bdo|br|cite|code|data|del|dfn|em|font|i|img|ins|kbd|mark|q|rp|rt|ruby|s|samp|small|span|strong|sub|sup|time|u|var|wbr)[\s/>]/i;

/** Whether raw HTML is of the kind that ends no paragraph. */
export function isInlineTag({ value }: Html): boolean {
  return INLINE_TAG.test(value);
}

/** The parser leaves the indent of a footnote in such lines: it would grow with every writing. */
function emptyBlankLines(footnote: Nodes): void {
  visit(footnote, ['code', 'math'], (node) => {
    if ('value' in node) node.value = node.value.replace(/^[ \t]+$/gm, '');
  });
}

/** Formulas carry what HTML is made of beside their value. */
function renewHtml(node: Extract<Nodes, { type: 'math' | 'inlineMath' }>): void {
  const text = { type: 'text' as const, value: node.value };
  const [first] = node.data?.hChildren ?? [];
  if (first?.type === 'element') first.children = [text];
  else if (node.data?.hChildren) node.data.hChildren = [text];
}
