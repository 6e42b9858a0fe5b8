import { type Db, schema, type Tx } from '@ainotebook/db';
import { type SQL, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import type { Claim } from './claim.js';
import { describeError } from './describe-error.js';

const { deadLetters, inbox, outbox } = schema;
const MAX_BACKOFF_MS = 3_600_000;

/** Every write about a run carries this: a later attempt, done or failed, has fenced it out. */
export function stillMine(claim: Claim): SQL {
  return sql`id = ${claim.id} and attempt = ${claim.attempt} and done_at is null and failed_at is null`;
}

/** Marks the row done. @returns false when it is no longer this run's. */
export async function markDone(db: Db, claim: Claim): Promise<boolean> {
  const result = await db.execute(
    sql`update ${outbox} set done_at = now(), last_error = null where ${stillMine(claim)}`,
  );
  return result.rowCount === 1;
}

/**
 * Marks the row done and notes it in the inbox, in the transaction of the effect.
 * @returns first: do the effect; repeat: it was done before; lost: the row is another attempt's.
 */
export async function markOnce(tx: Tx, claim: Claim): Promise<'first' | 'repeat' | 'lost'> {
  const result = await tx.execute<{ mine: boolean; first: boolean }>(sql`
    with mine as (
      update ${outbox} set done_at = now(), last_error = null where ${stillMine(claim)} returning id
    ), first as (
      insert into ${inbox} (consumer, outbox_id) select ${claim.topic}, id from mine
      on conflict do nothing returning outbox_id
    )
    select exists (select from mine) as mine, exists (select from first) as first`);
  const [row] = result.rows;
  if (row?.mine) return row.first ? 'first' : 'repeat';
  const found = await tx.execute<{ done: boolean }>(
    sql`select done_at is not null as done from ${outbox} where id = ${claim.id}`,
  );
  return found.rows[0]?.done ? 'repeat' : 'lost';
}

/** Wait before the next attempt: doubled each time, +-25 % so that failures do not march in step. */
export function backoffFor(backoffMs: number, attempt: number): number {
  const jitter = 0.75 + Math.random() / 2;
  return Math.round(Math.min(backoffMs * 2 ** (attempt - 1), MAX_BACKOFF_MS) * jitter);
}

/** The same, or longer where a handler wants it: at most an hour. */
export function delayOf(backoffMs: number, attempt: number, wantedMs: number | null): number {
  const ownMs = backoffFor(backoffMs, attempt);
  return wantedMs === null ? ownMs : Math.max(ownMs, Math.min(wantedMs, MAX_BACKOFF_MS));
}

/**
 * Makes the row due again in `delayMs`; where a queue brings it then, it is sent again only `graceMs`
 * later. @returns false when it is no longer this run's.
 */
export async function retryLater(
  db: Db,
  claim: Claim,
  { error, delayMs, graceMs }: { error: unknown; delayMs: number; graceMs: number },
) {
  const result = await db.execute(sql`
    update ${outbox}
    set due_at = now() + ${delayMs} * interval '1 ms',
      next_at = now() + ${delayMs + graceMs} * interval '1 ms', run_until = null,
      last_error = ${describeError(error)}
    where ${stillMine(claim)}`);
  return result.rowCount === 1;
}

/** Moves the row to the dead letters. @returns false when it is no longer this run's. */
export async function bury(db: Db, claim: Claim, error: unknown, attempts: number) {
  // One statement, so failed_at and the letter come together or not at all.
  const result = await db.execute(sql`
    with mine as (
      update ${outbox} set failed_at = now(), last_error = ${describeError(error)}
      where ${stillMine(claim)} returning id, topic, payload, last_error
    )
    insert into ${deadLetters} (id, outbox_id, topic, payload, attempts, error)
    select ${v7()}::uuid, id, topic, payload, ${attempts}::int, last_error from mine
    on conflict (outbox_id) do update
    set attempts = excluded.attempts, error = excluded.error, created_at = now()`);
  return result.rowCount === 1;
}

/** Makes the row of a cut run due at once. @returns false when it is done or being finished. */
export async function release(db: Db, claim: Claim): Promise<boolean> {
  // A locked row is in the transaction of `once`: its commit decides, waiting would not help.
  const result = await db.execute(sql`
    update ${outbox} set next_at = now(), due_at = now(), run_until = null
    where id = (select id from ${outbox} where ${stillMine(claim)} for update skip locked)`);
  return result.rowCount === 1;
}
