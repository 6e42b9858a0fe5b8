import { existsSync } from 'node:fs';
import path from 'node:path';
import { claimDirectory } from './claim.js';
import { EmbeddedPostgresError } from './errors.js';
import { locateHome } from './home.js';
import { findPostmaster } from './postmaster.js';

/**
 * Does something with the files of a stopped embedded PostgreSQL, which nobody can start meanwhile.
 * @param work is given the folder that holds `cluster` and `password`
 * @throws EmbeddedPostgresError in_use, data
 */
export async function withStoppedData<T>(
  options: { dataDir: string },
  work: (folder: string) => Promise<T> | T,
): Promise<T> {
  const dataDir = path.resolve(options.dataDir);
  const claim = await claimDirectory(dataDir, 0);
  try {
    const home = locateHome(dataDir);
    const live = findPostmaster(home.cluster);
    if (live) {
      throw new EmbeddedPostgresError(
        'in_use',
        `The database in ${dataDir} is running (pid ${live.pid}): stop it before copying.`,
      );
    }
    if (!existsSync(home.cluster)) {
      throw new EmbeddedPostgresError('data', `There is no database in ${dataDir} to copy.`);
    }
    return await work(home.folder);
  } finally {
    claim.release();
  }
}

/** Whether there is a database in a data folder. */
export const hasData = ({ dataDir }: { dataDir: string }): boolean =>
  existsSync(locateHome(path.resolve(dataDir)).cluster);
