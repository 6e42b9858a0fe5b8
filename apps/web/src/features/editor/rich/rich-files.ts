import type { Editor } from '@tiptap/core';
import type { ResolvedPos } from '@tiptap/pm/model';
import type { InsertedFile } from '../editor-actions.js';

/** Puts a picture, or a link to a file, where the selection is; a picture behind words gets a line of its own. */
export function insertFile(editor: Editor, { url, name, isPicture }: InsertedFile): void {
  const link = { type: 'text', text: name, marks: [{ type: 'link', attrs: { href: url } }] };
  const picture = { type: 'image', attrs: { src: url, alt: '' } };
  const { $from, empty } = editor.state.selection;
  const isBehindWords =
    empty &&
    isProse($from) &&
    $from.parentOffset > 0 &&
    $from.parentOffset === $from.parent.content.size;
  const chain = editor.chain();
  if (!isPicture) chain.insertContent(link);
  else if (isBehindWords)
    chain
      .insertContentAt($from.after(), { type: 'paragraph', content: [picture] })
      .setTextSelection($from.after() + 2);
  else chain.insertContent(picture);
  chain.scrollIntoView().run();
}

/** In a paragraph that may have another below it: a cell of a table holds one. */
function isProse($from: ResolvedPos): boolean {
  if ($from.parent.type.name !== 'paragraph') return false;
  for (let depth = $from.depth; depth > 0; depth -= 1)
    if ($from.node(depth).type.name === 'table') return false;
  return true;
}

/** Says what the pictures with an address show. */
export function describePictures(editor: Editor, url: string, alt: string): void {
  const { tr } = editor.state;
  tr.doc.descendants((node, pos) => {
    if (node.type.name === 'image' && node.attrs.src === url) tr.setNodeAttribute(pos, 'alt', alt);
  });
  editor.view.dispatch(tr);
}
