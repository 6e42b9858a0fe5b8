import { randomBytes } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { getTableName, isTable, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { CACHE_EPOCH } from '../cache-epoch.js';
import { type Db, readPoolParameters } from '../db.js';
import * as schema from '../schema/index.js';
import {
  compareFingerprints,
  type Fingerprint,
  OUR_SCHEMAS,
  readFingerprint,
} from './fingerprint.js';
import { splitDump } from './split-dump.js';

/** What came of a dump is not what was dumped; `lines` say where. Nothing was changed. */
export class RestoreDiffersError extends Error {
  override name = 'RestoreDiffersError';
  constructor(readonly lines: string[]) {
    super(`What was restored differs from what was backed up:\n  ${lines.join('\n  ')}`);
  }
}

/** Drizzle over one connection, and its transaction. */
export const dbOver = (client: pg.Client): Db => drizzle(client, { schema });

/** Nobody waits longer for somebody else's lock. */
const LOCK_MS = 30_000;

/** Opens a connection on which nothing is cut short. */
export async function connectUnhurried(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: readPoolParameters(url).url,
    connectionTimeoutMillis: 10_000,
    application_name: 'ainotebook backup',
    statement_timeout: 0,
    idle_in_transaction_session_timeout: 0,
    lock_timeout: LOCK_MS,
    keepAlive: true,
  });
  // The query under way fails with it.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const exported: unknown[] = Object.values(schema);
const tables = exported.filter((one) => isTable(one));

/** Why a database is not free to be restored into; null when nothing of anybody's is in it. */
export async function findContents(client: pg.Client): Promise<string | null> {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p', 'v', 'm', 'f')
       and not exists (
         select from pg_depend d
         where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
     order by 1`,
  );
  const ours = new Set(tables.map(getTableName));
  const foreign = rows.filter(({ name }) => !ours.has(name)).map(({ name }) => name);
  if (foreign.length > 0) return `tables of something else (${foreign.slice(0, 3).join(', ')})`;
  if (!rows.some(({ name }) => name === 'users')) return null;
  const { rows: counts } = await client.query<{ users: number }>(
    'select count(*)::int as users from public.users',
  );
  const users = counts[0]?.users ?? 0;
  return users === 0 ? null : `${users} account${users === 1 ? '' : 's'}`;
}

/** Servers and workers that use the database now. */
export async function countServers(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ servers: number }>(
    `select count(*)::int as servers from pg_stat_activity
     where datname = current_database() and application_name = 'ainotebook'`,
  );
  return rows[0]?.servers ?? 0;
}

/**
 * Replaces all that is ours in the database by a plain dump, in one transaction: all of it, compared with
 * what was dumped, or nothing.
 * @param options.before runs before the commit, on the restored tables; what it throws undoes all
 * @throws RestoreDiffersError, IncompleteDumpError, or what PostgreSQL says
 */
export async function restoreDump(
  client: pg.Client,
  options: {
    source: AsyncIterable<Buffer>;
    expected: Fingerprint;
    before?: (db: Db) => Promise<void>;
  },
): Promise<void> {
  await client.query('begin');
  try {
    const dropOld = await setOldAside(client);
    for await (const part of splitDump(options.source)) {
      if (part.kind === 'sql') await client.query(part.text);
      else await pipeline(part.rows, client.query(copyFrom(part.statement)));
    }
    await dropOld();
    const lines = compareFingerprints(options.expected, await readFingerprint(client));
    if (lines.length > 0) throw new RestoreDiffersError(lines);
    await client.query('set local search_path = public');
    await options.before?.(dbOver(client));
    await client.query('commit');
  } catch (error) {
    // The connection may be what failed.
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/**
 * Makes room for the schemas of the dump. Extensions that were made in `public` are not in a dump of ours
 * and are kept.
 * @returns removes what was there before
 */
async function setOldAside(client: pg.Client): Promise<() => Promise<void>> {
  const suffix = randomBytes(6).toString('hex');
  const { rows: present } = await client.query<{ name: string }>(
    'select nspname as name from pg_namespace where nspname = any($1)',
    [OUR_SCHEMAS],
  );
  for (const { name } of present) {
    await client.query(`alter schema ${name} rename to ${name}_${suffix}`);
  }
  return async () => {
    const { rows: extensions } = await client.query<{ name: string }>(
      `select quote_ident(e.extname) as name from pg_catalog.pg_extension e
       join pg_catalog.pg_namespace n on n.oid = e.extnamespace where n.nspname = $1`,
      [`public_${suffix}`],
    );
    for (const { name } of extensions) {
      await client.query(`alter extension ${name} set schema public`);
    }
    for (const { name } of present) await client.query(`drop schema ${name}_${suffix} cascade`);
  };
}

/**
 * Makes a restored database one that no copy stands for: what is cached under the former epoch is never
 * read again, and the log of changes begins anew.
 */
export async function beginNewEpoch(db: Db): Promise<void> {
  const { cacheInval, siteSettings } = schema;
  await db.execute(sql`truncate ${cacheInval}`);
  const value = { id: randomBytes(9).toString('base64url') };
  await db
    .insert(siteSettings)
    .values({ key: CACHE_EPOCH, value })
    .onConflictDoUpdate({ target: siteSettings.key, set: { value, updatedAt: new Date() } });
}
