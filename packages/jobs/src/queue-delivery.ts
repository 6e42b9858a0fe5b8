import { Queue, Worker, type WorkerOptions } from 'bullmq';
import {
  createSweep,
  type DispatcherOptions,
  type JobDelivery,
  oneOutage,
  safely,
  withinDeadline,
} from './dispatcher.js';
import { topicsOnce } from './job.js';
import { createPoller } from './poller.js';
import { connectSender, connectWorker, firstContact, watchMemory } from './queue-redis.js';
import { createSender, type QueuedJob } from './queue-sender.js';
import { createProcessor } from './queue-worker.js';
import { type QueueSettings, queuesOf } from './queues.js';
import type { ActiveRun } from './run.js';

/** Settings of the delivery by BullMQ; times in milliseconds. */
export interface QueueDeliveryOptions extends DispatcherOptions {
  /** The Redis that holds the jobs; must not evict. */
  redisUrl: string;
  /** Whether this process also runs them. */
  hasWorkers: boolean;
  /** Jobs in a queue at most. Default 1,000. */
  depth?: number;
  /** After so long a row that has not run is sent again. Default 60,000. */
  handoverMs?: number;
  /** What a worker cannot run here and now is brought again after so long. Default 15,000. */
  againMs?: number;
  /** BullMQ's prefix of keys; tests that share a Redis have one each. */
  prefix?: string;
}

/** How often a job may lose its worker before BullMQ gives it up; Postgres counts for itself. */
const MAX_STALLED = 10;

/** Options of a BullMQ worker for a queue. */
export function workerOptions(queue: QueueSettings): Omit<WorkerOptions, 'connection'> {
  const { limiter } = queue;
  return {
    concurrency: queue.concurrency,
    maxStalledCount: MAX_STALLED,
    // A worker that dies between taking a job and claiming its row holds it for so long. A lock lost
    // by a busy process does no harm: the row has a lease of its own.
    lockDuration: 10_000,
    stalledInterval: 5_000,
    ...(limiter ? { limiter: { max: limiter.max, duration: limiter.durationMs } } : {}),
  };
}

/** A queue of BullMQ; its jobs hold the ids of outbox rows. */
export type JobQueue = Queue<QueuedJob>;

/**
 * Makes the delivery that hands outbox rows to BullMQ, and runs them where this process has workers.
 * Redis may lose everything at any time: rows that have not run are sent again.
 * @throws Error when two handlers have one topic.
 */
export function createQueueDelivery(options: QueueDeliveryOptions): JobDelivery & {
  readonly queues: readonly JobQueue[];
  /** @throws EvictingQueueError, or what Redis says when it cannot be asked. */
  check(): Promise<void>;
} {
  const { db, redisUrl, pollMs = 500, depth = 1_000, handoverMs = 60_000 } = options;
  const prefix = options.prefix ?? 'bull';
  const emit = safely(options.onEvent);
  const emitOf = oneOutage(emit);
  const jobs = topicsOnce(options.handlers);
  const sweep = createSweep({ db, jobs, emit });
  const redis = connectSender(redisUrl);
  // Every command tells its own failure.
  redis.on('error', () => undefined);
  // A start is no outage: the first poll waits for the connection, or its failure.
  let contact: Promise<void> | undefined;
  const reach = () => {
    contact ??= firstContact(redis);
    return contact;
  };
  const memory = watchMemory(redis);
  const active = new Set<ActiveRun>();
  const settings = queuesOf(jobs, options.queues);
  const workers: Worker<QueuedJob, void>[] = [];

  const lanes = settings.map((queue) => {
    const sink = new Queue<QueuedJob>(queue.name, {
      connection: redis,
      prefix,
      // Both would ask Redis once, now, and never again.
      skipWaitingForReady: true,
      skipVersionCheck: true,
    });
    sink.on('error', () => undefined);
    const own = jobs.filter((job) => job.queue === queue.name);
    const sender = createSender({ db, queue: sink, jobs: own, memory, depth, handoverMs });
    const poller = createPoller({
      take: async () => {
        await reach();
        await sweep();
        return sender.send();
      },
      mayTakeMore: (wasNudged) => wasNudged || sender.mayHaveMore(),
      pollMs,
      emit: emitOf(queue.name),
    });
    return { queue, sink, poller };
  });

  function startWorkers(): void {
    for (const { queue } of lanes) {
      const connection = connectWorker(redisUrl);
      connection.on('error', () => undefined);
      const worker = new Worker<QueuedJob, void>(
        queue.name,
        createProcessor({
          db,
          handlers: options.handlers.filter(({ job }) => job.queue === queue.name),
          emit,
          handoverMs,
          againMs: options.againMs,
          active,
        }),
        { ...workerOptions(queue), connection, prefix },
      );
      // An outage of Redis is told by the sender, once.
      worker.on('error', () => undefined);
      workers.push(worker);
    }
  }

  async function closeWorkers(deadlineMs: number): Promise<void> {
    const closed = Promise.allSettled(workers.map((worker) => worker.close()));
    await withinDeadline(closed, deadlineMs);
    for (const run of active) run.cut();
    // What Redis does not answer is given up; the rows are sent again.
    await withinDeadline(closed, 1_000);
    for (const worker of workers)
      await withinDeadline(
        worker.close(true).catch(() => undefined),
        500,
      );
  }

  return {
    queues: lanes.map(({ sink }) => sink),
    async check() {
      await reach();
      await memory.isFull();
    },
    start() {
      for (const { poller } of lanes) poller.start();
      if (options.hasWorkers) startWorkers();
    },
    nudge() {
      for (const { poller } of lanes) poller.nudge();
    },
    async stop({ deadlineMs }) {
      await Promise.all(lanes.map(({ poller }) => poller.stop()));
      await closeWorkers(deadlineMs);
      await Promise.allSettled(lanes.map(({ sink }) => sink.close()));
      redis.disconnect();
    },
  };
}
