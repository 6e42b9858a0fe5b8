import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { withClient } from './postgres.js';

const NAME = 'ainotebook_test';
// Any constant will do; it keeps these locks apart from everybody else's.
const LOCK_CLASS = 4_201_978;

/** The right to a name for the databases of this run, held by a session: it ends with the process. */
export async function claimRun(
  maintenanceUrl: string,
): Promise<{ prefix: string; release(): Promise<void> }> {
  const client = new pg.Client({ connectionString: maintenanceUrl });
  client.on('error', () => undefined);
  await client.connect();
  const id = randomBytes(4);
  await client.query('select pg_advisory_lock($1, $2)', [LOCK_CLASS, id.readInt32BE()]);
  return { prefix: `${NAME}_${id.toString('hex')}`, release: () => client.end() };
}

/** Drops the databases that killed runs left on a server that outlives them. */
export async function removeAbandonedDatabases(maintenanceUrl: string): Promise<void> {
  const prefixes = await withClient(maintenanceUrl, async (client) => {
    const { rows } = await client.query<{ prefix: string }>(
      `select distinct substring(datname from '^${NAME}_[0-9a-f]{8}') as prefix
        from pg_database where datname ~ '^${NAME}_[0-9a-f]{8}_'`,
    );
    const free: string[] = [];
    for (const { prefix } of rows) {
      const id = Buffer.from(prefix.slice(-8), 'hex').readInt32BE();
      const got = await client.query('select pg_try_advisory_lock($1, $2) as got', [
        LOCK_CLASS,
        id,
      ]);
      if (got.rows[0].got) free.push(prefix);
    }
    return free;
  });
  for (const prefix of prefixes) await removeDatabases(maintenanceUrl, prefix);
}

/** Drops all databases of one run. */
export async function removeDatabases(maintenanceUrl: string, prefix: string): Promise<void> {
  await withClient(maintenanceUrl, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [`${prefix}_`],
    );
    for (const { datname } of rows) {
      await client.query(`drop database if exists ${datname} with (force)`);
    }
  });
}
