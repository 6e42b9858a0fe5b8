import type { Db } from '@ainotebook/db';

interface Pool {
  query: (...args: unknown[]) => unknown;
  connect: (...args: unknown[]) => unknown;
}

/** For tests: how many statements `run` sends through the pool; a transaction counts as one. */
export async function countQueries(db: Db, run: () => Promise<unknown>): Promise<number> {
  // Drizzle keeps the pool under `$client`, which our `Db` does not name.
  const pool = (db as unknown as { $client: Pool }).$client;
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
