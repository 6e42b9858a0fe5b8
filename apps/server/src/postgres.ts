import path from 'node:path';
import { type MigrateResult, migrate, migrationState, readPoolParameters } from '@ainotebook/db';
import {
  type EmbeddedPostgres,
  findEmbeddedPostgres,
  snapshotDataDir,
  startEmbeddedPostgres,
} from '@ainotebook/db/embedded';
import pg from 'pg';
import type { Settings } from './env.js';
import { UsageError } from './failure.js';

type Say = (line: string) => void;

/** Left free for people and tools. */
export const RESERVED_CONNECTIONS = 10;
export const DEFAULT_POOL_MAX = 20;

/** Where the embedded PostgreSQL keeps its data. */
export function postgresFolder(settings: Settings): string {
  return path.resolve(settings.env.DATA_DIR, 'postgres');
}

/** Why nobody comes to the database, in a line without its password. */
export function unreachable(url: string, error: unknown): string {
  const { hostname, port } = new URL(url);
  const reason = error instanceof Error ? error.message : String(error);
  return `PostgreSQL at ${hostname}:${port || 5432} cannot be used: ${reason || 'connection refused'}`;
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: readPoolParameters(url).url,
    connectionTimeoutMillis: 5000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(unreachable(url, error), { cause: error });
  } finally {
    await client.end();
  }
}

/** Whether a database has been migrated before, and what it lacks. */
async function stateOf(
  url: string,
): Promise<{ isNew: boolean; pending: string[]; isNewer: boolean }> {
  return withClient(url, async (client) => {
    const { rows } = await client.query(
      "select to_regclass('drizzle.__drizzle_migrations') is null as is_new",
    );
    return { isNew: rows[0]?.is_new === true, ...(await migrationState(client)) };
  });
}

/**
 * Starts the embedded PostgreSQL; before an update changes its tables, the stopped database is copied
 * to DATA_DIR/snapshots.
 * @throws EmbeddedPostgresError
 */
export async function startOwnPostgres(settings: Settings, say: Say): Promise<EmbeddedPostgres> {
  const dataDir = postgresFolder(settings);
  const start = () => startEmbeddedPostgres({ dataDir, log: say });
  const running = await start();
  try {
    const state = await stateOf(running.url);
    if (state.isNew || state.isNewer || state.pending.length === 0) return running;
  } catch (error) {
    await running.stop();
    throw error;
  }
  say('this release changes the database: copying it aside first');
  await running.stop();
  const copy = await snapshotDataDir({
    dataDir,
    to: path.resolve(settings.env.DATA_DIR, 'snapshots'),
  });
  say(`copied to ${copy}`);
  return start();
}

/** Migrates; the database of a newer release is refused. @throws SchemaNewerError */
export async function migrateDatabase(url: string, say: Say): Promise<MigrateResult> {
  await withClient(url, (client) => client.query('select 1'));
  const result = await migrate(url);
  if (result.applied.length > 0) say(`database migrated (${result.applied.join(', ')})`);
  return result;
}

/** Connections of `limit` for each of the processes, and for the successor of one that is replaced. */
export function shareOf(limit: number, processes: number): number {
  const atMost = processes > 1 ? processes + 1 : 1;
  return Math.floor((limit - RESERVED_CONNECTIONS) / atMost);
}

/**
 * Connections this process may open: those of all stay 10 below the server's max_connections.
 * @throws UsageError when fewer than 2 would be left
 */
export async function fitPool(
  settings: Settings,
  url: string,
  { workers, warn }: { workers: number; warn: Say },
): Promise<number> {
  const { PG_POOL_MAX } = settings.env;
  const processes = Math.max(settings.env.PROCESSES, workers);
  const asked = PG_POOL_MAX ?? readPoolParameters(url).max;
  const wanted = asked ?? DEFAULT_POOL_MAX;
  const limit = await withClient(url, async (client) => {
    const { rows } = await client.query('show max_connections');
    return Number(rows[0]?.max_connections);
  });
  const share = shareOf(limit, processes);
  if (share < 2) {
    throw new UsageError(
      `PostgreSQL allows ${limit} connections: too few for ${processes} processes. Raise max_connections or lower PROCESSES.`,
    );
  }
  if (wanted <= share) return wanted;
  // Nobody asked for more.
  if (asked === undefined) return share;
  warn(
    `PG_POOL_MAX lowered from ${wanted} to ${share}: PostgreSQL allows ${limit} connections, ${processes} process(es) share them, ${RESERVED_CONNECTIONS} stay free.`,
  );
  return share;
}

/**
 * Runs `work` with a database: the configured one, else the embedded one, running already or started
 * for this time.
 */
export async function withDatabaseUrl<T>(
  settings: Settings,
  say: Say,
  work: (url: string) => Promise<T>,
): Promise<T> {
  if (settings.databaseUrl !== null) return work(settings.databaseUrl);
  const running = findEmbeddedPostgres({ dataDir: postgresFolder(settings) });
  if (running) return work(running.url);
  const own = await startOwnPostgres(settings, say);
  try {
    return await work(own.url);
  } finally {
    await own.stop();
  }
}
