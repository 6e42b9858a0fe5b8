import { canBeDocument, type DocumentNode, readDocument } from '@ainotebook/text/document';
import { Fragment, type Node, type Schema, Slice } from '@tiptap/pm/model';
import { diffArrays } from 'diff';
import type { Placing } from '../assist/assist-types.js';
import { tokensOf } from './assist-tokens.js';

/** A stretch of the document and what is to stand in its place. */
export interface Change {
  from: number;
  to: number;
  slice: Slice;
}

/** What is worked on: words of one line, whole blocks, or nothing but a place. */
export interface Target {
  from: number;
  to: number;
  kind: 'words' | 'blocks' | 'caret';
}

/** Of two texts that share less than this, one is shown in place of the other. */
const SHARED = 0.35;

/** The blocks of a text of a model. Pictures and HTML that are not of the passage come as their words. */
export function blocksOf(schema: Schema, markdown: string, known: ReadonlySet<string>): Node[] {
  const nodes: DocumentNode[] = canBeDocument(markdown)
    ? readDocument(markdown).blocks.map(({ node }) => plainly(node, known))
    : markdown.split(/\n{2,}/).map((text) => ({
        type: 'paragraph',
        content: [{ type: 'text', text: text.replaceAll('\n', ' ') }],
      }));
  return nodes.map((node) => schema.nodeFromJSON(node));
}

/**
 * What the passage itself shows or has as HTML. Only that may come back: the address of a picture is
 * fetched once it is seen, and could tell somebody what the note says.
 */
export function sourcesIn(doc: Node, { from, to }: Pick<Target, 'from' | 'to'>): Set<string> {
  const known = new Set<string>();
  doc.nodesBetween(from, to, (node) => {
    const source = sourceOf(node.toJSON());
    if (source !== null) known.add(source);
  });
  return known;
}

function sourceOf({ type, attrs, content = [] }: DocumentNode): string | null {
  if (type === 'image') return String(attrs?.src);
  if (type === 'rawInline') return String(attrs?.source);
  return type === 'rawBlock' ? content.map(({ text = '' }) => text).join('') : null;
}

function plainly(node: DocumentNode, known: ReadonlySet<string>): DocumentNode {
  const source = sourceOf(node);
  if (source === null || known.has(source)) {
    return node.content
      ? { ...node, content: node.content.map((child) => plainly(child, known)) }
      : node;
  }
  // A line always has some text: an empty one is no node.
  const words = node.type === 'image' ? String(node.attrs?.alt || '▢') : source;
  const text = words.trim() === '' ? '▢' : words.replaceAll('\n', ' ');
  return node.type === 'rawBlock'
    ? { type: 'paragraph', content: [{ type: 'text', text }] }
    : { type: 'text', text, ...(node.marks ? { marks: node.marks } : {}) };
}

/** What a text would make of the document: changes that do not touch each other, in their order. */
export function changesFor(
  doc: Node,
  target: Target,
  { blocks, placing }: { blocks: readonly Node[]; placing: Placing },
): Change[] {
  if (blocks.length === 0) return [];
  if (placing === 'below') return [below(doc, target.to, blocks)];
  if (target.kind === 'caret' || placing === 'continue') {
    return [inserted(doc, target.to, blocks)];
  }
  const { from, to } = target;
  if (target.kind === 'blocks') {
    const { content } = doc.slice(from, to);
    return blockChanges(content.content, blocks, from);
  }
  const [first] = blocks;
  const line = doc.resolve(from).parent;
  if (blocks.length === 1 && first?.type.name === 'paragraph') {
    return wordChanges(doc.slice(from, to).content, first.content, from);
  }
  return [{ from, to, slice: fitting(line, doc.resolve(from).node(-1), blocks) }];
}

function below(doc: Node, pos: number, blocks: readonly Node[]): Change {
  const $pos = doc.resolve(pos);
  const block = $pos.depth > 0 ? $pos.node(1) : null;
  const isEmpty = block?.type.name === 'paragraph' && block.content.size === 0;
  const to = $pos.depth > 0 ? $pos.after(1) : pos;
  const from = isEmpty ? $pos.before(1) : to;
  return { from, to, slice: new Slice(Fragment.from([...blocks]), 0, 0) };
}

function inserted(doc: Node, pos: number, blocks: readonly Node[]): Change {
  const $pos = doc.resolve(pos);
  const line = $pos.parent;
  if (!line.isTextblock) {
    return { from: pos, to: pos, slice: new Slice(Fragment.from([...blocks]), 0, 0) };
  }
  const all = Fragment.from([...blocks]);
  if (line.content.size === 0 && $pos.depth > 0) {
    const parent = $pos.node(-1);
    const index = $pos.index(-1);
    if (parent.canReplace(index, index + 1, all)) {
      return { from: $pos.before(), to: $pos.after(), slice: new Slice(all, 0, 0) };
    }
  }
  const spaced = withSpace(line.textBetween(0, $pos.parentOffset, undefined, '\ufffc'), blocks);
  return {
    from: pos,
    to: pos,
    slice: fitting(line, $pos.depth > 0 ? $pos.node(-1) : null, spaced),
  };
}

/** Latin words do not run into each other. */
function withSpace(before: string, blocks: readonly Node[]): Node[] {
  const [first, ...rest] = blocks;
  const text = first?.isTextblock ? first.textContent : '';
  const isApart =
    !/[\p{Script=Latin}\d.,;:!?)]$/u.test(before) || !/^[\p{Script=Latin}\d(]/u.test(text);
  if (!first || isApart) return [...blocks];
  const space = first.type.schema.text(' ');
  return [first.copy(Fragment.from(space).append(first.content)), ...rest];
}

/** Blocks in a line: they join it at both ends, or become words of it where it may hold no others. */
function fitting(line: Node, parent: Node | null, blocks: readonly Node[]): Slice {
  const isFree = line.type.name === 'paragraph' && !/^table/.test(parent?.type.name ?? '');
  const [first, last] = [blocks[0], blocks.at(-1)];
  if (isFree && first && last) {
    const open = (node: Node) => (node.type.name === 'paragraph' ? 1 : 0);
    return new Slice(Fragment.from([...blocks]), open(first), open(last));
  }
  const words = blocks.reduce((all, block, i) => {
    const space = i > 0 ? Fragment.from(block.type.schema.text(' ')) : Fragment.empty;
    return all.append(space).append(wordsOf(block));
  }, Fragment.empty);
  return new Slice(words, 0, 0);
}

function wordsOf(block: Node): Fragment {
  if (block.isTextblock && block.type.spec.code !== true) return block.content;
  const text = block.textBetween(0, block.content.size, ' ', ' ').trim();
  return text === '' ? Fragment.empty : Fragment.from(block.type.schema.text(text));
}

/** Blocks against blocks; those of one kind are compared inside. */
function blockChanges(old: readonly Node[], fresh: readonly Node[], start: number): Change[] {
  const keys = (nodes: readonly Node[]) => nodes.map((node) => JSON.stringify(node.toJSON()));
  const places = startsOf(old, start);
  return hunksOf(keys(old), keys(fresh)).flatMap(({ before, after }) => {
    const [was, is] = [old.slice(...before), fresh.slice(...after)];
    if (was.length === is.length) {
      return was.flatMap((node, i) => {
        const next = is[i];
        const from = places[before[0] + i] ?? start;
        return next ? pairChanges(node, next, from) : [];
      });
    }
    const from = places[before[0]] ?? start;
    const to = places[before[1]] ?? start;
    return [{ from, to, slice: new Slice(Fragment.from(is), 0, 0) }];
  });
}

const CONTAINERS = new Set(['bulletList', 'orderedList', 'listItem', 'blockquote']);

function pairChanges(node: Node, next: Node, from: number): Change[] {
  if (node.sameMarkup(next)) {
    if (node.isTextblock && node.type.spec.code !== true) {
      return wordChanges(node.content, next.content, from + 1);
    }
    if (CONTAINERS.has(node.type.name)) {
      return blockChanges(node.content.content, next.content.content, from + 1);
    }
  }
  return [{ from, to: from + node.nodeSize, slice: new Slice(Fragment.from(next), 0, 0) }];
}

/** Where each node begins, and where the last one ends. */
function startsOf(nodes: readonly Node[], start: number): number[] {
  const places = [start];
  for (const { nodeSize } of nodes) places.push((places.at(-1) ?? start) + nodeSize);
  return places;
}

/** Words against words, with their marks. */
function wordChanges(old: Fragment, fresh: Fragment, start: number): Change[] {
  if (old.eq(fresh)) return [];
  const [was, is] = [tokensOf(old), tokensOf(fresh)];
  const hunks = hunksOf(
    was.map(({ key }) => key),
    is.map(({ key }) => key),
  );
  const kept = was.length - hunks.reduce((sum, { before: [a, b] }) => sum + b - a, 0);
  const isOther = kept < SHARED * Math.max(was.length, is.length);
  const whole = { before: [0, was.length], after: [0, is.length] } as Hunk;
  const ends = [0];
  for (const { size } of was) ends.push((ends.at(-1) ?? 0) + size);
  return (isOther ? [whole] : joined(hunks, was)).map(({ before, after }) => ({
    from: start + (ends[before[0]] ?? 0),
    to: start + (ends[before[1]] ?? 0),
    slice: new Slice(Fragment.from(is.slice(...after).map(({ node }) => node)), 0, 0),
  }));
}

/** `[first, end)` on both sides. */
interface Hunk {
  before: [number, number];
  after: [number, number];
}

function hunksOf(old: readonly string[], fresh: readonly string[]): Hunk[] {
  const hunks: Hunk[] = [];
  let [a, b] = [0, 0];
  let open: Hunk | null = null;
  for (const { added, removed, value } of diffArrays([...old], [...fresh])) {
    if (!added && !removed) {
      a += value.length;
      b += value.length;
      open = null;
      continue;
    }
    if (!open) {
      open = { before: [a, a], after: [b, b] };
      hunks.push(open);
    }
    if (removed) a += value.length;
    else b += value.length;
    open.before[1] = a;
    open.after[1] = b;
  }
  return hunks;
}

/** Changes with nothing but white space between them are one. */
function joined(
  hunks: readonly Hunk[],
  words: readonly { key: string; isBlank: boolean }[],
): Hunk[] {
  const all: Hunk[] = [];
  for (const hunk of hunks) {
    const last = all.at(-1);
    const between = last ? words.slice(last.before[1], hunk.before[0]) : [];
    if (last && between.every(({ isBlank }) => isBlank)) {
      last.before[1] = hunk.before[1];
      last.after[1] = hunk.after[1];
    } else all.push({ before: [...hunk.before], after: [...hunk.after] });
  }
  return all;
}
