import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ListingStore, StorageFullError, StorageMisconfiguredError } from './blob-store.js';
import { codeOf, sweepTemp, tempFolderOf } from './temp-folder.js';

/** A full disk and a spent quota of the file system, told apart from what nobody can foresee. */
export function asStorageError(error: unknown): unknown {
  const code = codeOf(error);
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? new StorageFullError('There is no room left for files', { cause: error })
    : error;
}

async function sizeOf(file: string): Promise<number | null> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** After a crash of the machine a new name is there only when its folder was written too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Blobs as files below `folder`, whole or not at all: they are moved into place when complete.
 * Processes may share the folder.
 */
export function createDiskStore(folder: string): ListingStore {
  const root = path.resolve(folder);
  const tempFolder = tempFolderOf(root);
  const fileOf = (key: string) => path.join(root, ...key.split('/'));

  return {
    tempFolder,
    put: async (key, file, { size }) => {
      const target = fileOf(key);
      if ((await sizeOf(target)) === size) return rm(file, { force: true });
      try {
        await mkdir(path.dirname(target), { recursive: true });
        await rename(file, target);
        await syncFolder(path.dirname(target));
      } catch (error) {
        throw asStorageError(error);
      }
    },
    open: async (key, range) => {
      const file = fileOf(key);
      if ((await sizeOf(file)) === null) return null;
      return createReadStream(file, range);
    },
    localFile: async (key) => ((await sizeOf(fileOf(key))) === null ? null : fileOf(key)),
    remove: (key) => rm(fileOf(key), { force: true }),
    async *list(prefix) {
      const names = await readdir(root, { recursive: true }).catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT') return [];
        throw error;
      });
      for (const name of names) {
        const key = name.split(path.sep).join('/');
        if (!key.startsWith(prefix) || key.startsWith('.')) continue;
        const found = await stat(path.join(root, name)).catch(() => null);
        if (found?.isFile()) yield { key, size: found.size };
      }
    },
    check: async () => {
      const probe = path.join(tempFolder, `${randomUUID()}.probe`);
      try {
        await mkdir(tempFolder, { recursive: true });
        await writeFile(probe, 'probe', { mode: 0o600 });
        await rm(probe);
      } catch (error) {
        throw new StorageMisconfiguredError(
          `Files cannot be kept in ${root} (${codeOf(error)}): see UPLOAD_DIR.`,
          { cause: error },
        );
      }
    },
    sweepTemp: (olderThanMs) => sweepTemp(tempFolder, olderThanMs),
  };
}
