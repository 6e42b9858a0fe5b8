import type { ImportProgram } from '@ainotebook/contract';
import type { Archive } from './archive.js';

/** What programs keep for themselves. */
export const HIDDEN = /(?:^|\/)(?:\.[^/]+|__MACOSX|node_modules|Thumbs\.db|desktop\.ini)(?:\/|$)/i;
const NOTE = /\.(?:md|markdown|mdown|txt|html?)$/i;
export const TABLE = /\.csv$/i;
/** Those that are not opened. */
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

/** Whether there is anything in it that becomes a note. */
export const holdsNotes = (archive: Archive): boolean =>
  [...archive.entries.keys()].some(
    (path) => !HIDDEN.test(path) && (NOTE.test(path) || TABLE.test(path)),
  );
