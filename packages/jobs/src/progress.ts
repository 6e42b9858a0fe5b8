import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, desc, eq, inArray, isNotNull, lt, type SQL, sql } from 'drizzle-orm';
import type { Claim } from './claim.js';
import type { JobProgress } from './job.js';
import { stillMine } from './settle.js';

const { outbox } = schema;

/**
 * Writes how far a run is.
 * @returns cancelled: its owner wants it no more, or the row is no longer this run's.
 */
export async function writeProgress(
  db: Db,
  claim: Claim,
  progress: JobProgress,
): Promise<'wanted' | 'cancelled'> {
  const { rows } = await db.execute<{ is_cancelled: boolean }>(sql`
    update ${outbox} set progress = ${JSON.stringify(progress)}::jsonb where ${stillMine(claim)}
    returning cancelled_at is not null as is_cancelled`);
  return rows[0]?.is_cancelled === false ? 'wanted' : 'cancelled';
}

/** Ends the row of a cancelled run. @returns false when it is no longer this run's. */
export async function endCancelled(db: Db, claim: Claim): Promise<boolean> {
  const { rowCount } = await db.execute(sql`
    update ${outbox} set failed_at = now(), last_error = null
    where ${stillMine(claim)} and cancelled_at is not null`);
  return rowCount === 1;
}

/** What is known of a job. */
export interface JobState {
  id: string;
  topic: string;
  status: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  progress: JobProgress | null;
  /** Runs begun. */
  attempt: number;
  createdAt: Date;
}

const stateColumns = {
  id: outbox.id,
  topic: outbox.topic,
  status: sql<JobState['status']>`case
    when ${outbox.doneAt} is not null then 'done'
    when ${outbox.failedAt} is not null and ${outbox.cancelledAt} is not null then 'cancelled'
    when ${outbox.failedAt} is not null then 'failed'
    when ${outbox.runUntil} > now() then 'running'
    else 'waiting' end`,
  progress: outbox.progress,
  attempt: outbox.attempt,
  createdAt: outbox.createdAt,
};

const owned = (userId: string): SQL | undefined =>
  and(isNotNull(outbox.userId), eq(outbox.userId, userId));

/** A job of an owner; null when there is none. Done jobs are known for a week. */
export async function readJob(
  db: Db | Tx,
  { id, userId }: { id: string; userId: string },
): Promise<JobState | null> {
  const [job] = await db
    .select(stateColumns)
    .from(outbox)
    .where(and(eq(outbox.id, id), owned(userId)));
  return job ?? null;
}

/** Those of some jobs that are an owner's, in no order. */
export function readJobs(
  db: Db | Tx,
  { ids, userId }: { ids: readonly string[]; userId: string },
): Promise<JobState[]> {
  return db
    .select(stateColumns)
    .from(outbox)
    .where(and(inArray(outbox.id, [...ids]), owned(userId)));
}

/** Jobs of an owner, newest first; `cursor` is the id of the last one seen. */
export function listJobs(
  db: Db | Tx,
  { userId, limit, cursor }: { userId: string; limit: number; cursor: string | null },
): Promise<JobState[]> {
  return (
    db
      .select(stateColumns)
      .from(outbox)
      .where(and(owned(userId), cursor === null ? undefined : lt(outbox.id, cursor)))
      // A UUIDv7 begins with the time it was made.
      .orderBy(desc(outbox.id))
      .limit(limit)
  );
}

/** A run under way. */
export interface RunningJob extends Pick<JobState, 'id' | 'topic' | 'attempt' | 'progress'> {
  startedAt: Date;
}

/** Jobs under way anywhere, whoever owns them; those that began first before the others. */
export async function listRunning(
  db: Db | Tx,
  { limit }: { limit: number },
): Promise<RunningJob[]> {
  const { id, topic, attempt, progress, startedAt } = outbox;
  const rows = await db
    .select({ id, topic, attempt, progress, startedAt })
    .from(outbox)
    .where(
      // Each priority, so that the index of open rows serves.
      sql`priority in (1, 5, 10) and done_at is null and failed_at is null and run_until > now()`,
    )
    .orderBy(startedAt, id)
    .limit(limit);
  // A claim writes both.
  return rows.flatMap((row) => (row.startedAt ? [{ ...row, startedAt: row.startedAt }] : []));
}

/**
 * Ends a waiting job of an owner at once, and asks a running one to end at its next report.
 * @returns false when there is no such job, or it has ended.
 */
export async function cancelJob(
  db: Db | Tx,
  { id, userId }: { id: string; userId: string },
): Promise<boolean> {
  const { rowCount } = await db.execute(sql`
    update ${outbox} set cancelled_at = coalesce(cancelled_at, now()),
      failed_at = case when run_until > now() then null else now() end
    where id = ${id} and user_id = ${userId} and done_at is null and failed_at is null`);
  return rowCount === 1;
}

/** How much work there is, and how long the oldest due row has waited. */
export async function countJobs(
  db: Db | Tx,
): Promise<{ waiting: number; running: number; failed: number; oldestWaitingMs: number }> {
  // Bounded: beyond ten thousand the exact number tells nobody anything.
  const { rows } = await db.execute<{
    waiting: number;
    running: number;
    failed: number;
    oldest_waiting_ms: number;
  }>(sql`
    with open as (
      select due_at, run_until > now() as is_running from ${outbox}
      where priority in (1, 5, 10) and done_at is null and failed_at is null limit 10000
    )
    select count(*) filter (where is_running is not true)::int as waiting,
      count(*) filter (where is_running)::int as running,
      (select count(*)::int from (select 1 from dead_letters limit 10000) as l) as failed,
      coalesce(greatest(extract(epoch from now() - min(due_at)
        filter (where is_running is not true)) * 1000, 0), 0)::float8 as oldest_waiting_ms
    from open`);
  const [row] = rows;
  if (!row) throw new Error('counting returned no row');
  const { oldest_waiting_ms: oldestWaitingMs, ...counts } = row;
  return { ...counts, oldestWaitingMs };
}
