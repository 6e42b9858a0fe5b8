import { AsyncLocalStorage } from 'node:async_hooks';
import type pg from 'pg';

/** What one request has cost in the database so far. */
export interface SqlTrace {
  statements: number;
  /** Time spent waiting for answers, and for a connection; statements at once add up. */
  ms: number;
}

const current = new AsyncLocalStorage<SqlTrace>();

/** Runs `work`; statements sent by it are counted in the trace it is given. */
export function traceSql<T>(work: (trace: SqlTrace) => T): T {
  const trace: SqlTrace = { statements: 0, ms: 0 };
  return current.run(trace, () => work(trace));
}

type Query = (...args: unknown[]) => unknown;

/** Counts what is sent through a pool by callers inside `traceSql`. */
export function tracePool(pool: pg.Pool): void {
  trace(pool);
  pool.on('connect', trace);
}

function trace(target: pg.Pool | pg.PoolClient): void {
  // One signature for all overloads: arguments are handed on as they came.
  const traced = target as unknown as { query: Query };
  const query = traced.query.bind(target);
  traced.query = (...args) => {
    const cost = current.getStore();
    // The pool calls its connections with a callback, perhaps in the turn of another request.
    if (!cost || typeof args.at(-1) === 'function') return query(...args);
    const start = performance.now();
    const answer = query(...args);
    if (!(answer instanceof Promise)) return answer;
    const count = () => {
      cost.statements += 1;
      cost.ms += performance.now() - start;
    };
    answer.then(count, count);
    return answer;
  };
}
