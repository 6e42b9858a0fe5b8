import type { Database, Db } from '@ainotebook/db';

interface Pool {
  query: (...args: unknown[]) => unknown;
  connect: (...args: unknown[]) => unknown;
}

/** For tests: the pool under Drizzle, which keeps it as `$client`; our `Db` does not name that. */
export function poolOf(db: Db): Database['pool'] {
  return (db as unknown as { $client: Database['pool'] }).$client;
}

/** For tests: how many statements `run` sends through the pool; a transaction counts as one. */
export async function countQueries(db: Db, run: () => Promise<unknown>): Promise<number> {
  // Overloads cannot be replaced one by one.
  const pool = poolOf(db) as unknown as Pool;
  const { query, connect } = pool;
  let count = 0;
  let inside = false;
  pool.query = (...args) => {
    count += 1;
    inside = true;
    try {
      // It calls `connect` itself, before it returns.
      return query.apply(pool, args);
    } finally {
      inside = false;
    }
  };
  pool.connect = (...args) => {
    if (!inside) count += 1;
    return connect.apply(pool, args);
  };
  try {
    await run();
  } finally {
    pool.query = query;
    pool.connect = connect;
  }
  return count;
}
