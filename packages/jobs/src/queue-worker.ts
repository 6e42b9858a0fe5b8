import type { Db } from '@ainotebook/db';
import { DelayedError, type Job, type Processor, UnrecoverableError } from 'bullmq';
import { claimOne, isOpen } from './claim.js';
import type { JobEvent } from './events.js';
import type { JobHandler } from './job.js';
import type { QueuedJob } from './queue-sender.js';
import { type ActiveRun, type RunResult, startRun } from './run.js';

interface ProcessorOptions {
  db: Db;
  handlers: readonly JobHandler[];
  emit: (event: JobEvent) => void;
  /** A failed row that the queue does not bring when it is due is sent again after so long. */
  handoverMs: number;
  /** What cannot be run here and now is brought again after so long. Default 15,000. */
  againMs?: number | undefined;
  /** Runs under way, to be cut when the process stops. */
  active: Set<ActiveRun>;
}

/**
 * Runs what a queue delivers. The row decides: it is claimed in Postgres, attempts and back-off count
 * there, and a job whose row is done, failed or under way elsewhere has no effect.
 */
export function createProcessor(options: ProcessorOptions): Processor<QueuedJob, void> {
  const { db, emit, handoverMs, active, againMs = 15_000 } = options;
  const byTopic = new Map(options.handlers.map((handler) => [handler.job.topic, handler]));
  let isAway = false;

  /** A job that failed here would be gone from the queue without its row having run. */
  async function ask<T>(job: Job<QueuedJob>, question: () => Promise<T>) {
    try {
      const answer = await question();
      isAway = false;
      return answer;
    } catch (error) {
      const { outboxId } = job.data;
      if (!isAway) emit({ type: 'unclaimed', topic: job.name, outboxId, error });
      isAway = true;
      return { busyMs: againMs };
    }
  }

  return async (job, token) => {
    const { outboxId } = job.data;
    const handler = byTopic.get(job.name);
    if (!handler) {
      // Of a newer release: its own workers get it in their turn.
      return (await ask(job, () => isOpen(db, outboxId))) ? later(job, againMs, token) : undefined;
    }
    const askedAt = performance.now();
    const claim = await ask(job, () => claimOne(db, handler.job, outboxId));
    if (claim === 'gone') return;
    if ('busyMs' in claim) return later(job, claim.busyMs, token);
    const leaseEndsAt = askedAt + handler.job.leaseMs;
    const run = startRun({ db, handler, claim, leaseEndsAt, graceMs: handoverMs, emit });
    active.add(run);
    const result = await run.finished;
    active.delete(run);
    return settle(job, { result, againMs, token });
  };
}

/** The queue brings the job again after `delayMs`; none of BullMQ's own attempts is used up. */
async function later(job: Job<QueuedJob>, delayMs: number, token?: string): Promise<never> {
  await job.moveToDelayed(Date.now() + delayMs, token);
  throw new DelayedError();
}

/** Tells the queue, which only needs to know whether to bring it again, and when. */
async function settle(
  job: Job<QueuedJob>,
  end: { result: RunResult; againMs: number; token: string | undefined },
): Promise<void> {
  const { result, againMs, token } = end;
  if (typeof result === 'object') return later(job, result.retryInMs, token);
  switch (result) {
    case 'done':
    case 'cancelled':
    case 'dropped':
      return;
    case 'released':
      return later(job, 0, token);
    case 'unsettled':
      return later(job, againMs, token);
    case 'dead':
      throw new UnrecoverableError('The row went to the dead letters');
    default:
      result satisfies never;
  }
}
