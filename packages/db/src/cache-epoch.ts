import pg from 'pg';
import { readPoolParameters } from './db.js';

/** The site setting that a restore changes: `{ id }`. */
export const CACHE_EPOCH = 'cache_epoch';

/** Of `site_settings`, as text; no row while the database was never restored. */
export const SELECT_EPOCH = `select value->>'id' as epoch from site_settings where key = '${CACHE_EPOCH}'`;

/** What the epoch is called before the first restore. */
export const FIRST_EPOCH = '0';

/**
 * The epoch of a migrated database. Versions of rows are only comparable within one: values that were
 * cached before a restore are never read after it.
 */
export async function readCacheEpoch(url: string): Promise<string> {
  const client = new pg.Client({
    connectionString: readPoolParameters(url).url,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 5_000,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ epoch: string }>(SELECT_EPOCH);
    return rows[0]?.epoch ?? FIRST_EPOCH;
  } finally {
    await client.end();
  }
}
