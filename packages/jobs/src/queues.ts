import { DEFAULT_QUEUE, type JobSettings } from './job.js';

/** How a queue is worked off; each process has the concurrency, all together the limiter. */
export interface QueueSettings {
  readonly name: string;
  /** Runs at the same time in one process. */
  readonly concurrency: number;
  /** At most `max` runs begin in `durationMs`; null: as fast as they go. */
  readonly limiter: { readonly max: number; readonly durationMs: number } | null;
}

const DEFAULTS = { concurrency: 10, limiter: null };

/** The queues of some jobs, each with the settings given for it or else the defaults. */
export function queuesOf(
  jobs: readonly JobSettings[],
  settings: readonly QueueSettings[] = [],
): QueueSettings[] {
  const names = new Set(jobs.length > 0 ? jobs.map((job) => job.queue) : [DEFAULT_QUEUE]);
  return [...names].map(
    (name) => settings.find((given) => given.name === name) ?? { name, ...DEFAULTS },
  );
}

/** Counts the starts of the last `durationMs` in this process. */
export function createLimiter(limiter: QueueSettings['limiter']) {
  const starts: number[] = [];
  return {
    /** How many more may start now. */
    room(now: number): number {
      if (!limiter) return Number.POSITIVE_INFINITY;
      while (starts[0] !== undefined && starts[0] <= now - limiter.durationMs) starts.shift();
      return limiter.max - starts.length;
    },
    took(count: number, now: number): void {
      if (limiter) for (let n = 0; n < count; n++) starts.push(now);
    },
  };
}
