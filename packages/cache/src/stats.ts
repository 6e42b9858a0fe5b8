import { AsyncLocalStorage } from 'node:async_hooks';

/** What became of the reads of one class. */
export interface ClassCounts {
  /** Answered from this process. */
  local: number;
  /** Answered from Redis. */
  shared: number;
  /** Answered from Postgres. */
  loaded: number;
  /** Of these: because the freshness of a copy could not be proven. */
  bypassed: number;
  /** Answered by an older value because Postgres failed. */
  stale: number;
  failed: number;
}

export interface CacheStats {
  classes: Record<string, ClassCounts>;
  entries: number;
  absent: number;
  bytes: number;
  /** Loads that are running. */
  loads: number;
  /** Fills of Redis that were refused because the row had changed meanwhile. */
  refusedFills: number;
  refreshes: number;
  /** Changes Redis is still to be told. */
  owed: number;
  /** Redis does not answer. */
  isRedisDown: boolean;
  /** Commands Redis did not answer in time, or that were spared because it answers none. */
  redisFailures: number;
  /** Age of the last proof of freshness; infinite before the first. */
  proofAgeMs: number;
}

export const noCounts = (): ClassCounts => ({
  local: 0,
  shared: 0,
  loaded: 0,
  bypassed: 0,
  stale: 0,
  failed: 0,
});

/** What answered the reads of one request so far. */
export type CacheTrace = Pick<ClassCounts, 'local' | 'shared' | 'loaded'>;

const current = new AsyncLocalStorage<CacheTrace>();

/** Runs `work`; reads made by it are counted in the trace it is given. */
export function traceCache<T>(work: (trace: CacheTrace) => T): T {
  const trace: CacheTrace = { local: 0, shared: 0, loaded: 0 };
  return current.run(trace, () => work(trace));
}

/** Counts a read, for its class and for the request it belongs to. */
export function countAnswer(counts: ClassCounts, level: keyof CacheTrace): void {
  counts[level] += 1;
  const trace = current.getStore();
  if (trace) trace[level] += 1;
}
