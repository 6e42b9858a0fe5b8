import type { CommandProps } from '@tiptap/core';
import { UndoRedo } from '@tiptap/extensions';
import { redo, undo } from '@tiptap/pm/history';
import { type Command, Selection, type Transaction } from '@tiptap/pm/state';

/**
 * The history remembers the end of a change for whoever takes back what was taken back, and looks from
 * there on. Where a whole block changed that is the block below: the caret belongs before it.
 */
function keepInChange(tr: Transaction): void {
  let end = -1;
  tr.mapping.maps[0]?.forEach((_from, _to, _start, to) => {
    end = tr.mapping.slice(1).map(to);
  });
  if (end < 0) return;
  const $end = tr.doc.resolve(end);
  if ($end.parent.inlineContent || !tr.selection.eq(Selection.near($end))) return;
  tr.setSelection(Selection.near($end, -1));
}

/** Undo and redo that leave the caret where something changed. */
export const History = UndoRedo.extend({
  addCommands() {
    const { editor } = this;
    const from =
      (command: Command) =>
      () =>
      ({ tr, dispatch }: CommandProps): boolean => {
        if (!dispatch) return command(editor.state);
        // In place of Tiptap's, whose state has a document that was changed already.
        tr.setMeta('preventDispatch', true);
        return command(editor.state, (change) => {
          keepInChange(change);
          editor.view.dispatch(change);
        });
      };
    return { undo: from(undo), redo: from(redo) };
  },
});
