import { setTimeout as sleep } from 'node:timers/promises';
import type { ExtractTablesWithRelations } from 'drizzle-orm';
import { drizzle, type NodePgDatabase, type NodePgQueryResultHKT } from 'drizzle-orm/node-postgres';
import type { PgTransaction } from 'drizzle-orm/pg-core';
import pg from 'pg';
import * as schema from './schema/index.js';
import { endSilentConnections } from './silence.js';
import { tracePool } from './sql-trace.js';

type Schema = typeof schema;

/** Drizzle over the pool. Named, so that inferred router types stay portable. */
export interface Db extends NodePgDatabase<Schema> {}
/** A transaction of `Db`. */
export interface Tx
  extends PgTransaction<NodePgQueryResultHKT, Schema, ExtractTablesWithRelations<Schema>> {}

/** Pool settings; times in milliseconds. */
export interface PoolOptions {
  max?: number;
  min?: number;
  idleTimeoutMs?: number;
  /** Longest wait for a free connection. */
  connectTimeoutMs?: number;
  /** The server cancels what takes longer; a connection that is silent for longer is given up. */
  statementTimeoutMs?: number;
  lockTimeoutMs?: number;
  idleInTransactionTimeoutMs?: number;
  applicationName?: string;
  /** Told of errors of idle connections; without it they are dropped silently and replaced. */
  onError?: (error: Error) => void;
}

export interface Database {
  db: Db;
  pool: pg.Pool;
  /** Opens `min` connections, so that the first requests do not pay for them; what does not open now is opened later. */
  warm(): Promise<void>;
  /** Resolves when every connection is closed, so that the server may then be stopped. */
  close(): Promise<void>;
}

/** Opens a pool on `url` and Drizzle on it. No connection is made before the first query. */
export function createDb(url: string, options: PoolOptions = {}): Database {
  const settings = readPoolParameters(url);
  const max = options.max ?? settings.max ?? 20;
  const min = Math.min(options.min ?? 5, max);
  const statementTimeoutMs = options.statementTimeoutMs ?? 10_000;
  const pool = new pg.Pool({
    connectionString: settings.url,
    max,
    min,
    idleTimeoutMillis: options.idleTimeoutMs ?? 30_000,
    connectionTimeoutMillis: options.connectTimeoutMs ?? settings.waitMs ?? 2_000,
    statement_timeout: statementTimeoutMs,
    lock_timeout: options.lockTimeoutMs ?? 2_000,
    idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs ?? 10_000,
    application_name: options.applicationName ?? 'ainotebook',
    // A column that pg would print in the server's zone is always read as UTC.
    options: '-c timezone=UTC',
  });
  // Without a listener the loss of an idle connection ends the process.
  pool.on('error', (error) => options.onError?.(error));
  // A connection lost between two statements of a transaction ends the process too: while it is lent,
  // the pool does not listen. The next statement rejects, so nothing is hidden.
  pool.on('connect', (client) => client.on('error', () => undefined));
  tracePool(pool);
  endSilentConnections(pool, statementTimeoutMs);
  const db: Db = drizzle(lenderOf(pool), { schema });
  return {
    db,
    pool,
    warm: async () => {
      const opened = await Promise.allSettled(Array.from({ length: min }, () => pool.connect()));
      for (const one of opened) if (one.status === 'fulfilled') one.value.release();
    },
    close: () => endPool(pool),
  };
}

type Query = (...args: unknown[]) => Promise<unknown>;

/**
 * The pool as Drizzle sees it: a connection goes back when BEGIN fails on it, which Drizzle forgets. A
 * few outages would else take all of them.
 */
function lenderOf(pool: pg.Pool): pg.Pool {
  const lend = async () => {
    const client = await pool.connect();
    const lent = client as unknown as { query: Query };
    const { query } = lent;
    lent.query = (...args) => {
      lent.query = query;
      const begun = query(...args);
      begun.catch((error: Error) => client.release(error));
      return begun;
    };
    return client;
  };
  const lender: pg.Pool = Object.create(pool);
  return Object.assign(lender, { connect: lend });
}

const GOODBYE_MS = 1000;

/** `pool.end()` alone resolves before the connections have said goodbye. */
async function endPool(pool: pg.Pool): Promise<void> {
  let open = pool.totalCount;
  const gone = new Promise<void>((resolve) => {
    if (open === 0) resolve();
    pool.on('remove', () => {
      open -= 1;
      if (open === 0) resolve();
    });
  });
  await pool.end();
  // A connection whose server is gone never says it.
  await Promise.race([gone, sleep(GOODBYE_MS, undefined, { ref: false })]);
}

/** Takes `connection_limit` and `pool_timeout` (seconds) out of a URL: pg would send them to the server. */
export function readPoolParameters(url: string): { url: string; max?: number; waitMs?: number } {
  const parsed = new URL(url);
  const number = (name: string) => {
    const value = parsed.searchParams.get(name);
    parsed.searchParams.delete(name);
    return value !== null && /^\d+$/.test(value) ? Number(value) : undefined;
  };
  const max = number('connection_limit');
  const seconds = number('pool_timeout');
  // Prisma's word for the search path; ours is always the default one.
  parsed.searchParams.delete('schema');
  return {
    url: parsed.toString(),
    ...(max ? { max } : {}),
    ...(seconds ? { waitMs: seconds * 1000 } : {}),
  };
}
