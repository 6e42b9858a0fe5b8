import { runMaintenance } from '@ainotebook/api';
import type { Database } from '@ainotebook/db';
import type { Logger } from './logger.js';

const HOUR_MS = 3_600_000;
const FIRST_AFTER_MS = 60_000;
/** Held while one process of all does the hourly work; any constant will do. */
const ADVISORY_LOCK = 4_201_978;

/** Does what is due each hour, in one process at a time. @returns how to end it */
export function startMaintenance({ db, pool }: Database, log: Logger): () => Promise<void> {
  let current: Promise<void> = Promise.resolve();

  async function runOnce(): Promise<void> {
    // The lock belongs to a connection, so this one is kept to the end.
    const client = await pool.connect();
    try {
      const { rows } = await client.query('select pg_try_advisory_lock($1) as held', [
        ADVISORY_LOCK,
      ]);
      if (!rows[0]?.held) return;
      try {
        log.info('Maintenance done', await runMaintenance(db));
      } finally {
        await client.query('select pg_advisory_unlock($1)', [ADVISORY_LOCK]);
      }
    } finally {
      client.release();
    }
  }

  const run = () => {
    current = current.then(runOnce).catch((error: unknown) => {
      log.error('Maintenance failed; it is repeated in an hour', { err: error });
    });
  };
  const first = setTimeout(run, FIRST_AFTER_MS);
  const hourly = setInterval(run, HOUR_MS);
  return async () => {
    clearTimeout(first);
    clearInterval(hourly);
    await current;
  };
}
