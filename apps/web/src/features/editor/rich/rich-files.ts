import type { Editor } from '@tiptap/core';
import type { InsertedFile } from '../editor-actions.js';

/** Puts a picture, or a link to a file, where the selection is. */
export function insertFile(editor: Editor, { url, name, isPicture }: InsertedFile): void {
  const link = { type: 'text', text: name, marks: [{ type: 'link', attrs: { href: url } }] };
  const picture = { type: 'image', attrs: { src: url, alt: '' } };
  editor
    .chain()
    .insertContent(isPicture ? picture : link)
    .scrollIntoView()
    .run();
}

/** Says what the pictures with an address show. */
export function describePictures(editor: Editor, url: string, alt: string): void {
  const { tr } = editor.state;
  tr.doc.descendants((node, pos) => {
    if (node.type.name === 'image' && node.attrs.src === url) tr.setNodeAttribute(pos, 'alt', alt);
  });
  editor.view.dispatch(tr);
}
