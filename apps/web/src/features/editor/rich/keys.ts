import { Extension, InputRule } from '@tiptap/core';
import { NodeSelection, Plugin } from '@tiptap/pm/state';
import { act, canEdit } from './actions.js';
import { EDIT_ATOM } from './atoms.js';
import { selectTableBefore } from './table-tools.js';

/** `[ ] ` and `[x] ` at the beginning of a line, in either width of brackets. */
const TASK = /^(?:\[([ xX]?)\]|【([ xX]?)】)\s$/;
const WIKI = /(?:\[\[([^[\]|]+)(?:\|([^[\]|]+))?\]\]|【【([^【】|]+)(?:\|([^【】|]+))?】】)$/;
const FORMULA = /(?<![$\\\w])\$([^$\s](?:[^$]*[^$\s\\])?)\$$/;

/** Keys and typed signs beyond those the nodes bring along. */
export const Keys = Extension.create({
  name: 'keys',
  // Before the nodes', which take Mod-Enter for a break.
  priority: 1_000,
  addInputRules() {
    return [
      new InputRule({
        find: TASK,
        handler: ({ range, match, chain }) => {
          const isDone = /x/i.test(match[1] ?? match[2] ?? '');
          chain()
            .deleteRange(range)
            .command(({ editor, commands }) =>
              editor.isActive('listItem') ? true : commands.toggleBulletList(),
            )
            .updateAttributes('listItem', { checked: isDone })
            .run();
        },
      }),
      new InputRule({
        find: WIKI,
        handler: ({ state, range, match }) => {
          const target = (match[1] ?? match[3] ?? '').trim();
          const alias = (match[2] ?? match[4] ?? '').trim() || null;
          const node = this.editor.schema.nodes.wikiLink?.create({ target, alias });
          if (node && target !== '') state.tr.replaceWith(range.from, range.to, node);
        },
      }),
      new InputRule({
        find: FORMULA,
        handler: ({ state, range, match }) => {
          const node = this.editor.schema.nodes.inlineMath?.create({ latex: match[1] ?? '' });
          if (node) state.tr.replaceWith(range.from, range.to, node);
        },
      }),
    ];
  },
  addKeyboardShortcuts() {
    const { editor } = this;
    return {
      'Mod-Enter': () => act(editor, 'toggleDone'),
      'Mod-Shift-x': () => act(editor, 'strike'),
      'Mod-Shift-h': () => act(editor, 'highlight'),
      'Mod-Shift-9': () => act(editor, 'quote'),
      // With a selection a link; without one the window's search opens.
      'Mod-k': () => !editor.state.selection.empty && act(editor, 'link'),
      'Shift-ArrowLeft': () => selectTableBefore(editor),
      'Shift-ArrowUp': () => selectTableBefore(editor),
      // A cell has one line; in it Enter is a break.
      Enter: () => {
        const { selection } = editor.state;
        if (selection instanceof NodeSelection && canEdit(selection.node)) {
          return editAt(editor.view.dom, selection.from);
        }
        return isInCell(editor) && editor.commands.insertContent({ type: 'hardBreak' });
      },
    };
  },
  addProseMirrorPlugins: () => [
    new Plugin({
      props: {
        handleDoubleClickOn(view, _pos, node, nodePos, _event, isDirect) {
          return isDirect && view.editable && canEdit(node) && editAt(view.dom, nodePos);
        },
      },
    }),
  ],
});

function isInCell(editor: { isActive: (name: string) => boolean }): boolean {
  return editor.isActive('tableCell') || editor.isActive('tableHeader');
}

function editAt(dom: HTMLElement, pos: number): boolean {
  dom.dispatchEvent(new CustomEvent(EDIT_ATOM, { bubbles: true, detail: pos }));
  return true;
}
