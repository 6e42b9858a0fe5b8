import { type Db, schema, type Tx } from '@ainotebook/db';
import { type SQL, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { HELD_RETRY_MS, isHeld, openTopics } from './hold.js';
import type { JobSettings } from './job.js';

const { deadLetters, outbox } = schema;

/** An outbox row this process may run until its lease ends. */
export interface Claim {
  readonly id: string;
  readonly topic: string;
  readonly payload: unknown;
  readonly attempt: number;
  readonly waitedMs: number;
}

/** A row due for longer is old: it may take one of the turns kept for the oldest. */
const OLD_AFTER_SECONDS = 60;
/** A row nobody handles waits this long for a release that does. */
const UNKNOWN_AFTER_SECONDS = 600;

/** How many due rows to take, and how many of them by age alone. */
export interface Take {
  limit: number;
  fair: number;
}

/**
 * Up to `limit` due rows, locked, by priority and then by time; the first `fair` of them are those
 * that wait longest, whatever their priority, once they are old. Parts of a `with` that ends in
 * `picked (id, next_at, place)`.
 *
 * Each priority is read by its own index range, so rows that are not due are never walked over.
 */
export function pickDue(jobs: readonly JobSettings[], { limit, fair }: Take): SQL {
  return sql`
    due as (
      select head.id, head.priority, head.next_at
      from unnest(array[1, 5, 10]) as lane(priority)
      cross join lateral (
        select id, priority, next_at from ${outbox}
        where priority = lane.priority and next_at <= now()
          and done_at is null and failed_at is null and topic = any(${openTopics(jobs)})
        order by next_at, id
        limit ${limit}
        for update skip locked
      ) head
    ), aged as (
      select *, next_at < now() - ${OLD_AFTER_SECONDS} * interval '1 s'
        and row_number() over (order by next_at, id) <= ${fair} as takes_fair_turn
      from due
    ), picked as (
      select id, next_at,
        row_number() over (order by takes_fair_turn desc, priority, next_at, id) as place
      from aged order by place limit ${limit}
    )`;
}

/**
 * Claims due rows, in the order of `pickDue`. The attempt is counted and the lease written before
 * the run: a process that dies during a run has used up an attempt, and its row is due again when
 * the lease ends.
 */
export async function claimDue(db: Db, jobs: readonly JobSettings[], take: Take): Promise<Claim[]> {
  const topics = sql.param(jobs.map((job) => job.topic));
  const leases = sql.param(jobs.map((job) => job.leaseMs));
  const result = await db.execute<{
    id: string;
    topic: string;
    payload: unknown;
    attempt: number;
    waited_ms: number;
    place: number;
  }>(sql`
    with ${pickDue(jobs, take)}
    update ${outbox} as o
    set attempt = o.attempt + 1, next_at = now() + lease.ms * interval '1 ms',
      run_until = now() + lease.ms * interval '1 ms', started_at = now()
    from picked, unnest(${topics}::text[], ${leases}::int[]) as lease(topic, ms)
    where o.id = picked.id and lease.topic = o.topic
    returning o.id, o.topic, o.payload, o.attempt, picked.place::int as place,
      (extract(epoch from now() - picked.next_at) * 1000)::float8 as waited_ms`);
  return result.rows
    .sort((a, b) => a.place - b.place)
    .map(({ id, topic, payload, attempt, waited_ms }) => ({
      id,
      topic,
      payload,
      attempt,
      waitedMs: waited_ms,
    }));
}

/**
 * Takes due rows for a queue, in the order of `pickDue`: they are not due again for `handoverMs`.
 * No attempt is counted, for no run begins.
 */
export async function takeDue(
  tx: Tx,
  jobs: readonly JobSettings[],
  take: Take,
  handoverMs: number,
): Promise<{ id: string; topic: string; priority: number }[]> {
  const { rows } = await tx.execute<{
    id: string;
    topic: string;
    priority: number;
    place: number;
  }>(sql`
    with ${pickDue(jobs, take)}
    update ${outbox} as o set next_at = now() + ${handoverMs} * interval '1 ms'
    from picked where o.id = picked.id
    returning o.id, o.topic, o.priority, picked.place::int as place`);
  return rows.sort((a, b) => a.place - b.place);
}

/**
 * Claims one row that a queue has delivered, once it is due.
 * @returns gone: done, failed or deleted; busy: another run has it, it is not due, or it is held, for
 * so long.
 */
export async function claimOne(
  db: Db,
  job: JobSettings,
  id: string,
): Promise<Claim | 'gone' | { busyMs: number }> {
  const lease = sql`now() + ${job.leaseMs} * interval '1 ms'`;
  const mayRun = job.isOutgoing ? sql`not ${isHeld}` : sql`true`;
  const claimed = await db.execute<{ payload: unknown; attempt: number; waited_ms: number }>(sql`
    update ${outbox} set attempt = attempt + 1, next_at = ${lease}, run_until = ${lease},
      started_at = now()
    where id = ${id} and topic = ${job.topic} and done_at is null and failed_at is null
      and (run_until is null or run_until <= now()) and due_at <= now() and ${mayRun}
    returning payload, attempt, (extract(epoch from now() - due_at) * 1000)::float8 as waited_ms`);
  const [row] = claimed.rows;
  if (row) {
    const { payload, attempt, waited_ms: waitedMs } = row;
    return { id, topic: job.topic, payload, attempt, waitedMs };
  }
  const held = await db.execute<{ busy_ms: number }>(sql`
    select case when run_until > now() or due_at > now()
        then ceil(extract(epoch from greatest(run_until, due_at) - now()) * 1000)::float8
        when not ${mayRun} then ${HELD_RETRY_MS}::float8 else 0 end as busy_ms
    from ${outbox}
    where id = ${id} and done_at is null and failed_at is null`);
  const [holder] = held.rows;
  return holder ? { busyMs: Math.max(holder.busy_ms, 1) } : 'gone';
}

/** Whether a row is neither done nor failed. */
export async function isOpen(db: Db, id: string): Promise<boolean> {
  const { rowCount } = await db.execute(sql`
    select from ${outbox} where id = ${id} and done_at is null and failed_at is null`);
  return rowCount === 1;
}

/**
 * Moves rows whose topic nobody handles to the dead letters. Not at once: during a rolling update
 * the old release meets topics of the new one.
 */
export async function buryUnknown(
  db: Db,
  jobs: readonly JobSettings[],
): Promise<{ id: string; topic: string; attempt: number; error: string }[]> {
  const topics = sql.param(jobs.map((job) => job.topic));
  const unknown = await db.execute<{ id: string }>(sql`
    select id from ${outbox}
    where priority in (1, 5, 10) and next_at < now() - ${UNKNOWN_AFTER_SECONDS} * interval '1 s'
      and done_at is null and failed_at is null and topic <> all(${topics}::text[])
    limit 100`);
  const ids = unknown.rows.map((row) => row.id);
  if (ids.length === 0) return [];
  const buried = await db.execute<{
    id: string;
    topic: string;
    attempt: number;
    error: string;
  }>(sql`
    with new_letter as (
      select * from unnest(${sql.param(ids)}::uuid[], ${sql.param(ids.map(() => v7()))}::uuid[])
        as t(outbox_id, letter_id)
    ), mine as (
      update ${outbox} as o
      set failed_at = now(), last_error = 'No handler for the topic ' || o.topic
      from new_letter
      where o.id = new_letter.outbox_id and o.done_at is null and o.failed_at is null
        and o.next_at < now() - ${UNKNOWN_AFTER_SECONDS} * interval '1 s'
      returning o.id, o.topic, o.payload, o.attempt, o.last_error, new_letter.letter_id
    ), letters as (
      insert into ${deadLetters} (id, outbox_id, topic, payload, attempts, error)
      select letter_id, id, topic, payload, attempt, last_error from mine
      on conflict (outbox_id) do update set error = excluded.error, created_at = now()
    )
    select id, topic, attempt, last_error as error from mine`);
  return buried.rows;
}
