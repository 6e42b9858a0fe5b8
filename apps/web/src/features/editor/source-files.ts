import type { Command, EditorView } from '@codemirror/view';
import type { InsertedFile } from './editor-actions.js';
import { fileMarkdown, inBrackets, PICK_FILES } from './uploads/incoming-files.js';

/** Asks for files to upload. */
export const askForFiles: Command = (view) =>
  view.dom.dispatchEvent(new CustomEvent(PICK_FILES, { bubbles: true }));

/** Puts the Markdown of a file in place of the selection. */
export function insertFile(view: EditorView, file: InsertedFile): void {
  const change = view.state.replaceSelection(fileMarkdown(file));
  view.dispatch(change, { userEvent: 'input', scrollIntoView: true });
}

/** Says what the pictures with an address show. */
export function describePictures(view: EditorView, url: string, alt: string): void {
  const text = view.state.doc.toString();
  const end = `](${url}`;
  const changes: { from: number; to: number; insert: string }[] = [];
  for (let at = text.indexOf(end); at >= 0; at = text.indexOf(end, at + 1)) {
    const from = text.lastIndexOf('![', at) + 2;
    // A picture's description holds no bracket that is not escaped, and ends with its line.
    const isPicture = from >= 2 && !/[\n\]]/.test(text.slice(from, at).replace(/\\./g, ''));
    if (isPicture) changes.push({ from, to: at, insert: inBrackets(alt) });
  }
  view.dispatch({ changes, userEvent: 'input' });
}
