import type { Editor } from '@tiptap/core';
import { ASK_ATOM } from './atoms.js';

/** Asks for what an atom is to say, and puts it in once that is known. */
export function askFor(editor: Editor, type: 'mathBlock' | 'inlineMath' | 'image'): void {
  editor.view.dom.dispatchEvent(new CustomEvent(ASK_ATOM, { bubbles: true, detail: type }));
}

/** A reference at the caret and a footnote for it at the end, with the caret in it. */
export function addFootnote(editor: Editor): void {
  let last = 0;
  editor.state.doc.descendants((node) => {
    const isNote = node.type.name === 'footnote' || node.type.name === 'footnoteReference';
    if (isNote) last = Math.max(last, Number.parseInt(String(node.attrs.label), 10) || 0);
  });
  const label = String(last + 1);
  const note = { type: 'footnote', attrs: { label }, content: [{ type: 'paragraph' }] };
  editor
    .chain()
    .focus()
    .insertContent({ type: 'footnoteReference', attrs: { label } })
    .command(({ tr, state }) => {
      tr.insert(tr.doc.content.size, state.schema.nodeFromJSON(note));
      return true;
    })
    .command(({ tr, commands }) => commands.setTextSelection(tr.doc.content.size - 2))
    .scrollIntoView()
    .run();
}
