import type { Db } from '@ainotebook/db';
import { buryUnknown, claimDue } from './claim.js';
import type { JobEvent } from './events.js';
import { type JobHandler, type JobSettings, topicsOnce } from './job.js';
import { createPoller } from './poller.js';
import { createLimiter, type QueueSettings, queuesOf } from './queues.js';
import { type ActiveRun, startRun } from './run.js';

/** One turn in this many goes to the row that waits longest, whatever its priority. */
export const FAIR_EVERY = 5;
const SWEEP_EVERY_MS = 30_000;

/** Settings of a dispatcher; times in milliseconds. */
export interface DispatcherOptions {
  db: Db;
  handlers: readonly JobHandler[];
  /** Where they differ from ten runs at the same time in this process, without a limiter. */
  queues?: readonly QueueSettings[];
  /** Longest wait before a due row is noticed. Default 500. */
  pollMs?: number;
  onEvent?: ((event: JobEvent) => void) | undefined;
}

/** What brings outbox rows to their handlers. */
export interface JobDelivery {
  start(): void;
  /** Takes no more rows, waits for the runs, and after `deadlineMs` gives back what still runs. */
  stop(options: { deadlineMs: number }): Promise<void>;
  /** Looks now; called after a commit in the same process. */
  nudge(): void;
}

/** The delivery in this process. */
export interface Dispatcher extends JobDelivery {
  /** Runs everything due until nothing is, for tests and scripts. @returns the number of runs. */
  runDue(): Promise<number>;
}

/**
 * Makes a dispatcher that claims due outbox rows and runs their handlers in this process; nothing
 * is read before `start` or `runDue`. Any number of processes may have one. It never throws by
 * itself: what goes wrong is told to `onEvent`.
 * @throws Error when two handlers have one topic.
 */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { db, pollMs = 500 } = options;
  const emit = safely(options.onEvent);
  const jobs = topicsOnce(options.handlers);
  const sweep = createSweep({ db, jobs, emit });
  const emitOf = oneOutage(emit);
  const lanes = queuesOf(jobs, options.queues).map((queue) =>
    createLane({
      db,
      handlers: options.handlers.filter(({ job }) => job.queue === queue.name),
      queue,
      pollMs,
      emit: emitOf(queue.name),
      sweep: () => sweep(),
    }),
  );
  return {
    start: () => each(lanes, (lane) => lane.start()),
    nudge: () => each(lanes, (lane) => lane.nudge()),
    stop: async (stop) => void (await Promise.all(lanes.map((lane) => lane.stop(stop)))),
    async runDue() {
      await sweep({ isForced: true });
      for (let total = 0; ; ) {
        const counts = await Promise.all(lanes.map((lane) => lane.runDue()));
        const found = counts.reduce((sum, count) => sum + count, 0);
        // A run of one queue may have queued work of another.
        if (found === 0) return total;
        total += found;
      }
    },
  };
}

const each = <T>(items: readonly T[], act: (item: T) => void): void => items.forEach(act);

/** A listener that throws must not stop the jobs, and there is nobody else to tell. */
export function safely(onEvent: DispatcherOptions['onEvent']): (event: JobEvent) => void {
  return (event) => {
    try {
      onEvent?.(event);
    } catch {
      // See above.
    }
  };
}

/** Tells an outage once, however many lanes meet it. */
export function oneOutage(emit: (event: JobEvent) => void) {
  const failing = new Set<string>();
  return (name: string) =>
    (event: JobEvent): void => {
      if (event.type === 'poll-failed') {
        failing.add(name);
        if (failing.size > 1) return;
      }
      if (event.type === 'poll-recovered') {
        failing.delete(name);
        if (failing.size > 0) return;
      }
      emit(event);
    };
}

interface SweepOptions {
  db: Db;
  jobs: readonly JobSettings[];
  emit: (event: JobEvent) => void;
}

/** Buries rows that nobody handles, now and then. */
export function createSweep({ db, jobs, emit }: SweepOptions) {
  let nextAt = 0;
  return async ({ isForced = false } = {}): Promise<void> => {
    const now = performance.now();
    if (now < nextAt && !isForced) return;
    nextAt = now + SWEEP_EVERY_MS;
    try {
      for (const { id, error, ...rest } of await buryUnknown(db, jobs)) {
        emit({ type: 'dead', outboxId: id, error: new Error(error), ...rest });
      }
    } catch (error) {
      nextAt = 0;
      throw error;
    }
  };
}

interface LaneOptions {
  db: Db;
  handlers: readonly JobHandler[];
  queue: QueueSettings;
  pollMs: number;
  emit: (event: JobEvent) => void;
  sweep: () => Promise<void>;
}

/** One queue of this process. */
function createLane({ db, handlers, queue, pollMs, emit, sweep }: LaneOptions): Dispatcher {
  const byTopic = new Map(handlers.map((handler) => [handler.job.topic, handler]));
  const jobs = handlers.map((handler) => handler.job);
  const limiter = createLimiter(queue.limiter);
  const active = new Set<ActiveRun>();
  let isPastDeadline = false;
  let mayHaveMore = false;
  let turns = 0;

  const room = (now: number) => Math.min(queue.concurrency - active.size, limiter.room(now));

  /** Claims for the free places and starts the runs. @returns how many. */
  async function take(): Promise<number> {
    await sweep();
    // Read before the query, so that the local end of a lease never comes after the real one.
    const askedAt = performance.now();
    const limit = room(askedAt);
    if (limit <= 0) return 0;
    const fair = Math.floor((turns + limit) / FAIR_EVERY) - Math.floor(turns / FAIR_EVERY);
    const claims = await claimDue(db, jobs, { limit, fair });
    turns += claims.length;
    limiter.took(claims.length, askedAt);
    mayHaveMore = claims.length === limit;
    for (const claim of claims) {
      const handler = byTopic.get(claim.topic);
      if (!handler) continue; // Cannot be: only these topics are claimed.
      const leaseEndsAt = askedAt + handler.job.leaseMs;
      const run = startRun({ db, handler, claim, leaseEndsAt, emit });
      active.add(run);
      void run.finished.then(() => {
        active.delete(run);
        if (mayHaveMore) poller.nudge();
      });
      if (isPastDeadline) run.cut();
    }
    return claims.length;
  }

  const poller = createPoller({
    take,
    mayTakeMore: (wasNudged) => room(performance.now()) > 0 && (wasNudged || mayHaveMore),
    pollMs,
    emit,
  });
  const settled = () => Promise.all([...active].map((run) => run.finished));

  return {
    start: poller.start,
    nudge: poller.nudge,
    async stop({ deadlineMs }) {
      const drained = poller.stop().then(settled);
      await withinDeadline(drained, deadlineMs);
      isPastDeadline = true;
      for (const run of active) run.cut();
      await drained;
    },
    async runDue() {
      for (let total = 0; ; ) {
        const claimed = await poller.poll();
        total += claimed;
        if (claimed === 0 && active.size === 0) return total;
        await Promise.race([...active].map((run) => run.finished));
      }
    },
  };
}

/** Waits for `work`, at most so long. */
export async function withinDeadline(work: Promise<unknown>, deadlineMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, deadlineMs);
  });
  await Promise.race([work, deadline]);
  clearTimeout(timer);
}
