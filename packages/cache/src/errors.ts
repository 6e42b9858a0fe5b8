/**
 * Postgres could not be asked in time: too many loads at once, or one that does not end. Means 503 with
 * Retry-After.
 */
export class CacheUnavailableError extends Error {
  override name = 'CacheUnavailableError';
  readonly code = 'unavailable';
  readonly retryAfterMs = 1_000;
}
