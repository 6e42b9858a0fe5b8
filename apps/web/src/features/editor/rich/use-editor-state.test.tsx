import { render, screen } from '@testing-library/react';
import { Editor } from '@tiptap/core';
import { useLayoutEffect } from 'react';
import { expect, it } from 'vitest';
import { extensions } from './extensions.js';
import { useEditorState } from './use-editor-state.js';

const insert = (editor: Editor, text: string) =>
  editor.view.dispatch(editor.state.tr.insertText(text));

function Shown({ editor }: { editor: Editor }) {
  const { doc } = useEditorState(editor);
  // Comes before every subscription, like a key pressed while the tools are being fetched.
  useLayoutEffect(() => insert(editor, '词'), [editor]);
  return <p>{doc.textContent || 'nothing'}</p>;
}

it('shows what changed between the first render and the subscription', async () => {
  const editor = new Editor({ element: document.createElement('div'), extensions });
  render(<Shown editor={editor} />);
  expect(await screen.findByText('词')).toBeDefined();
  insert(editor, '语');
  expect(await screen.findByText('词语')).toBeDefined();
  editor.destroy();
});
