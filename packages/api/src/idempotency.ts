import { createHash } from 'node:crypto';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, eq, sql } from 'drizzle-orm';
import superjson, { type SuperJSONResult } from 'superjson';
import { DELETE_BATCH, deleteInBatches } from './delete-in-batches.js';
import { AppError } from './errors.js';

const { idempotencyKeys } = schema;

/** Replies are kept this long, in hours. */
export const IDEMPOTENCY_HOURS = 24;

interface StoredCall {
  db: Db | Tx;
  userId: string;
  path: string;
  key: string;
  input: unknown;
}

/** What tRPC's `next()` answers, as far as this file needs it. */
type Outcome = { ok: true; data: unknown } | { ok: false };

class Rollback extends Error {
  constructor(readonly outcome: unknown) {
    super('rolled back');
  }
}

/** JSON with sorted keys, so that the same input has one hash. */
function canonical(value: unknown): string {
  const json = JSON.stringify(value, (_, v: unknown) =>
    v !== null && typeof v === 'object' && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  );
  // Undefined for undefined, which the type does not tell.
  return json ?? '';
}

/**
 * SHA-256 of an input as it came, which no schema has checked yet: not of what superjson makes of
 * it, whose walk over a hostile megabyte holds everybody up.
 * @throws AppError bad_input (circular, nested too deep, or with a bigint, which no schema takes)
 */
export function inputHashOf(input: unknown): string {
  let json: string;
  try {
    json = canonical(input);
  } catch (cause) {
    throw new AppError('bad_input', 'The input is not valid', { cause });
  }
  return createHash('sha256').update(json).digest('hex');
}

/**
 * Runs `call` once for a user, path and key. The effect and the stored reply commit together, so a
 * process that dies between the commit and its answer leaves a reply that the retry gets.
 * A failed call stores nothing and may be repeated.
 * @throws AppError idempotency_mismatch (same key, other input), request_in_flight, bad_input
 */
export async function withStoredReply<T extends Outcome>(
  stored: StoredCall,
  call: (db: Tx) => Promise<T>,
): Promise<T> {
  const { userId, path, key } = stored;
  if (!/^[\x21-\x7e]{8,128}$/.test(key)) {
    throw new AppError('bad_input', 'Idempotency-Key must be 8 to 128 visible ASCII characters');
  }
  const inputHash = inputHashOf(stored.input);
  const where = and(
    eq(idempotencyKeys.userId, userId),
    eq(idempotencyKeys.path, path),
    eq(idempotencyKeys.key, key),
  );
  try {
    return await stored.db.transaction(async (tx) => {
      // Held to the end of the transaction; a second request with the key gets the reply, and before
      // there is one is told to come back.
      const lock = await tx.execute<{ held: boolean }>(
        sql`select pg_try_advisory_xact_lock(hashtextextended(${`${userId} ${path} ${key}`}, 0)) as held`,
      );
      const [known] = await tx
        .select({ inputHash: idempotencyKeys.inputHash, reply: idempotencyKeys.reply })
        .from(idempotencyKeys)
        .where(where);
      if (known) {
        if (known.inputHash !== inputHash) {
          throw new AppError(
            'idempotency_mismatch',
            'This Idempotency-Key was used with another input',
          );
        }
        // Written below by the same superjson.
        const data = superjson.deserialize(known.reply as SuperJSONResult);
        // The marker is tRPC's own; `data` went through the procedure's output schema once already.
        return { ok: true, data, marker: 'middlewareMarker' } as unknown as T;
      }
      if (!lock.rows[0]?.held) {
        throw new AppError('request_in_flight', 'The same request is still under way', {
          retryAfterMs: 1000,
        });
      }
      const outcome = await call(tx);
      if (!outcome.ok) throw new Rollback(outcome);
      await tx
        .insert(idempotencyKeys)
        .values({ userId, path, key, inputHash, reply: superjson.serialize(outcome.data) });
      return outcome;
    });
  } catch (error) {
    if (error instanceof Rollback) return error.outcome as T;
    throw error;
  }
}

/** Forgets replies older than `IDEMPOTENCY_HOURS`. @returns how many */
export async function pruneIdempotencyKeys(db: Db): Promise<number> {
  return deleteInBatches(
    db,
    sql`delete from ${idempotencyKeys} where ctid = any(array(
      select ctid from ${idempotencyKeys}
      where created_at < now() - make_interval(hours => ${IDEMPOTENCY_HOURS})
      limit ${DELETE_BATCH} for update skip locked))`,
  );
}
