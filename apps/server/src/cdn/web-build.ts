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

const HASHED = 'public, max-age=31536000, immutable';
const CHANGING = 'no-cache';

/** A file of a web build, by its path with `/`, and what a browser must be told of it. */
export type BuiltFile = Omit<SiteFile, 'key' | 'body'> & {
  path: string;
  /** The file with the bytes: where the build has a compressed twin, that is sent under the plain name. */
  source: string;
};

/**
 * What is said of a file: its type, and for how long it may be kept. Only names in `assets/` hold a hash of the content.
 * A bucket answers every browser alike, so what it has compressed is gzip, which all of them take.
 */
function describeFile(file: string, isCompressed: boolean): BuiltFile {
  return {
    path: file,
    source: isCompressed ? `${file}.gz` : file,
    contentType: TYPES[path.extname(file)] ?? 'application/octet-stream',
    cacheControl: file.startsWith('assets/') ? HASHED : CHANGING,
    ...(isCompressed ? { contentEncoding: 'gzip' as const } : {}),
  };
}

/**
 * The files of a build in the order in which they must arrive: what pages name before the pages, so that no
 * page names what is not there yet.
 */
export async function listBuild(folder: string): Promise<BuiltFile[][]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .map((name) => name.split(path.sep).join('/'))
    // Of the build tool.
    .filter((name) => !name.split('/').some((part) => part.startsWith('.')))
    .sort();
  const present = new Set(names);
  // For servers that choose by what a browser takes; nobody asks a bucket for them.
  const isTwin = (name: string) => /\.(?:br|gz)$/.test(name) && present.has(name.slice(0, -3));
  const files = names
    .filter((name) => !isTwin(name))
    .map((name) => describeFile(name, present.has(`${name}.gz`)));
  const isPage = (file: BuiltFile) => file.contentType.startsWith('text/html');
  const isHashed = (file: BuiltFile) => file.cacheControl === HASHED;
  return [
    files.filter(isHashed),
    files.filter((file) => !isHashed(file) && !isPage(file)),
    files.filter(isPage),
  ];
}

export const readBuilt = (folder: string, file: BuiltFile): Promise<Buffer> =>
  readFile(path.join(folder, file.source));
