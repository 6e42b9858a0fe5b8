import type { Db } from '@ainotebook/db';
import { DelayedError, type Job, type Processor, UnrecoverableError } from 'bullmq';
import { claimOne } from './claim.js';
import type { JobEvent } from './events.js';
import type { JobHandler } from './job.js';
import type { QueuedJob } from './queue-sender.js';
import { type ActiveRun, type RunResult, startRun } from './run.js';

interface ProcessorOptions {
  db: Db;
  handlers: readonly JobHandler[];
  emit: (event: JobEvent) => void;
  /** While a failed row waits for the queue's own retry, it is not sent again for so long. */
  handoverMs: number;
  /** Runs under way, to be cut when the process stops. */
  active: Set<ActiveRun>;
}

/**
 * Runs what a queue delivers. The row decides: it is claimed in Postgres, attempts count there, and a
 * job whose row is done, failed or under way elsewhere has no effect.
 */
export function createProcessor(options: ProcessorOptions): Processor<QueuedJob, void> {
  const { db, emit, handoverMs, active } = options;
  const byTopic = new Map(options.handlers.map((handler) => [handler.job.topic, handler]));

  return async (job, token) => {
    const handler = byTopic.get(job.name);
    // Of a newer release: its own workers get it when it is sent again.
    if (!handler) throw new UnrecoverableError(`Nobody handles ${job.name} here`);
    const askedAt = performance.now();
    const waitedMs = Math.max(0, Date.now() - job.timestamp);
    const claim = await claimOne(db, handler.job, { id: job.data.outboxId, waitedMs });
    if (claim === 'gone') return;
    if ('busyMs' in claim) return later(job, claim.busyMs, token);
    const run = startRun({
      db,
      handler,
      claim,
      leaseEndsAt: askedAt + handler.job.leaseMs,
      graceMs: handoverMs,
      emit,
    });
    active.add(run);
    const result = await run.finished;
    active.delete(run);
    settle(result);
  };
}

async function later(job: Job<QueuedJob>, delayMs: number, token?: string): Promise<never> {
  await job.moveToDelayed(Date.now() + delayMs, token);
  throw new DelayedError();
}

/** Tells the queue, which only needs to know whether to try again. */
function settle(result: RunResult): void {
  switch (result) {
    case 'done':
    case 'cancelled':
    case 'dropped':
    // Its row says when it is sent again.
    case 'later':
      return;
    case 'retry':
    case 'released':
    case 'unsettled':
      throw new Error(`The run ended as ${result}; its row says more`);
    case 'dead':
      throw new UnrecoverableError('The row went to the dead letters');
    default:
      result satisfies never;
  }
}
