import type { Db } from '@ainotebook/db';
import type { Claim } from './claim.js';
import type { JobEvent } from './events.js';
import { type JobHandler, type JobRun, type JobSettings, PayloadError } from './job.js';
import { backoffFor, bury, markDone, markOnce, release, retryLater } from './settle.js';

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

/** A run under way. */
export interface ActiveRun {
  /** Resolves, never rejects, when the outcome is recorded. */
  readonly finished: Promise<void>;
  /** Aborts the signal and gives the row back. */
  cut(): void;
}

interface Delivery {
  readonly db: Db;
  readonly handler: JobHandler;
  readonly claim: Claim;
  /** By `performance.now()`; never later than the lease written in the database. */
  readonly leaseEndsAt: number;
  readonly emit: (event: JobEvent) => void;
}

type Outcome = { kind: 'returned' | 'expired' | 'cut' } | { kind: 'threw'; error: unknown };

/** Runs a claimed row and records what came of it. */
export function startRun(delivery: Delivery): ActiveRun {
  let cut: () => void = () => {};
  const wasCut = new Promise<Outcome>((resolve) => {
    cut = () => resolve({ kind: 'cut' });
  });
  const finished = carryOut(delivery, wasCut).catch((error: unknown) => {
    delivery.emit({ type: 'unsettled', ...names(delivery.claim), error });
  });
  return { finished, cut };
}

const names = ({ id, topic, attempt }: Claim) => ({ topic, outboxId: id, attempt });

async function carryOut(delivery: Delivery, wasCut: Promise<Outcome>): Promise<void> {
  const { db, handler, claim, emit } = delivery;
  const { job } = handler;
  if (claim.attempt > job.attempts) {
    const error = new Error(
      `Attempt ${claim.attempt - 1} of ${job.attempts} did not report back: the process died or was stopped.`,
    );
    const isBuried = await bury(db, claim, error, claim.attempt - 1);
    emit({ type: isBuried ? 'dead' : 'dropped', ...names(claim), error });
    return;
  }

  const startedAt = performance.now();
  const controller = new AbortController();
  const once = makeOnce(db, claim);
  const run: JobRun = {
    db,
    outboxId: claim.id,
    attempt: claim.attempt,
    signal: controller.signal,
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
      return;
    }
    case 'threw':
      await fail(delivery, job, outcome.error);
      return;
    case 'expired': {
      const error = new LeaseExpiredError(`The run outlived its lease of ${job.leaseMs} ms.`);
      controller.abort(error);
      await fail(delivery, job, error);
      return;
    }
    case 'cut': {
      controller.abort(new DispatcherStoppedError('The dispatcher is stopping.'));
      const isReleased = await release(db, claim);
      emit({ type: isReleased ? 'released' : 'dropped', ...names(claim) });
      return;
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

async function fail({ db, claim, emit }: Delivery, job: JobSettings, error: unknown) {
  if (claim.attempt >= job.attempts || error instanceof PayloadError) {
    const isBuried = await bury(db, claim, error, claim.attempt);
    emit({ type: isBuried ? 'dead' : 'dropped', ...names(claim), error });
    return;
  }
  const retryInMs = backoffFor(job.backoffMs, claim.attempt);
  const isScheduled = await retryLater(db, claim, error, retryInMs);
  if (isScheduled) emit({ type: 'retry', ...names(claim), error, retryInMs });
  else emit({ type: 'dropped', ...names(claim), error });
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
