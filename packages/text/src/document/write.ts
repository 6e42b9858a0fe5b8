import type {
  AlignType,
  BlockContent,
  DefinitionContent,
  List,
  ListItem,
  RootContent,
  Table,
} from 'mdast';
import { parseMarkdown } from '../markdown/codec.js';
import { CALLOUT_KINDS, type Callout, type CalloutKind } from '../markdown/nodes.js';
import { type DocumentNode, wordOf } from './nodes.js';
import { writeInline } from './write-inline.js';

type Block = BlockContent | DefinitionContent;

/** Whether a block says nothing that Markdown could keep. */
export function isEmptyBlock(node: DocumentNode): boolean {
  if (node.type === 'rawBlock') return textOf(node).trim() === '';
  return node.type === 'paragraph' && writeInline(node.content).length === 0;
}

/** Writes a block as the tree of Markdown; `isFirst` where front matter may stand. */
export function writeBlock(node: DocumentNode, isFirst = false): RootContent {
  if (node.type === 'rawBlock') return writeRaw(textOf(node), isFirst);
  return writeFlow(node);
}

function writeFlow(node: DocumentNode): Block {
  switch (node.type) {
    case 'paragraph':
      return { type: 'paragraph', children: writeInline(node.content) };
    case 'heading':
      return { type: 'heading', depth: depthOf(node), children: writeInline(node.content) };
    case 'blockquote':
      return { type: 'blockquote', children: writeBlocks(node.content) };
    case 'callout':
      return writeCallout(node);
    case 'codeBlock': {
      const lang = wordOf(node, 'language');
      return { type: 'code', lang, meta: wordOf(node, 'meta'), value: textOf(node) };
    }
    case 'mathBlock':
      return { type: 'math', value: wordOf(node, 'latex') ?? '', meta: wordOf(node, 'meta') };
    case 'horizontalRule':
      return { type: 'thematicBreak' };
    case 'bulletList':
    case 'orderedList':
      return writeList(node);
    case 'table':
      return writeTable(node);
    case 'footnote': {
      const label = wordOf(node, 'label') ?? '';
      const children = writeBlocks(node.content);
      return { type: 'footnoteDefinition', identifier: label.toLowerCase(), label, children };
    }
    default:
      throw new Error(`No Markdown for the block ${node.type}`);
  }
}

const textOf = ({ content = [] }: DocumentNode): string =>
  content.map(({ text = '' }) => text).join('');

function writeBlocks(content: readonly DocumentNode[] = []): Block[] {
  return content.filter((node) => !isEmptyBlock(node)).map((node) => writeBlock(node) as Block);
}

/** The node that the source is, so that it keeps its distance to its neighbours; else the source alone. */
function writeRaw(source: string, isFirst: boolean): RootContent {
  const [node, ...others] = parseMarkdown(source).children;
  const isOne = node && others.length === 0;
  if (isOne && node.type === 'yaml') {
    return isFirst ? node : { type: 'code', lang: 'yaml', value: source };
  }
  if (isOne && (node.type === 'definition' || node.type === 'html')) return node;
  return { type: 'html', value: source };
}

const DEPTHS = [1, 2, 3, 4, 5, 6] as const;
const depthOf = ({ attrs }: DocumentNode) => DEPTHS.find((depth) => depth === attrs?.level) ?? 1;

const kindOf = (node: DocumentNode): CalloutKind =>
  CALLOUT_KINDS.find((kind) => kind === node.attrs?.kind) ?? 'note';

function writeCallout(node: DocumentNode): Callout {
  const [first, ...rest] = node.content ?? [];
  const title = first?.type === 'calloutTitle' ? writeInline(first.content, 'title') : [];
  const body = writeBlocks(first?.type === 'calloutTitle' ? rest : node.content);
  const children: Callout['children'] =
    title.length > 0 ? [{ type: 'calloutTitle', children: title }, ...body] : body;
  return { type: 'callout', kind: kindOf(node), children };
}

function writeList(node: DocumentNode): List {
  const ordered = node.type === 'orderedList';
  const start = typeof node.attrs?.start === 'number' ? node.attrs.start : 1;
  return {
    type: 'list',
    ordered,
    start: ordered ? start : null,
    spread: node.attrs?.spread === true,
    children: (node.content ?? []).map(writeItem),
  };
}

function writeItem(node: DocumentNode): ListItem {
  const checked = typeof node.attrs?.checked === 'boolean' ? node.attrs.checked : null;
  const spread = node.attrs?.spread === true;
  return { type: 'listItem', spread, checked, children: writeBlocks(node.content) };
}

const ALIGNS = ['left', 'right', 'center'] as const;
const alignOf = ({ attrs }: DocumentNode): AlignType =>
  ALIGNS.find((align) => align === attrs?.align) ?? null;

function writeTable({ content: rows = [] }: DocumentNode): Table {
  const header = rows[0]?.content ?? [];
  return {
    type: 'table',
    align: header.map(alignOf),
    children: rows.map((row) => ({
      type: 'tableRow',
      children: (row.content ?? []).map((cell) => ({
        type: 'tableCell',
        children: writeInline(cell.content?.[0]?.content, 'cell'),
      })),
    })),
  };
}
