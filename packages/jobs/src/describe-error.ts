import { DrizzleQueryError } from 'drizzle-orm';

const MAX_LENGTH = 2_000;

/** What may be stored about an error: no parameters of queries (they hold texts) and no NUL. */
export function describeError(error: unknown): string {
  // Drizzle's own message lists the parameters; what Postgres said is in the cause.
  if (error instanceof DrizzleQueryError && error.cause) return describeError(error.cause);
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.replaceAll('\u0000', '').slice(0, MAX_LENGTH);
}
