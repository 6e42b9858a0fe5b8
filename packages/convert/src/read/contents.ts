import type { ImportProgram } from '@ainotebook/contract';
import type { Archive } from './archive.js';

/** What programs keep for themselves. */
export const HIDDEN = /(?:^|\/)(?:\.[^/]+|__MACOSX|node_modules|Thumbs\.db|desktop\.ini)(?:\/|$)/i;
const NOTE = /\.(?:md|markdown|mdown|txt|html?)$/i;
export const TABLE = /\.csv$/i;
/** Those that are not opened. */
const NESTED = /\.(?:zip|7z|rar|tar|gz|tgz|jex|lakebook|enex|epub|docx)$/i;
/** Kept where a note shows them; their bytes decide then. */
const ATTACHMENT = /\.(?:png|jpe?g|webp|gif|avif|pdf)$/i;
/** Files of a kind that are told of one by one; of more than these, folder by folder. */
const TOLD_SINGLY = 1_000;

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

/** The items of an archive in their order, folder by folder; what is shown by notes is none. */
export function listItems(
  archive: Archive,
): { path: string; reason?: 'nested_archive' | 'unsupported' }[] {
  const paths = visiblePaths(archive);
  const known = new Set(paths);
  const items: ReturnType<typeof listItems> = [];
  const unsupported: string[] = [];
  for (const path of paths) {
    if (NOTE.test(path)) items.push({ path });
    else if (TABLE.test(path)) {
      // Notion writes a database twice; the second holds the filtered rows.
      if (!known.has(path.replace(TABLE, '_all.csv'))) items.push({ path });
    } else if (NESTED.test(path)) items.push({ path, reason: 'nested_archive' });
    else if (!ATTACHMENT.test(path)) unsupported.push(path);
  }
  return [
    ...items,
    ...inFolders(unsupported).map((path) => ({ path, reason: 'unsupported' as const })),
  ];
}

const visiblePaths = (archive: Archive): string[] =>
  [...archive.entries.keys()].filter((path) => !HIDDEN.test(path)).sort();

/** Files that become attachments where notes show them. */
export const listAttachments = (archive: Archive): string[] =>
  visiblePaths(archive).filter((path) => ATTACHMENT.test(path));

/** Paths, in order; of thousands only their folders, with the number of files in each, and of thousands of these the first. */
export function inFolders(paths: readonly string[]): string[] {
  if (paths.length <= TOLD_SINGLY) return [...paths];
  const counts = new Map<string, number>();
  for (const path of paths) {
    const folder = path.slice(0, path.lastIndexOf('/') + 1) || './';
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  const folders = [...counts];
  const rest = folders.slice(TOLD_SINGLY - 1);
  if (rest.length > 1) {
    const others = rest.reduce((sum, [, count]) => sum + count, 0);
    folders.splice(TOLD_SINGLY - 1, rest.length, ['…', others]);
  }
  return folders.map(([folder, count]) => `${folder} × ${count}`);
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

/** Whether there is anything in it that becomes a note. */
export const holdsNotes = (archive: Archive): boolean =>
  [...archive.entries.keys()].some(
    (path) => !HIDDEN.test(path) && (NOTE.test(path) || TABLE.test(path)),
  );
