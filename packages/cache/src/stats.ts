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
