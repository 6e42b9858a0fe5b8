import path from 'node:path';
import { claimDirectory } from './claim.js';
import { EmbeddedPostgresError } from './errors.js';
import { locateHome } from './home.js';
import { findPostmaster, stopPostmaster } from './postmaster.js';

/** Stops the server of a data folder whose process was killed; false when somebody still uses the folder. */
export async function stopAbandonedPostgres(options: { dataDir: string }): Promise<boolean> {
  const dataDir = path.resolve(options.dataDir);
  try {
    const claim = await claimDirectory(dataDir, 0);
    try {
      const { cluster } = locateHome(dataDir);
      const live = findPostmaster(cluster);
      if (live) await stopPostmaster(live.pid, cluster);
    } finally {
      claim.release();
    }
    return true;
  } catch (error) {
    if (error instanceof EmbeddedPostgresError && error.reason === 'in_use') return false;
    throw error;
  }
}
