import { Fragment, type Node, Slice } from '@tiptap/pm/model';
import type { EditorState, Transaction } from '@tiptap/pm/state';
import { diffArrays } from 'diff';
import type { MarkdownMirror, Place } from './markdown-mirror.js';

/** Marks changes from outside, so that they are not taken for typing. */
export const FROM_OUTSIDE = 'fromOutside';

/**
 * The change that makes a document say another text: only what differs, so that caret and
 * composition stay where they are, and undo goes back over one's own words only. Null when the
 * document says it already.
 */
export function follow(
  state: EditorState,
  mirror: MarkdownMirror,
  markdown: string,
): Transaction | null {
  const places = mirror.places(state.doc);
  const before = places.map(({ node }) => mirror.textOf(node));
  const next = mirror.read(markdown);
  const blocks: Node[] = [];
  next.forEach((node) => void blocks.push(node));
  const { tr } = state;
  const hunks = hunksOf(before, blocks, mirror, places);
  // From the end, so that places before stay true.
  for (const { start, end, nodes } of hunks.reverse()) {
    const from = places[start]?.from ?? state.doc.content.size;
    const to = start < end ? (places[end - 1]?.to ?? from) : from;
    replace(tr, from, to, Fragment.from(nodes));
  }
  if (tr.docChanged) tr.setMeta('addToHistory', false).setMeta(FROM_OUTSIDE, true);
  mirror.attach(tr.doc, markdown);
  if (mirror.write(tr.doc) !== markdown) {
    // Never a document that says something else than the text it stands for.
    tr.replaceWith(0, tr.doc.content.size, next.content);
    tr.setMeta('addToHistory', false).setMeta(FROM_OUTSIDE, true);
    mirror.attach(tr.doc, markdown);
  }
  return tr.docChanged ? tr : null;
}

interface Hunk {
  /** Blocks `[start, end)` give way. */
  start: number;
  end: number;
  nodes: Node[];
}

function hunksOf(
  before: string[],
  blocks: Node[],
  mirror: MarkdownMirror,
  places: readonly Place[],
): Hunk[] {
  const sources = blocks.map((node) => mirror.textOf(node));
  const oldAt = new Map(before.map((text, i) => [text, places[i]?.node]));
  const newAt = new Map(sources.map((text, i) => [text, blocks[i]]));
  // Told another way, a block says the same.
  const normal = (text: string, known: Map<string, Node | undefined>) => {
    const node = known.get(text);
    return node ? mirror.written(node) : text;
  };
  const parts = diffArrays(before, sources, {
    comparator: (a, b) => a === b || normal(a, oldAt) === normal(b, newAt),
  });
  const hunks: Hunk[] = [];
  let [old, fresh] = [0, 0];
  let open: Hunk | null = null;
  for (const { added, removed, value } of parts) {
    if (!added && !removed) {
      old += value.length;
      fresh += value.length;
      open = null;
      continue;
    }
    if (!open) {
      open = { start: old, end: old, nodes: [] };
      hunks.push(open);
    }
    if (removed) {
      old += value.length;
      open.end = old;
    } else {
      open.nodes.push(...blocks.slice(fresh, fresh + value.length));
      fresh += value.length;
    }
  }
  return hunks;
}

function replace(tr: Transaction, from: number, to: number, fragment: Fragment): void {
  const old = tr.doc.slice(from, to).content;
  const start = old.findDiffStart(fragment);
  const end = old.findDiffEnd(fragment);
  if (start === null || !end) return;
  const [one] = [old.firstChild];
  const other = fragment.firstChild;
  const isOneBlock = old.childCount === 1 && fragment.childCount === 1;
  if (isOneBlock && one && other && one.isTextblock && one.sameMarkup(other)) {
    // Both ends may have met in what repeats.
    const overlap = Math.max(0, start - Math.min(end.a, end.b));
    const inside = other.content.cut(start - 1, end.b + overlap - 1);
    tr.replace(from + start, from + end.a + overlap, new Slice(inside, 0, 0));
    return;
  }
  tr.replaceWith(from, to, fragment);
}
