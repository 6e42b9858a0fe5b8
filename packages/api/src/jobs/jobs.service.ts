import type { DeadLetter, Job, JobCounts, ListJobsInput, RunningJob } from '@ainotebook/contract';
import {
  cancelJob as cancel,
  countJobs as count,
  discardDeadLetter as discard,
  listDeadLetters as list,
  listJobs as listOwned,
  listRunning,
  readJob,
  retryDeadLetter as retry,
} from '@ainotebook/jobs';
import { z } from 'zod';
import { audit, auditBy } from '../audit/audit.js';
import type { AuthedContext } from '../context.js';
import { notFound } from '../errors.js';
import { decodeCursor, encodeCursor } from '../pagination.js';

type Caller = Pick<AuthedContext, 'db' | 'auth'>;

const idCursor = z.tuple([z.uuid()]);
const idOf = (cursor: string | null | undefined): string | null =>
  cursor ? decodeCursor(cursor, idCursor)[0] : null;

/** A page of rows that are ordered by id, of which one more than the limit was read. */
function pageOfRows<Row extends { id: string }>(rows: Row[], limit: number) {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? encodeCursor([last.id]) : null };
}

/** A job of the caller. @throws AppError not_found */
export async function getJob({ db, auth }: Caller, { id }: { id: string }): Promise<Job> {
  const job = await readJob(db, { id, userId: auth.userId });
  if (!job) throw notFound('Job');
  return job;
}

/** Jobs of the caller, newest first. @throws AppError bad_input */
export async function listJobs(
  { db, auth }: Caller,
  { limit, cursor }: ListJobsInput,
): Promise<{ items: Job[]; nextCursor: string | null }> {
  const rows = await listOwned(db, {
    userId: auth.userId,
    limit: limit + 1,
    cursor: idOf(cursor),
  });
  return pageOfRows(rows, limit);
}

/**
 * Ends a waiting job of the caller at once, and a running one at its next report; harmless when it has
 * ended. @throws AppError not_found
 */
export async function cancelJob(ctx: Caller, { id }: { id: string }): Promise<Job> {
  await cancel(ctx.db, { id, userId: ctx.auth.userId });
  return getJob(ctx, { id });
}

/** How much work there is on the instance. */
export function countJobs({ db }: Pick<AuthedContext, 'db'>): Promise<JobCounts> {
  return count(db);
}

/** More than run on a few machines; what is beyond is only counted. */
const MAX_RUNNING = 50;

/** Work of the instance that is under way, what began first before the others; 50 at most. */
export function listRunningJobs({ db }: Pick<AuthedContext, 'db'>): Promise<RunningJob[]> {
  return listRunning(db, { limit: MAX_RUNNING });
}

/** Work of the instance that failed for good, newest first. @throws AppError bad_input */
export async function listDeadLetters(
  { db }: Pick<AuthedContext, 'db'>,
  { limit, cursor }: ListJobsInput,
): Promise<{ items: DeadLetter[]; nextCursor: string | null }> {
  const after = idOf(cursor);
  const { items, nextCursor } = await list(db, { limit, ...(after ? { cursor: after } : {}) });
  return { items, nextCursor: nextCursor === null ? null : encodeCursor([nextCursor]) };
}

type Admin = Pick<AuthedContext, 'db' | 'auth' | 'request' | 'nudgeJobs'>;

/** Tries failed work again, with all its attempts. @throws AppError not_found */
export async function retryDeadLetter(ctx: Admin, { id }: { id: string }): Promise<void> {
  await settle(ctx, { id, action: 'job.retried' }, (tx) => retry(tx, id));
  ctx.nudgeJobs();
}

/** Gives failed work up. @throws AppError not_found */
export async function discardDeadLetter(ctx: Admin, { id }: { id: string }): Promise<void> {
  await settle(ctx, { id, action: 'job.discarded' }, (tx) => discard(tx, id));
}

async function settle(
  { db, auth, request }: Admin,
  { id, action }: { id: string; action: 'job.retried' | 'job.discarded' },
  act: (tx: Parameters<typeof audit>[0]) => Promise<boolean>,
): Promise<void> {
  await db.transaction(async (tx) => {
    if (!(await act(tx))) throw notFound('Failed job');
    await audit(tx, {
      ...auditBy({ auth, request }),
      action,
      subjectType: 'job',
      subjectId: id,
    });
  });
}
