import { open } from 'node:fs/promises';
import type { Archive } from './archive.js';
import { isTar, openTar } from './tar-archive.js';
import { openZip } from './zip-archive.js';

/** The first bytes of a file, at most 4,096. */
export async function startOf(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4_096), 0, 4_096, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Opens a zip or a tar and reads its list. @throws SourceError damaged, too_many_files, too_large, archive_bomb */
export async function openArchive(file: string): Promise<Archive> {
  return isTar(await startOf(file)) ? openTar(file) : openZip(file);
}
