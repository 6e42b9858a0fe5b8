import type { Db } from '@ainotebook/db';
import { buryUnknown, claimDue } from './claim.js';
import type { JobEvent } from './events.js';
import type { JobHandler } from './job.js';
import { type ActiveRun, startRun } from './run.js';

/** One turn in this many goes to the row that waits longest, whatever its priority. */
const FAIR_EVERY = 5;
const SWEEP_EVERY_MS = 30_000;
const MAX_POLL_BACKOFF_MS = 10_000;

/** Settings of a dispatcher; times in milliseconds. */
export interface DispatcherOptions {
  db: Db;
  handlers: readonly JobHandler[];
  /** Runs at the same time in this process. Default 10. */
  concurrency?: number;
  /** Longest wait before a due row is noticed. Default 500. */
  pollMs?: number;
  onEvent?: (event: JobEvent) => void;
}

/** Claims due outbox rows and runs their handlers in this process. */
export interface Dispatcher {
  start(): void;
  /** Takes no more rows, waits for the runs, and after `deadlineMs` gives back what still runs. */
  stop(options: { deadlineMs: number }): Promise<void>;
  /** Looks now; called after a commit in the same process. */
  nudge(): void;
  /** Runs everything due until nothing is, for tests and scripts. @returns the number of runs. */
  runDue(): Promise<number>;
}

/**
 * Makes a dispatcher; nothing is read before `start` or `runDue`. Any number of processes may have
 * one. It never throws by itself: what goes wrong is told to `onEvent`.
 * @throws Error when two handlers have one topic.
 */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { db, concurrency = 10, pollMs = 500 } = options;
  const handlers = new Map(options.handlers.map((handler) => [handler.job.topic, handler]));
  if (handlers.size < options.handlers.length) throw new Error('Two handlers have one topic');
  const jobs = options.handlers.map((handler) => handler.job);
  const active = new Set<ActiveRun>();
  let state: 'idle' | 'running' | 'stopped' = 'idle';
  let isPastDeadline = false;
  let isNudged = false;
  let mayHaveMore = false;
  let turns = 0;
  let nextSweepAt = 0;
  let wake: () => void = () => {};
  let looping: Promise<void> = Promise.resolve();
  let lastPoll: Promise<unknown> = Promise.resolve();

  function emit(event: JobEvent): void {
    try {
      options.onEvent?.(event);
    } catch {
      // A logger that fails must not stop the jobs, and there is nobody else to tell.
    }
  }

  async function sweep(): Promise<void> {
    if (performance.now() < nextSweepAt) return;
    for (const { id, error, ...rest } of await buryUnknown(db, jobs)) {
      emit({ type: 'dead', outboxId: id, error: new Error(error), ...rest });
    }
    nextSweepAt = performance.now() + SWEEP_EVERY_MS;
  }

  /** Claims for the free places and starts the runs. @returns how many. */
  async function pollNow(): Promise<number> {
    await sweep();
    const limit = concurrency - active.size;
    if (limit <= 0) return 0;
    const fair = Math.floor((turns + limit) / FAIR_EVERY) - Math.floor(turns / FAIR_EVERY);
    // Read before the query, so that the local end of a lease never comes after the real one.
    const askedAt = performance.now();
    const claims = await claimDue(db, jobs, { limit, fair });
    turns += claims.length;
    mayHaveMore = claims.length === limit;
    for (const claim of claims) {
      const handler = handlers.get(claim.topic);
      if (!handler) continue; // Cannot be: only these topics are claimed.
      const leaseEndsAt = askedAt + handler.job.leaseMs;
      const run = startRun({ db, handler, claim, leaseEndsAt, emit });
      active.add(run);
      void run.finished.then(() => {
        active.delete(run);
        if (mayHaveMore) wake();
      });
      if (isPastDeadline) run.cut();
    }
    return claims.length;
  }

  /** One poll at a time: two would both count on the same free places. */
  function poll(): Promise<number> {
    const next = lastPoll.then(pollNow);
    lastPoll = next.catch(() => {});
    return next;
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function loop(): Promise<void> {
    let failures = 0;
    while (state === 'running') {
      isNudged = false;
      try {
        await poll();
        if (failures > 0) emit({ type: 'poll-recovered', failures });
        failures = 0;
      } catch (error) {
        if (failures === 0) emit({ type: 'poll-failed', error });
        failures += 1;
      }
      if (state !== 'running') return;
      const hasRoom = active.size < concurrency;
      if (failures > 0) await pause(Math.min(pollMs * 2 ** failures, MAX_POLL_BACKOFF_MS));
      else if (!(hasRoom && (isNudged || mayHaveMore))) await pause(pollMs);
    }
  }

  const settled = () => Promise.all([...active].map((run) => run.finished));

  return {
    start() {
      if (state !== 'idle') return;
      state = 'running';
      looping = loop();
    },
    async stop({ deadlineMs }) {
      state = 'stopped';
      wake();
      const drained = looping.then(() => lastPoll).then(settled);
      let timer: NodeJS.Timeout | undefined;
      const deadline = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, deadlineMs);
      });
      await Promise.race([drained, deadline]);
      clearTimeout(timer);
      isPastDeadline = true;
      for (const run of active) run.cut();
      await drained;
    },
    nudge() {
      isNudged = true;
      wake();
    },
    async runDue() {
      nextSweepAt = 0;
      for (let total = 0; ; ) {
        const claimed = await poll();
        total += claimed;
        if (claimed === 0 && active.size === 0) return total;
        await Promise.race([...active].map((run) => run.finished));
      }
    },
  };
}
