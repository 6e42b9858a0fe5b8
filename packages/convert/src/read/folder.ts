import type { ImportProgram } from '@ainotebook/contract';
import type { Archive, ArchiveEntry } from './archive.js';
import { TABLE } from './contents.js';
import { isTooDeep } from './depth.js';
import { charsetOf, readHtmlPage } from './html.js';
import type { ReadItem, ReadNote } from './items.js';
import { foldersOf, readMarkdownNote, stemOf } from './markdown-note.js';
import { toNote } from './note.js';
import { ItemError, rejectionOf } from './source-error.js';
import { readTable } from './table.js';
import { decodeText } from './text.js';

/** Bytes of one file that becomes a note; more would not fit into one. */
export const MAX_NOTE_BYTES = 4_000_000;

/** Reads one item. Never throws for what is wrong with the item itself. */
export async function readItem(
  archive: Archive,
  path: string,
  { program, top }: { program: ImportProgram; top: string },
): Promise<ReadItem> {
  try {
    const entry = archive.entries.get(path);
    if (!entry) throw new ItemError('gone');
    const bytes = await archive.read(path, MAX_NOTE_BYTES);
    return { ...readBytes(bytes, { ...entry, path: path.slice(top.length) }, program), path };
  } catch (error) {
    return { kind: 'rejected', path, ...rejectionOf(error) };
  }
}

function readBytes(bytes: Buffer, entry: ArchiveEntry, program: ImportProgram): ReadNote {
  const { path, modifiedAt } = entry;
  const name = stemOf(path.slice(path.lastIndexOf('/') + 1), program);
  const common = { path, notebooks: foldersOf(path, program), updatedAt: modifiedAt };
  if (TABLE.test(path)) {
    const { text } = decodeText(bytes);
    return toNote({ ...common, title: name.replace(/_all$/, ''), markdown: readTable(text) });
  }
  if (!/\.html?$/i.test(path)) return readMarkdownNote(bytes, entry, program);
  const { text } = decodeText(bytes, charsetOf(bytes));
  if (isTooDeep(text)) throw new ItemError('too_complex');
  const page = readHtmlPage(text, null);
  return toNote({
    ...common,
    ...page,
    title: page.title || name,
    updatedAt: page.createdAt ?? modifiedAt,
  });
}
