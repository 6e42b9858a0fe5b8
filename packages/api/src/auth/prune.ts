import { type Db, schema } from '@ainotebook/db';
import { inArray, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';

const { apiKeys, oneTimeTokens, refreshTokens, sessions } = schema;

/** Days an ended session and a used token are kept: long enough to look into a theft. */
const KEEP_DAYS = 30;
const BATCH = 1000;
/** Batches of one run: what is left waits for the next run. */
const BATCHES = 20;

/**
 * Deletes sessions (with their tokens), used refresh tokens, one-time tokens and API keys that ended
 * more than 30 days ago, in batches, at most 20,000 of each.
 * @returns rows deleted
 */
export async function pruneAccounts(
  db: Db,
): Promise<Record<'sessions' | 'refreshTokens' | 'oneTimeTokens' | 'apiKeys', number>> {
  return {
    sessions: await prune(db, { table: sessions, key: sessions.id, ended: sessions.expiresAt }),
    refreshTokens: await prune(db, {
      table: refreshTokens,
      key: refreshTokens.hash,
      ended: refreshTokens.usedAt,
    }),
    oneTimeTokens: await prune(db, {
      table: oneTimeTokens,
      key: oneTimeTokens.hash,
      ended: oneTimeTokens.expiresAt,
    }),
    apiKeys: await prune(db, {
      table: apiKeys,
      key: apiKeys.id,
      ended: sql`least(${apiKeys.revokedAt}, ${apiKeys.expiresAt})`,
    }),
  };
}

async function prune(
  db: Db,
  target: { table: PgTable; key: PgColumn; ended: SQLWrapper },
): Promise<number> {
  const old: SQL = sql`${target.ended} < now() - make_interval(days => ${KEEP_DAYS})`;
  let total = 0;
  for (let batch = 0; batch < BATCHES; batch++) {
    const some = db.select({ key: target.key }).from(target.table).where(old).limit(BATCH);
    const gone = await db.delete(target.table).where(inArray(target.key, some));
    total += gone.rowCount ?? 0;
    if ((gone.rowCount ?? 0) < BATCH) break;
  }
  return total;
}
