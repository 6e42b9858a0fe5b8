import type { Services } from '@ainotebook/api';
import type { Logger } from '../logger.js';

/** Forgets addresses that were deleted, and makes up for a time when the change log could not be read. */
const REBUILD_MS = 3_600_000;

/** Builds the filter of addresses now, in the background, and anew each hour. */
export function keepFilter(filter: Services['slugFilter'], log: Pick<Logger, 'warn'>): void {
  const rebuild = () =>
    filter.rebuild().catch((error: unknown) => {
      log.warn('The known addresses could not be read; unknown ones are asked of the database', {
        err: error,
      });
    });
  void rebuild();
  setInterval(rebuild, REBUILD_MS).unref();
}
