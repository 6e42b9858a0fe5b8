import { type Node, NodeRange } from '@tiptap/pm/model';
import type { EditorState, Transaction } from '@tiptap/pm/state';

/** Where blocks may change places with each other. */
const PARENTS = new Set(['doc', 'bulletList', 'orderedList', 'blockquote', 'callout', 'footnote']);

interface Blocks {
  parent: Node;
  /** Children `[first, end)` of it, from `from` to `to` in the document. */
  first: number;
  end: number;
  from: number;
  to: number;
}

/** The selected blocks, from the innermost that can move to the outermost. */
function selectedBlocks({ selection: { $from, $to } }: EditorState): Blocks[] {
  const all: Blocks[] = [];
  for (let depth = $from.depth; depth >= 0; depth -= 1) {
    if (!PARENTS.has($from.node(depth).type.name) || $to.pos > $from.end(depth)) continue;
    const { parent, startIndex, endIndex, start, end } = new NodeRange($from, $to, depth);
    if (startIndex < endIndex) {
      all.push({ parent, first: startIndex, end: endIndex, from: start, to: end });
    }
  }
  return all;
}

/** The block that begins at a place. */
function blockAt(doc: Node, pos: number): Blocks | null {
  const $pos = doc.resolve(pos);
  const node = $pos.nodeAfter;
  const first = $pos.index();
  return node && { parent: $pos.parent, first, end: first + 1, from: pos, to: pos + node.nodeSize };
}

/** The empty last line, which comes by itself, and the title of a callout stay where they are. */
function stays(parent: Node, index: number): boolean {
  const { type, content } = parent.child(index);
  if (type.name === 'calloutTitle') return true;
  const isLast = index === parent.childCount - 1;
  return parent.type.name === 'doc' && isLast && type.name === 'paragraph' && content.size === 0;
}

/**
 * Moves the selected blocks, or the one at `pos`, past their neighbour; at the end of a list the list
 * itself. The blocks stay the very nodes they were, and so keep their source. Null where there is no
 * neighbour.
 */
export function moveBlock(state: EditorState, by: 1 | -1, pos?: number): Transaction | null {
  const one = pos === undefined ? null : blockAt(state.doc, pos);
  for (const { parent, first, end, from, to } of one ? [one] : selectedBlocks(state)) {
    const index = by === 1 ? end : first - 1;
    if (index < 0 || index >= parent.childCount || stays(parent, index)) continue;
    if (stays(parent, first)) continue;
    const { tr } = state;
    const other = parent.child(index);
    // The neighbour goes around, so that caret and selection stay with the blocks.
    if (by === 1) tr.delete(to, to + other.nodeSize).insert(from, other);
    else tr.delete(from - other.nodeSize, from).insert(to - other.nodeSize, other);
    return tr.scrollIntoView();
  }
  return null;
}

/** The same block once more, below it. */
export function duplicateBlock(state: EditorState, pos: number): Transaction | null {
  const node = state.doc.nodeAt(pos);
  return node && state.tr.insert(pos + node.nodeSize, node);
}

/** Where the innermost block of the caret begins that can be moved. */
export function posOfBlock(state: EditorState): number | null {
  return selectedBlocks(state)[0]?.from ?? null;
}
