/** What a failed query means to its caller. */
export type DbFailure =
  | 'unique_violation'
  | 'foreign_key_violation'
  | 'lock_timeout'
  | 'statement_timeout'
  | 'serialization_failure'
  | 'unavailable';

const BY_SQLSTATE: Record<string, DbFailure> = {
  '23505': 'unique_violation',
  '23503': 'foreign_key_violation',
  '55P03': 'lock_timeout',
  '57014': 'statement_timeout',
  '40001': 'serialization_failure',
  '40P01': 'serialization_failure',
  '53300': 'unavailable',
  '57P01': 'unavailable',
  '57P02': 'unavailable',
  '57P03': 'unavailable',
  '25P03': 'unavailable',
  // It lets our account in no more, or our database is gone: as good as down, until an operator has mended it.
  '28000': 'unavailable',
  '28P01': 'unavailable',
  '3D000': 'unavailable',
};
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EAI_AGAIN',
]);
// pg gives these no code. The last is what the ROLLBACK of a transaction meets whose connection was lost.
const CODELESS =
  /^timeout exceeded when trying to connect|^Connection terminated|^Client .* is not queryable/;

/**
 * Classifies an error thrown by Drizzle or pg, looking through `cause`.
 * @returns undefined for anything that is not a known database failure.
 */
export function dbFailure(error: unknown): { kind: DbFailure; constraint?: string } | undefined {
  for (let e = error, depth = 0; e instanceof Error && depth < 5; e = e.cause, depth++) {
    const code = 'code' in e && typeof e.code === 'string' ? e.code : '';
    const constraint =
      'constraint' in e && typeof e.constraint === 'string' ? e.constraint : undefined;
    const kind =
      BY_SQLSTATE[code] ?? (code.startsWith('08') || NETWORK.has(code) ? 'unavailable' : undefined);
    if (kind) return { kind, ...(constraint ? { constraint } : {}) };
    if (CODELESS.test(e.message)) return { kind: 'unavailable' };
  }
  return undefined;
}
