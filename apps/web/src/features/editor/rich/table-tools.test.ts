import { Editor } from '@tiptap/core';
import { CellSelection } from '@tiptap/pm/tables';
import { describe, expect, it } from 'vitest';
import { extensions } from './extensions.js';

const TABLE =
  '<table><tr><th>甲</th><th>乙</th></tr><tr><td>丙</td><td>丁</td></tr></table><p>戊</p>';

const open = (content: string) =>
  new Editor({ element: document.createElement('div'), extensions, injectCSS: false, content });

const press = (editor: Editor, key: string) =>
  editor.view.dom.dispatchEvent(
    new KeyboardEvent('keydown', { key, shiftKey: true, bubbles: true, cancelable: true }),
  );

describe('selecting backwards from the line below a table', () => {
  it.each(['ArrowLeft', 'ArrowUp'])('takes the whole table with Shift and %s', (key) => {
    const editor = open(TABLE);
    const line = editor.state.doc.content.size - 2;
    editor.commands.setTextSelection(line);
    press(editor, key);
    const { selection } = editor.state;
    expect(selection).toBeInstanceOf(CellSelection);
    const cells: string[] = [];
    if (selection instanceof CellSelection)
      selection.forEachCell((cell) => cells.push(cell.textContent));
    expect(cells).toEqual(['甲', '乙', '丙', '丁']);
    editor.destroy();
  });

  it('is the text of the line anywhere else', () => {
    const editor = open(TABLE);
    const end = editor.state.doc.content.size - 1;
    editor.commands.setTextSelection(end);
    press(editor, 'ArrowLeft');
    expect(editor.state.selection).not.toBeInstanceOf(CellSelection);
    editor.destroy();
  });
});
