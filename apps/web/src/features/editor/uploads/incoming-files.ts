import type { InsertedFile } from '../editor-actions.js';

/** Sent up from the text when somebody wants to pick files. */
export const PICK_FILES = 'pick-files';

/** What the picker offers; a phone makes a JPEG of its own format then. */
const ACCEPTED = 'image/png,image/jpeg,image/webp,image/gif,image/avif,application/pdf';

/**
 * The files that a paste or a drop brings; none where it brings text too, which then is what was meant. A picture copied
 * in a browser comes with the HTML that shows it and nothing more.
 */
export function filesOf(data: DataTransfer | null): File[] {
  const files = [...(data?.files ?? [])];
  if (!data || files.length === 0) return [];
  if (!data.types.includes('text/html') && !data.types.includes('text/plain')) return files;
  return isPictureAlone(data) ? files.filter(({ type }) => type.startsWith('image/')) : [];
}

function isPictureAlone(data: DataTransfer): boolean {
  const html = data.getData('text/html');
  // What is moved within the editor is there already.
  if (data.getData('text/plain').trim() !== '' || html.includes('data-pm-slice')) return false;
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  return body.querySelectorAll('img').length === 1 && body.textContent?.trim() === '';
}

/** Asks for files. */
export function pickFiles(onPicked: (files: File[]) => void): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.accept = ACCEPTED;
  input.onchange = () => onPicked([...(input.files ?? [])]);
  input.click();
}

/** What would end the brackets it stands in is escaped. */
export const inBrackets = (text: string) => text.replace(/[[\]\\]/g, '\\$&').replace(/\s+/g, ' ');

/** The Markdown that shows a picture, or leads to a file. */
export const fileMarkdown = ({ url, name, isPicture }: InsertedFile): string =>
  isPicture ? `![](${url})` : `[${inBrackets(name)}](${url})`;
