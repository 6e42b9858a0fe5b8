import { AsyncLocalStorage } from 'node:async_hooks';
import { Socket } from 'node:net';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import type { Tx } from './db.js';

/** A server that lives has said by then that it cancelled the statement. */
const GRACE_MS = 2_000;

/** How long statements of the caller may take, where that is longer than usual. */
const patience = new AsyncLocalStorage<number>();

/** Counts as a network failure: see `dbFailure`. */
class SilentServerError extends Error {
  override name = 'SilentServerError';
  readonly code = 'ETIMEDOUT';
}

type Query = (...args: unknown[]) => unknown;

/**
 * Ends connections on which nothing is heard of a statement longer than it may take: a server that
 * hangs, or one behind a cut network, cancels nothing, and its callers would wait for ever.
 */
export function endSilentConnections(pool: pg.Pool, statementTimeoutMs: number): void {
  if (statementTimeoutMs === 0) return;
  pool.on('connect', (client) => {
    const stream = client instanceof pg.Client ? client.connection.stream : null;
    if (!(stream instanceof Socket)) return;
    stream.on('timeout', () =>
      stream.destroy(new SilentServerError('PostgreSQL has gone silent in a statement')),
    );
    // Nothing more is under way.
    client.on('drain', () => stream.setTimeout(0));
    // One signature for all overloads: arguments are handed on as they came.
    const watched = client as unknown as { query: Query };
    const query = watched.query.bind(client);
    watched.query = (...args) => {
      stream.setTimeout(Math.max(statementTimeoutMs, patience.getStore() ?? 0) + GRACE_MS);
      return query(...args);
    };
  });
}

/** Statements that `work` sends in this transaction may take so long, and are waited for so long. */
export async function withStatementTimeout<T>(
  tx: Tx,
  timeoutMs: number,
  work: () => Promise<T>,
): Promise<T> {
  await tx.execute(sql`select set_config('statement_timeout', ${String(timeoutMs)}, true)`);
  // Drizzle's queries begin when they are awaited.
  return patience.run(timeoutMs, async () => await work());
}
