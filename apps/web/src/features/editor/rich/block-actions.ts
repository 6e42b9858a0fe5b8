import { m } from '@ainotebook/messages';
import type { Editor } from '@tiptap/core';
import { NodeSelection, type Transaction } from '@tiptap/pm/state';
import { duplicateBlock, moveBlock } from './move-block.js';

/** What can become something else without a loss. */
const TURNABLE = new Set([
  'paragraph',
  'heading',
  'codeBlock',
  'blockquote',
  'bulletList',
  'orderedList',
  'listItem',
]);

export interface Kind {
  label: string;
  run: () => void;
}

function dispatch(editor: Editor, tr: Transaction | null): void {
  if (tr) editor.view.dispatch(tr);
  editor.view.focus();
}

export const move = (editor: Editor, pos: number, by: 1 | -1) =>
  dispatch(editor, moveBlock(editor.state, by, pos));

export const duplicate = (editor: Editor, pos: number) =>
  dispatch(editor, duplicateBlock(editor.state, pos));

export function remove(editor: Editor, pos: number): void {
  const { doc, tr } = editor.state;
  const node = doc.nodeAt(pos);
  // With the list or quote that would be left empty.
  dispatch(editor, node && tr.deleteRange(pos, pos + node.nodeSize));
}

/** What the block at a place can be turned into, each in one step. */
export function kindsFor(editor: Editor, pos: number): Kind[] {
  const node = editor.state.doc.nodeAt(pos);
  if (!node || !TURNABLE.has(node.type.name)) return [];
  const plain = () =>
    editor
      .chain()
      .focus()
      .setTextSelection({ from: pos + 1, to: pos + node.nodeSize - 1 })
      .setNode('paragraph')
      .clearNodes();
  return [
    { label: m.block_text(), run: () => plain().run() },
    ...([1, 2, 3] as const).map((level) => ({
      label: m.tool_heading({ level }),
      run: () => plain().setNode('heading', { level }).run(),
    })),
    { label: m.tool_list(), run: () => plain().toggleBulletList().run() },
    { label: m.tool_ordered(), run: () => plain().toggleOrderedList().run() },
    {
      label: m.tool_task(),
      run: () => plain().toggleBulletList().updateAttributes('listItem', { checked: false }).run(),
    },
    { label: m.tool_quote(), run: () => plain().wrapIn('blockquote').run() },
    { label: m.tool_code(), run: () => plain().setNode('codeBlock').run() },
  ];
}

/** The editor takes what is dragged for its own, and so moves the very node. */
export function beginDrag(editor: Editor, pos: number, { dataTransfer }: DragEvent): void {
  const { view, state } = editor;
  const selection = NodeSelection.create(state.doc, pos);
  view.dispatch(state.tr.setSelection(selection));
  const slice = selection.content();
  const { dom, text } = view.serializeForClipboard(slice);
  view.dragging = { slice, move: true };
  if (!dataTransfer) return;
  dataTransfer.clearData();
  dataTransfer.setData('text/html', dom.innerHTML);
  dataTransfer.setData('text/plain', text);
  dataTransfer.effectAllowed = 'copyMove';
  const drawn = view.nodeDOM(pos);
  if (drawn instanceof Element) dataTransfer.setDragImage(drawn, 0, 0);
}
