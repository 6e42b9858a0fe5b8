import type { List, ListItem, Paragraph, RootContent, Table } from 'mdast';
import { serializeMarkdown } from '../markdown/codec.js';
import type { Callout } from '../markdown/nodes.js';
import type { DocumentNode } from './nodes.js';
import { readInline } from './read-inline.js';

/** Reads one block of a parsed text. What the editor has no node for becomes its source. */
export function readBlock(node: RootContent): DocumentNode {
  switch (node.type) {
    case 'paragraph':
      return textBlock('paragraph', readInline(node.children));
    case 'heading':
      return { ...textBlock('heading', readInline(node.children)), attrs: { level: node.depth } };
    case 'blockquote':
      return { type: 'blockquote', content: readBlocks(node.children) };
    case 'callout':
      return readCallout(node);
    case 'code': {
      const attrs = { language: node.lang ?? null, meta: node.meta ?? null };
      return { ...textBlock('codeBlock', plain(node.value)), attrs };
    }
    case 'math':
      return { type: 'mathBlock', attrs: { latex: node.value, meta: node.meta ?? null } };
    case 'thematicBreak':
      return { type: 'horizontalRule' };
    case 'list':
      return readList(node);
    case 'table':
      return isRegular(node) ? readTable(node) : rawBlock(node);
    case 'footnoteDefinition': {
      const attrs = { label: node.label ?? node.identifier };
      return { type: 'footnote', attrs, content: readBlocks(node.children) };
    }
    default:
      return rawBlock(node);
  }
}

/** At least one block, as every container of the editor wants it. */
function readBlocks(nodes: readonly RootContent[]): DocumentNode[] {
  return nodes.length > 0 ? nodes.map(readBlock) : [{ type: 'paragraph' }];
}

const textBlock = (type: string, content: DocumentNode[]): DocumentNode =>
  content.length > 0 ? { type, content } : { type };

const plain = (text: string): DocumentNode[] => (text === '' ? [] : [{ type: 'text', text }]);

function rawBlock(node: RootContent): DocumentNode {
  const source = serializeMarkdown({ type: 'root', children: [node] });
  return textBlock('rawBlock', plain(source.replace(/\n+$/, '')));
}

function readCallout({ kind, children }: Callout): DocumentNode {
  const [first, ...rest] = children;
  const title = first?.type === 'calloutTitle' ? first : null;
  const body = title ? rest : children;
  return {
    type: 'callout',
    attrs: { kind },
    content: [
      textBlock('calloutTitle', title ? readInline(title.children) : []),
      ...readBlocks(body),
    ],
  };
}

function readList(list: List): DocumentNode {
  const spread = list.spread ?? false;
  const content = list.children.map(readItem);
  return list.ordered
    ? { type: 'orderedList', attrs: { start: list.start ?? 1, spread }, content }
    : { type: 'bulletList', attrs: { spread }, content };
}

function readItem({ checked, spread, children }: ListItem): DocumentNode {
  // The editor's items begin with a line of text; an empty one is left out again when written.
  const lead: Paragraph[] =
    children[0]?.type === 'paragraph' ? [] : [{ type: 'paragraph', children: [] }];
  return {
    type: 'listItem',
    attrs: { checked: checked ?? null, spread: spread ?? false },
    content: [...lead, ...children].map(readBlock),
  };
}

/** Whether no row is longer than the header. */
function isRegular({ children: [header, ...rows] }: Table): boolean {
  const width = header?.children.length ?? 0;
  return width > 0 && rows.every((row) => row.children.length <= width);
}

function readTable({ align, children }: Table): DocumentNode {
  const width = children[0]?.children.length ?? 0;
  return {
    type: 'table',
    content: children.map((row, i) => ({
      type: 'tableRow',
      content: Array.from({ length: width }, (_, column) => ({
        type: i === 0 ? 'tableHeader' : 'tableCell',
        attrs: { align: align?.[column] ?? null },
        content: [textBlock('paragraph', readInline(row.children[column]?.children ?? [], true))],
      })),
    })),
  };
}
