import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { SiteFile } from '@ainotebook/files';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};
const ENCODINGS = { '.br': 'br', '.gz': 'gzip' } as const;

const HASHED = 'public, max-age=31536000, immutable';
const CHANGING = 'no-cache';

/** A file of a web build, by its path with `/`, and what a browser must be told of it. */
export type BuiltFile = Omit<SiteFile, 'key' | 'body'> & { path: string };

/**
 * What is said of a file: its type, also under the ending of a precompressed one, and for how long it may be
 * kept. Only names in `assets/` hold a hash of the content.
 */
export function describeFile(file: string): BuiltFile {
  const last = path.extname(file);
  const contentEncoding = last === '.br' || last === '.gz' ? ENCODINGS[last] : undefined;
  const ending = contentEncoding ? path.extname(file.slice(0, -last.length)) : last;
  return {
    path: file,
    contentType: TYPES[ending] ?? 'application/octet-stream',
    cacheControl: file.startsWith('assets/') ? HASHED : CHANGING,
    ...(contentEncoding ? { contentEncoding } : {}),
  };
}

/**
 * The files of a build in the order in which they must arrive: what pages name before the pages, so that no
 * page names what is not there yet.
 */
export async function listBuild(folder: string): Promise<BuiltFile[][]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .map((name) => name.split(path.sep).join('/'))
    // Of the build tool.
    .filter((name) => !name.split('/').some((part) => part.startsWith('.')))
    .sort()
    .map(describeFile);
  const isPage = (file: BuiltFile) => file.contentType.startsWith('text/html');
  const isHashed = (file: BuiltFile) => file.cacheControl === HASHED;
  return [
    files.filter(isHashed),
    files.filter((file) => !isHashed(file) && !isPage(file)),
    files.filter(isPage),
  ];
}

export const readBuilt = (folder: string, file: BuiltFile): Promise<Buffer> =>
  readFile(path.join(folder, file.path));
