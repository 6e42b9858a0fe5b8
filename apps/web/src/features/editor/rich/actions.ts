import type { Editor } from '@tiptap/core';
import type { Node } from '@tiptap/pm/model';
import { askAssist } from '../assist/ask-assist.js';
import type { EditorAction } from '../editor-actions.js';
import { PICK_FILES } from '../uploads/incoming-files.js';

/** Sent up from the text when somebody wants a link. */
export const EDIT_LINK = 'edit-link';

/** What the rich editor can do beyond the tools that every editor has. */
export type RichAction = EditorAction | 'highlight' | 'toggleDone';

const EDITABLE = new Set([
  'inlineMath',
  'mathBlock',
  'rawInline',
  'image',
  'wikiLink',
  'footnoteReference',
]);

/** Whether a node is edited in a dialog, by what it says instead of what it shows. */
export const canEdit = (node: Node): boolean => EDITABLE.has(node.type.name);

/** Does it and says whether there was anything to do. */
export function act(editor: Editor, action: RichAction): boolean {
  const chain = () => editor.chain().focus();
  switch (action) {
    case 'bold':
      return chain().toggleBold().run();
    case 'italic':
      return chain().toggleItalic().run();
    case 'strike':
      return chain().toggleStrike().run();
    case 'highlight':
      return chain().toggleMark('highlight').run();
    case 'heading1':
      return chain().toggleHeading({ level: 1 }).run();
    case 'heading2':
      return chain().toggleHeading({ level: 2 }).run();
    case 'heading3':
      return chain().toggleHeading({ level: 3 }).run();
    case 'list':
      return chain().toggleBulletList().run();
    case 'ordered':
      return chain().toggleOrderedList().run();
    case 'task':
      return toggleTask(editor);
    case 'toggleDone':
      return toggleDone(editor);
    case 'quote':
      return chain().toggleBlockquote().run();
    case 'code':
      return isInOneLine(editor) ? chain().toggleCode().run() : chain().toggleCodeBlock().run();
    case 'link':
      return editor.view.dom.dispatchEvent(new CustomEvent(EDIT_LINK, { bubbles: true }));
    case 'table':
      return chain().insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run();
    case 'upload':
      return editor.view.dom.dispatchEvent(new CustomEvent(PICK_FILES, { bubbles: true }));
    case 'assist':
      return askAssist(editor.view.dom);
    case 'undo':
      return chain().undo().run();
    case 'redo':
      return chain().redo().run();
    case 'heading': {
      const { level } = editor.getAttributes('heading');
      const next = ([1, 2, 3] as const).find((one) => one > (Number(level) || 0));
      return next
        ? chain().setNode('heading', { level: next }).run()
        : chain().setNode('paragraph').run();
    }
    case 'indent':
      return chain().sinkListItem('listItem').run();
    case 'outdent':
      return chain().liftListItem('listItem').run();
  }
}

/** The tools that hold where the selection is. */
export function activeActions(editor: Editor): RichAction[] {
  const is = (name: string, attrs?: object) => editor.isActive(name, { ...attrs });
  const { checked } = editor.getAttributes('listItem');
  const isTask = typeof checked === 'boolean';
  const all: [RichAction, boolean][] = [
    ['bold', is('bold')],
    ['italic', is('italic')],
    ['strike', is('strike')],
    ['highlight', is('highlight')],
    ['heading', is('heading')],
    ['heading1', is('heading', { level: 1 })],
    ['heading2', is('heading', { level: 2 })],
    ['heading3', is('heading', { level: 3 })],
    ['list', is('bulletList') && !isTask],
    ['ordered', is('orderedList')],
    ['task', isTask],
    ['quote', is('blockquote')],
    ['code', is('code') || is('codeBlock')],
    ['link', is('link')],
    ['table', is('table')],
  ];
  return all.flatMap(([action, isActive]) => (isActive ? [action] : []));
}

function isInOneLine({ state: { selection } }: Editor): boolean {
  const isCode = selection.$from.parent.type.spec.code === true;
  return !selection.empty && !isCode && selection.$from.sameParent(selection.$to);
}

/** The items whose own text is selected, with their places. */
function itemsOf({ state }: Editor): { node: Node; pos: number }[] {
  const items: { node: Node; pos: number }[] = [];
  const { from, to } = state.selection;
  state.doc.nodesBetween(from, to, (node, pos) => {
    if (node.type.name !== 'listItem') return;
    const end = pos + 1 + (node.firstChild?.nodeSize ?? 0);
    if (pos < to && end > from) items.push({ node, pos });
  });
  return items;
}

function toggleTask(editor: Editor): boolean {
  if (!editor.isActive('listItem')) {
    return editor
      .chain()
      .focus()
      .toggleBulletList()
      .updateAttributes('listItem', { checked: false })
      .run();
  }
  const items = itemsOf(editor);
  const isOff = items.every(({ node }) => node.attrs.checked !== null);
  return setChecked(editor, items, () => (isOff ? null : false));
}

function toggleDone(editor: Editor): boolean {
  const tasks = itemsOf(editor).filter(({ node }) => node.attrs.checked !== null);
  return setChecked(editor, tasks, (node) => !node.attrs.checked);
}

function setChecked(
  editor: Editor,
  items: { node: Node; pos: number }[],
  next: (node: Node) => boolean | null,
): boolean {
  if (items.length === 0) return false;
  const { tr } = editor.state;
  for (const { node, pos } of items) tr.setNodeAttribute(pos, 'checked', next(node));
  editor.view.dispatch(tr);
  editor.view.focus();
  return true;
}
