import type { InsertedFile } from '../editor-actions.js';

/** Sent up from the text when somebody wants to pick files. */
export const PICK_FILES = 'pick-files';

/** What the picker offers; a phone makes a JPEG of its own format then. */
const ACCEPTED = 'image/png,image/jpeg,image/webp,image/gif,image/avif,application/pdf';

/** The files that a paste or a drop brings; none where it brings text too, which then is what was meant. */
export function filesOf(data: DataTransfer | null): File[] {
  if (!data || data.types.includes('text/html') || data.types.includes('text/plain')) return [];
  return [...data.files];
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
