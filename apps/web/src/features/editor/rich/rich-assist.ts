import { LIMITS } from '@ainotebook/contract/limits';
import { type DocumentNode, writeDocument } from '@ainotebook/text/document';
import type { Editor } from '@tiptap/core';
import { closeHistory } from '@tiptap/pm/history';
import type { Node } from '@tiptap/pm/model';
import { type EditorState, Plugin, PluginKey, Selection, type Transaction } from '@tiptap/pm/state';
import { DecorationSet } from '@tiptap/pm/view';
import type { AssistSurface, Passage, Placing, Taken } from '../assist/assist-types.js';
import { blocksOf, type Change, changesFor, sourcesIn, type Target } from './assist-changes.js';
import { passageMarks, previewMarks, reviewMarks } from './assist-marks.js';

export interface OpenChange extends Change {
  id: number;
}

/** What is shown over the document, which knows nothing of it. */
interface Shown {
  target: Target;
  isTouched: boolean;
  preview: { blocks: readonly Node[]; placing: Placing; number: number } | null;
  changes: readonly OpenChange[];
}

const key = new PluginKey<Shown>('assist');

/** The assistant over the rich editor: what it writes is drawn beside the text, and enters it when accepted. */
export function assistIn(editor: Editor): AssistSurface {
  const target = targetOf(editor.state);
  const known = sourcesIn(editor.state.doc, target);
  let number = 0;
  const listeners = new Set<(taken: Taken) => void>();
  editor.registerPlugin(assistPlugin(target, (id, isTaken) => decide([id], isTaken)));

  const shown = () => key.getState(editor.state);
  const show = (change: Partial<Shown>) =>
    editor.view.dispatch(editor.state.tr.setMeta(key, change));
  const blocks = (markdown: string) => blocksOf(editor.schema, markdown, known);

  function decide(ids: readonly number[], isTaken: boolean): void {
    const all = shown()?.changes ?? [];
    const chosen = all.filter(({ id }) => ids.includes(id));
    const changes = all.filter(({ id }) => !ids.includes(id));
    const tr = editor.state.tr.setMeta(key, { changes });
    if (!isTaken || chosen.length === 0) {
      editor.view.dispatch(tr);
      return;
    }
    const whole = around(shown()?.target ?? target, chosen);
    const replaced = markdownOf(tr.doc, whole.from, whole.to);
    apply(tr, chosen);
    editor.view.dispatch(closeHistory(tr).scrollIntoView());
    const text = markdownOf(tr.doc, tr.mapping.map(whole.from, -1), tr.mapping.map(whole.to, 1));
    for (const listener of listeners) listener({ text, replaced });
    // What is typed next is a step of its own.
    editor.view.dispatch(closeHistory(editor.state.tr));
  }
  const everything = () => (shown()?.changes ?? []).map(({ id }) => id);

  return {
    passage: passageOf(editor.state, target),
    preview(markdown, placing) {
      number += 1;
      show({ preview: { blocks: blocks(markdown), placing, number }, changes: [] });
    },
    review(markdown, placing) {
      const now = shown()?.target ?? target;
      const changes = changesFor(editor.state.doc, now, { blocks: blocks(markdown), placing });
      const numbered = changes.map((change) => {
        number += 1;
        return { ...change, id: number };
      });
      show({ preview: null, changes: numbered });
    },
    openChanges: () => shown()?.changes.length ?? 0,
    isTouched: () => shown()?.isTouched ?? false,
    accept: () => decide(everything(), true),
    reject: () => show({ preview: null, changes: [], isTouched: false }),
    subscribe(listener) {
      editor.on('transaction', listener);
      return () => void editor.off('transaction', listener);
    },
    onTaken(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    end() {
      if (editor.isDestroyed) return;
      editor.unregisterPlugin(key);
      editor.commands.focus(null, { scrollIntoView: false });
    },
  };
}

/** The passage with all that changes: a word alone would be found anywhere. What stands below it is by itself. */
function around(target: Target, changes: readonly Change[]): { from: number; to: number } {
  const isBeside = target.from === target.to || changes.every(({ from }) => from > target.to);
  const parts = isBeside ? changes : [target, ...changes];
  return {
    from: Math.min(...parts.map(({ from }) => from)),
    to: Math.max(...parts.map(({ to }) => to)),
  };
}

/** From the end, so that places before stay true; the caret stands behind the last of them. */
function apply(tr: Transaction, changes: readonly Change[]): void {
  const end = changes.at(-1)?.to ?? 0;
  for (const { from, to, slice } of changes.toReversed()) tr.replace(from, to, slice);
  const pos = Math.min(tr.mapping.map(end), tr.doc.content.size);
  tr.setSelection(Selection.near(tr.doc.resolve(pos), -1));
}

/** Words of one line are worked on as they are; what goes over several blocks, by whole blocks. */
function targetOf({ selection: { $from, $to, from, to, empty } }: EditorState): Target {
  const isCode = $from.parent.type.spec.code === true;
  if (empty) {
    const pos = isCode ? $from.after(1) : from;
    return { from: pos, to: pos, kind: 'caret' };
  }
  if ($from.sameParent($to) && $from.parent.inlineContent && !isCode) {
    return { from, to, kind: 'words' };
  }
  const start = $from.depth > 0 ? $from.before(1) : from;
  // A selection that ends where a block begins has nothing of it.
  const last = $to.depth > 0 ? $to.before(1) : to;
  const isBefore = to - last === $to.depth && last > start;
  return { from: start, to: isBefore || $to.depth === 0 ? last : $to.after(1), kind: 'blocks' };
}

/** A stretch as Markdown; what is of one line is a paragraph. */
function markdownOf(doc: Node, from: number, to: number): string {
  const { content } = doc.slice(from, to);
  const nodes = content.toJSON() as DocumentNode[] | null;
  if (!nodes) return '';
  const isInLine = content.firstChild?.isInline ?? false;
  return writeDocument(isInLine ? [{ type: 'paragraph', content: nodes }] : nodes);
}

function passageOf({ doc }: EditorState, { from, to, kind }: Target): Passage {
  const plain = (start: number, end: number) =>
    doc.textBetween(Math.max(0, start), Math.min(doc.content.size, end), '\n', ' ');
  return {
    text: kind === 'caret' ? '' : markdownOf(doc, from, to),
    before: plain(from - LIMITS.assistBeforeLength, from)
      .slice(-LIMITS.assistBeforeLength)
      .toWellFormed(),
    after: plain(to, to + LIMITS.assistAfterLength)
      .slice(0, LIMITS.assistAfterLength)
      .toWellFormed(),
  };
}

function assistPlugin(
  target: Target,
  onDecide: (id: number, isTaken: boolean) => void,
): Plugin<Shown> {
  let drawn: { shown: Shown; doc: Node; set: DecorationSet } | null = null;
  return new Plugin<Shown>({
    key,
    state: {
      init: () => ({ target, isTouched: false, preview: null, changes: [] }),
      apply(tr, shown, before) {
        const change: Partial<Shown> | undefined = tr.getMeta(key);
        const next = change ? { ...shown, ...change } : shown;
        return tr.docChanged ? mapped(next, tr, before.doc) : next;
      },
    },
    props: {
      decorations(state) {
        const shown = key.getState(state);
        if (!shown) return DecorationSet.empty;
        if (drawn?.shown === shown && drawn.doc === state.doc) return drawn.set;
        const marks = shown.preview
          ? previewMarks(state.doc, shown.target, shown.preview)
          : shown.changes.length > 0
            ? reviewMarks(state.doc, shown.changes, onDecide)
            : passageMarks(shown.target);
        drawn = { shown, doc: state.doc, set: DecorationSet.create(state.doc, marks) };
        return drawn.set;
      },
    },
  });
}

/** After a change of the document, by whoever: what was written over is no longer offered. */
function mapped(shown: Shown, tr: Transaction, before: Node): Shown {
  const stretch = ({ from, to }: { from: number; to: number }) => {
    if (from === to) {
      const { pos, deleted } = tr.mapping.mapResult(from, -1);
      return { from: pos, to: pos, isSame: !deleted };
    }
    const next = { from: tr.mapping.map(from, 1), to: tr.mapping.map(to, -1) };
    if (next.to <= next.from) return { from: next.from, to: next.from, isSame: false };
    return { ...next, isSame: before.slice(from, to).eq(tr.doc.slice(next.from, next.to)) };
  };
  const { isSame, ...target } = stretch(shown.target);
  return {
    ...shown,
    target: { ...shown.target, ...target },
    isTouched: shown.isTouched || !isSame,
    changes: shown.changes.flatMap((change) => {
      const { isSame, ...place } = stretch(change);
      return isSame ? [{ ...change, ...place }] : [];
    }),
  };
}
