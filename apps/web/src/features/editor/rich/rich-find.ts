import type { Editor } from '@tiptap/core';
import type { Node } from '@tiptap/pm/model';
import { type EditorState, Plugin, PluginKey, TextSelection } from '@tiptap/pm/state';
import { Decoration, DecorationSet } from '@tiptap/pm/view';
import type { Finder, FindQuery } from '../find-types.js';

interface Match {
  from: number;
  to: number;
}

interface Found {
  query: FindQuery;
  matches: readonly Match[];
}

/** So many are marked at most, around the selected one. */
const MAX_MARKED = 500;
const NOTHING: Found = { query: { text: '', isCaseSensitive: false }, matches: [] };
const key = new PluginKey<Found>('find');

/** Finds in the rich editor: by words as they read, whatever marks they have. */
export function finderOf(editor: Editor): Finder {
  editor.unregisterPlugin(key);
  editor.registerPlugin(findPlugin());
  const found = () => key.getState(editor.state) ?? NOTHING;
  const select = (match: Match | undefined) => {
    if (!match) return;
    const selection = TextSelection.create(editor.state.doc, match.from, match.to);
    editor.view.dispatch(editor.state.tr.setSelection(selection));
    // Below the bars that stick to the top, by its margin.
    editor.view.dom.querySelector('.is-found-now')?.scrollIntoView({ block: 'nearest' });
  };
  const fromCaret = () => {
    const { matches } = found();
    return matches.find(({ from }) => from >= editor.state.selection.from) ?? matches[0];
  };
  const step = (by: 1 | -1) => {
    const { matches } = found();
    const { from, to } = editor.state.selection;
    const next =
      by === 1
        ? (matches.find((match) => match.from >= to) ?? matches[0])
        : (matches.findLast((match) => match.to <= from) ?? matches.at(-1));
    select(next);
  };
  return {
    search(query) {
      editor.view.dispatch(editor.state.tr.setMeta(key, query));
      select(fromCaret());
    },
    step,
    replace(text) {
      const { matches } = found();
      const current = matches[currentOf(editor.state, matches)];
      if (!current) return step(1);
      replaceIn(editor, [current], text);
      select(fromCaret());
    },
    replaceAll: (text) => replaceIn(editor, found().matches, text),
    state() {
      const { matches } = found();
      return { count: matches.length, current: currentOf(editor.state, matches) + 1 };
    },
    selected() {
      const { $from, $to, from, to } = editor.state.selection;
      return $from.sameParent($to) ? editor.state.doc.textBetween(from, to) : '';
    },
    subscribe(listener) {
      editor.on('transaction', listener);
      return () => void editor.off('transaction', listener);
    },
    close() {
      if (editor.isDestroyed) return;
      editor.unregisterPlugin(key);
      editor.commands.focus(null, { scrollIntoView: false });
    },
  };
}

const currentOf = ({ selection }: EditorState, matches: readonly Match[]): number =>
  matches.findIndex(({ from, to }) => from === selection.from && to === selection.to);

/** One change for all of them; what replaces words has the marks of their beginning. */
function replaceIn(editor: Editor, matches: readonly Match[], text: string): void {
  const { tr, doc, schema } = editor.state;
  for (const { from, to } of matches.toReversed()) {
    const marks = doc.resolve(from).marksAcross(doc.resolve(to)) ?? [];
    if (text === '') tr.delete(from, to);
    else tr.replaceWith(from, to, schema.text(text, marks));
  }
  const [only] = matches;
  if (only && matches.length === 1) {
    tr.setSelection(TextSelection.create(tr.doc, only.from + text.length));
  }
  if (tr.docChanged) editor.view.dispatch(tr);
}

function findPlugin(): Plugin<Found> {
  let blocks = new WeakMap<Node, readonly number[]>();
  let shown: { state: EditorState; set: DecorationSet } | null = null;
  return new Plugin<Found>({
    key,
    state: {
      init: () => NOTHING,
      apply(tr, found) {
        const query: FindQuery | undefined = tr.getMeta(key);
        if (query) blocks = new WeakMap();
        if (!query && !tr.docChanged) return found;
        const wanted = query ?? found.query;
        return { query: wanted, matches: matchesIn(tr.doc, wanted, blocks) };
      },
    },
    props: {
      decorations(state) {
        if (shown?.state !== state) shown = { state, set: marksFor(state) };
        return shown.set;
      },
    },
  });
}

function marksFor(state: EditorState): DecorationSet {
  const { matches } = key.getState(state) ?? NOTHING;
  const now = currentOf(state, matches);
  const first = Math.max(0, now - MAX_MARKED / 2);
  return DecorationSet.create(
    state.doc,
    matches.slice(first, first + MAX_MARKED).map(({ from, to }, i) => {
      const isNow = first + i === now;
      return Decoration.inline(from, to, { class: isNow ? 'is-found is-found-now' : 'is-found' });
    }),
  );
}

/** All that is found, block by block; a block that is the same node as before is not looked through again. */
function matchesIn(
  doc: Node,
  query: FindQuery,
  blocks: WeakMap<Node, readonly number[]>,
): readonly Match[] {
  const matches: Match[] = [];
  const wanted = fold(query.text, query);
  if (wanted === '') return matches;
  doc.descendants((node, pos) => {
    if (!node.isTextblock) return true;
    let offsets = blocks.get(node);
    if (!offsets) {
      offsets = offsetsOf(wanted, fold(textOf(node), query));
      blocks.set(node, offsets);
    }
    for (const offset of offsets) {
      const from = pos + 1 + offset;
      matches.push({ from, to: from + wanted.length });
    }
    return false;
  });
  return matches;
}

/** As many units as the block is long: an atom in it is one that nobody looks for. */
const textOf = (node: Node): string =>
  node.textBetween(0, node.content.size, undefined, (leaf) => '\ufffc'.repeat(leaf.nodeSize));

/** Lower case, unit by unit: a few letters would become longer. */
function fold(text: string, { isCaseSensitive }: FindQuery): string {
  if (isCaseSensitive) return text;
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return [...text]
    .map((sign) => (sign.toLowerCase().length === sign.length ? sign.toLowerCase() : sign))
    .join('');
}

function offsetsOf(wanted: string, text: string): number[] {
  const offsets: number[] = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
    offsets.push(at);
  }
  return offsets;
}
