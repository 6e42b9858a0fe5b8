import { Editor } from '@tiptap/core';
import { describe, expect, it } from 'vitest';
import { act, type RichAction } from './actions.js';
import { extensions } from './extensions.js';

const IN_FIRST = 2;
const open = (content: string) => {
  const element = document.createElement('div');
  const editor = new Editor({ element, extensions, injectCSS: false, content });
  editor.commands.setTextSelection(IN_FIRST);
  return editor;
};
const textOf = (editor: Editor) => editor.state.doc.toString();
const line = (editor: Editor) => editor.state.selection.$from.parent.textContent;

describe('a redo', () => {
  it.each<RichAction>(['heading', 'heading2', 'task', 'list', 'quote', 'code'])(
    'of "%s" leaves the caret in its line, and what comes next is done there',
    (action) => {
      const editor = open('<p>甲</p><p>乙</p><p>丙</p>');
      act(editor, action);
      const done = textOf(editor);
      act(editor, 'undo');
      expect(textOf(editor)).toBe('doc(paragraph("甲"), paragraph("乙"), paragraph("丙"))');
      act(editor, 'redo');
      expect(textOf(editor)).toBe(done);
      expect(line(editor)).toBe('甲');
      act(editor, 'undo');
      expect(line(editor)).toBe('甲');
      act(editor, 'redo');
      expect(line(editor)).toBe('甲');
      editor.destroy();
    },
  );

  it('is nothing to do where nothing was undone, and in a chain', () => {
    const editor = open('<p>甲</p>');
    expect(act(editor, 'redo')).toBe(false);
    expect(act(editor, 'undo')).toBe(false);
    expect(editor.can().undo()).toBe(false);
    act(editor, 'heading');
    expect(editor.can().undo()).toBe(true);
    expect(act(editor, 'undo')).toBe(true);
    expect(editor.can().redo()).toBe(true);
    editor.destroy();
  });
});
