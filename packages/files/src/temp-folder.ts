import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** Where files are received: on the disk of the store, so that they can be moved into place. */
export const tempFolderOf = (folder: string): string => path.join(path.resolve(folder), '.tmp');

/** The code of an error of the system: `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** Removes what uploads left behind that ended more than `olderThanMs` ago. @returns how many files */
export async function sweepTemp(tempFolder: string, olderThanMs: number): Promise<number> {
  let removed = 0;
  const names = await readdir(tempFolder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  for (const name of names) {
    const file = path.join(tempFolder, name);
    const age = await stat(file).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      // An upload that has just ended took its file with it.
      () => 0,
    );
    if (age <= olderThanMs) continue;
    await rm(file, { force: true });
    removed += 1;
  }
  return removed;
}
