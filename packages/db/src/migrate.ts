import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as runMigrations } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { readPoolParameters } from './db.js';

export interface MigrateResult {
  /** Names of the migrations applied now, oldest first. */
  applied: string[];
}

/** The database was migrated by a newer release than this one. */
export class SchemaNewerError extends Error {
  override name = 'SchemaNewerError';
}

interface Journal {
  entries: { idx: number; when: number; tag: string }[];
}

/** The repository's `drizzle/` folder, found upwards from this file. */
function migrationsFolder(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const candidate = path.join(folder, 'drizzle');
    if (existsSync(path.join(candidate, 'meta/_journal.json'))) return candidate;
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error('the folder drizzle/ with the migrations is missing');
    folder = parent;
  }
}

function readJournal(): Journal {
  // Written by drizzle-kit; its shape is fixed by the version in the catalog.
  return JSON.parse(
    readFileSync(path.join(migrationsFolder(), 'meta/_journal.json'), 'utf8'),
  ) as Journal;
}

async function newestApplied(client: pg.ClientBase): Promise<number> {
  const table = await client.query("select to_regclass('drizzle.__drizzle_migrations') as name");
  if (table.rows[0]?.name == null) return 0;
  const rows = await client.query(
    'select max(created_at)::text as at from drizzle.__drizzle_migrations',
  );
  return Number(rows.rows[0]?.at ?? 0);
}

/** Which migrations a database still lacks; `isNewer` when it has some this release does not know. */
export async function migrationState(
  client: pg.ClientBase | pg.Pool,
): Promise<{ pending: string[]; isNewer: boolean }> {
  const connected = client instanceof pg.Pool ? await client.connect() : undefined;
  try {
    const at = await newestApplied(connected ?? (client as pg.ClientBase));
    const { entries } = readJournal();
    return {
      pending: entries.filter((entry) => entry.when > at).map((entry) => entry.tag),
      isNewer: at > Math.max(0, ...entries.map((entry) => entry.when)),
    };
  } finally {
    connected?.release();
  }
}

// Any constant will do; it keeps two processes from migrating at once.
const ADVISORY_LOCK = 4_201_977;

/**
 * Brings the database at `url` to the newest schema. Safe to run from several processes at once.
 * @throws SchemaNewerError when the database knows migrations that this release does not.
 */
export async function migrate(url: string): Promise<MigrateResult> {
  const client = new pg.Client({ connectionString: readPoolParameters(url).url });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCK]);
    const state = await migrationState(client);
    if (state.isNewer) {
      throw new SchemaNewerError(
        'The database was migrated by a newer release; start that release, or restore the copy made before the update.',
      );
    }
    if (state.pending.length > 0) {
      await runMigrations(drizzle(client), { migrationsFolder: migrationsFolder() });
    }
    return { applied: state.pending };
  } finally {
    // Ends the advisory lock too.
    await client.end();
  }
}
