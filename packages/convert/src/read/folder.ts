import type { ImportProgram } from '@ainotebook/contract';
import type { Archive, ArchiveEntry } from './archive.js';
import { charsetOf, isTooDeep, readHtmlPage } from './html.js';
import type { ReadItem, ReadNote } from './items.js';
import { foldersOf, readMarkdownNote, stemOf } from './markdown-note.js';
import { toNote } from './note.js';
import { ItemError } from './source-error.js';
import { readTable } from './table.js';
import { decodeText } from './text.js';

/** Bytes of one file that becomes a note; more would not fit into one. */
export const MAX_NOTE_BYTES = 4_000_000;

/** What programs keep for themselves. */
const HIDDEN = /(?:^|\/)(?:\.[^/]+|__MACOSX|node_modules|Thumbs\.db|desktop\.ini)(?:\/|$)/i;
const NOTE = /\.(?:md|markdown|mdown|txt|html?)$/i;
const TABLE = /\.csv$/i;
const NESTED = /\.(?:zip|7z|rar|tar|gz|tgz|jex|lakebook|enex|epub|docx)$/i;
/** Shown by notes, not notes themselves; what of them is taken is decided where a note names them. */
const ATTACHMENT =
  /\.(?:png|jpe?g|webp|gif|avif|svg|bmp|tiff?|heic|pdf|mp3|m4a|wav|ogg|flac|mp4|mov|webm|mkv|docm|pptx?|xlsx?|odt|css|js|json|ya?ml|toml|xml|canvas|base)$/i;

/** Which program wrote the files of an archive. */
export function programOf(paths: Iterable<string>): ImportProgram {
  let notion = 0;
  let notes = 0;
  const found = new Set<ImportProgram>();
  for (const path of paths) {
    if (/(?:^|\/)\.obsidian\//.test(path)) found.add('obsidian');
    if (/(?:^|\/)_resources\//.test(path)) found.add('joplin');
    if (/(?:^|\/)(?:_posts|_drafts|content\/posts?)\//.test(path)) found.add('blog');
    if (!NOTE.test(path)) continue;
    notes += 1;
    if (/ [\da-f]{32}(?:_all)?\.(?:md|html|csv)$/i.test(path)) notion += 1;
  }
  if (found.has('obsidian')) return 'obsidian';
  if (notes > 0 && notion > notes / 2) return 'notion';
  return found.has('joplin') ? 'joplin' : found.has('blog') ? 'blog' : 'markdown';
}

/** The items of an archive in their order, folder by folder. */
export function listItems(
  archive: Archive,
): { path: string; reason?: 'nested_archive' | 'unsupported' }[] {
  const paths = [...archive.entries.keys()].filter((path) => !HIDDEN.test(path)).sort();
  const known = new Set(paths);
  return paths.flatMap((path) => {
    if (NOTE.test(path)) return [{ path }];
    // Notion writes a database twice; the second holds the filtered rows.
    if (TABLE.test(path)) return known.has(path.replace(TABLE, '_all.csv')) ? [] : [{ path }];
    if (NESTED.test(path)) return [{ path, reason: 'nested_archive' as const }];
    return ATTACHMENT.test(path) ? [] : [{ path, reason: 'unsupported' as const }];
  });
}

/**
 * The folder that all items share: an archive of a folder names it, and it would be a notebook of its
 * own around everything.
 */
export function sharedFolder(paths: readonly string[]): string {
  const [first] = paths;
  const top = first?.includes('/') ? first.slice(0, first.indexOf('/') + 1) : '';
  return top !== '' && paths.every((path) => path.startsWith(top)) ? top : '';
}

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
    if (!(error instanceof ItemError)) throw error;
    return { kind: 'rejected', path, reason: error.code };
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
