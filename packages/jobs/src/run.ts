import type { Db } from '@ainotebook/db';
import type { Claim } from './claim.js';
import type { JobEvent } from './events.js';
import {
  JobCancelledError,
  type JobHandler,
  type JobRun,
  TryLaterError,
  UnrecoverableError,
} from './job.js';
import { endCancelled, writeProgress } from './progress.js';
import { bury, delayOf, markDone, markOnce, release, retryLater } from './settle.js';

/** Another attempt has taken the row, or it failed for good: this run must not have an effect. */
export class ClaimLostError extends Error {
  override name = 'ClaimLostError';
}

/** The run took longer than the job's lease. */
export class LeaseExpiredError extends Error {
  override name = 'LeaseExpiredError';
}

/** The dispatcher stopped before the run did: the reason of its aborted signal. */
export class DispatcherStoppedError extends Error {
  override name = 'DispatcherStoppedError';
}

/** What came of a run: tried again in so long, or ended; `unsettled` when it could not be written. */
export type RunResult =
  | { readonly retryInMs: number }
  | 'done'
  | 'dead'
  | 'cancelled'
  | 'released'
  | 'dropped'
  | 'unsettled';

/** A run under way. */
export interface ActiveRun {
  /** Resolves, never rejects, when the outcome is recorded. */
  readonly finished: Promise<RunResult>;
  /** Aborts the signal and gives the row back. */
  cut(): void;
}

interface Delivery {
  readonly db: Db;
  readonly handler: JobHandler;
  readonly claim: Claim;
  /** By `performance.now()`; never later than the lease written in the database. */
  readonly leaseEndsAt: number;
  /** A queue has so long to bring a failed row when it is due, before it is sent again. */
  readonly graceMs?: number;
  readonly emit: (event: JobEvent) => void;
}

type Outcome = { kind: 'returned' | 'expired' | 'cut' } | { kind: 'threw'; error: unknown };

/** Runs a claimed row and records what came of it. */
export function startRun(delivery: Delivery): ActiveRun {
  let cut: () => void = () => {};
  const wasCut = new Promise<Outcome>((resolve) => {
    cut = () => resolve({ kind: 'cut' });
  });
  const finished = carryOut(delivery, wasCut).catch((error: unknown): RunResult => {
    delivery.emit({ type: 'unsettled', ...names(delivery.claim), error });
    return 'unsettled';
  });
  return { finished, cut };
}

const names = ({ id, topic, attempt }: Claim) => ({ topic, outboxId: id, attempt });

async function carryOut(delivery: Delivery, wasCut: Promise<Outcome>): Promise<RunResult> {
  const { db, handler, claim, emit } = delivery;
  const { job } = handler;
  if (claim.attempt > job.attempts) {
    const error = new Error(
      `Attempt ${claim.attempt - 1} of ${job.attempts} did not report back: the process died or was stopped.`,
    );
    return buryRun(delivery, error, claim.attempt - 1);
  }

  const startedAt = performance.now();
  const controller = new AbortController();
  const once = makeOnce(db, claim);
  const run: JobRun = {
    db,
    outboxId: claim.id,
    attempt: claim.attempt,
    signal: controller.signal,
    report: makeReport(db, claim, controller),
    once: once.run,
  };
  const work = deliver(handler, run, claim.payload);
  let timer: NodeJS.Timeout | undefined;
  const leaseEnd = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'expired' }), delivery.leaseEndsAt - startedAt);
  });
  const outcome = await Promise.race([work, leaseEnd, wasCut]);
  clearTimeout(timer);

  switch (outcome.kind) {
    case 'returned': {
      const isDone = once.isDone() || (await markDone(db, claim));
      const runMs = performance.now() - startedAt;
      if (isDone) emit({ type: 'done', ...names(claim), waitedMs: claim.waitedMs, runMs });
      else emit({ type: 'dropped', ...names(claim) });
      return isDone ? 'done' : 'dropped';
    }
    case 'threw':
      return fail(delivery, outcome.error);
    case 'expired': {
      const error = new LeaseExpiredError(`The run outlived its lease of ${job.leaseMs} ms.`);
      controller.abort(error);
      return fail(delivery, error);
    }
    case 'cut': {
      controller.abort(new DispatcherStoppedError('The dispatcher is stopping.'));
      const type = (await release(db, claim)) ? 'released' : 'dropped';
      emit({ type, ...names(claim) });
      return type;
    }
  }
}

/** Never rejects: an outcome nobody waits for any more must not become an unhandled rejection. */
async function deliver(handler: JobHandler, run: JobRun, payload: unknown): Promise<Outcome> {
  try {
    await handler.deliver(run, payload);
    return { kind: 'returned' };
  } catch (error) {
    return { kind: 'threw', error };
  }
}

async function buryRun({ db, claim, emit }: Delivery, error: unknown, attempts: number) {
  const type = (await bury(db, claim, error, attempts)) ? 'dead' : 'dropped';
  emit({ type, ...names(claim), error });
  return type;
}

async function fail(delivery: Delivery, error: unknown): Promise<RunResult> {
  const { db, claim, emit, handler, graceMs = 0 } = delivery;
  const { job } = handler;
  if (error instanceof JobCancelledError) {
    const type = (await endCancelled(db, claim)) ? 'cancelled' : 'dropped';
    emit({ type, ...names(claim) });
    return type;
  }
  if (claim.attempt >= job.attempts || error instanceof UnrecoverableError) {
    return buryRun(delivery, error, claim.attempt);
  }
  const wanted = error instanceof TryLaterError ? error.delayMs : null;
  const retryInMs = delayOf(job.backoffMs, claim.attempt, wanted);
  const isScheduled = await retryLater(db, claim, { error, delayMs: retryInMs, graceMs });
  if (isScheduled) emit({ type: 'retry', ...names(claim), error, retryInMs });
  else emit({ type: 'dropped', ...names(claim), error });
  return isScheduled ? { retryInMs } : 'dropped';
}

const REPORT_EVERY_MS = 1_000;

function makeReport(db: Db, claim: Claim, controller: AbortController): JobRun['report'] {
  let nextAt = 0;
  return async (progress) => {
    const now = performance.now();
    if (now < nextAt && progress.done !== progress.total) return;
    nextAt = now + REPORT_EVERY_MS;
    if ((await writeProgress(db, claim, progress)) === 'wanted') return;
    const error = new JobCancelledError('The owner has cancelled the job.');
    controller.abort(error);
    throw error;
  };
}

function makeOnce(db: Db, claim: Claim) {
  let state: 'open' | 'busy' | 'done' = 'open';
  const run: JobRun['once'] = async (effect) => {
    // A second effect would be skipped silently, as already done.
    if (state !== 'open') throw new Error('once() may succeed only once in a run');
    state = 'busy';
    try {
      await db.transaction(async (tx) => {
        const found = await markOnce(tx, claim);
        if (found === 'lost') {
          throw new ClaimLostError(`Attempt ${claim.attempt} of ${claim.topic} lost its claim.`);
        }
        if (found === 'first') await effect(tx);
      });
      state = 'done';
    } finally {
      if (state === 'busy') state = 'open';
    }
  };
  return { run, isDone: () => state === 'done' };
}
