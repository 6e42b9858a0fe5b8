import type { Db, Tx } from '@ainotebook/db';
import type { z } from 'zod';

/** What the dispatcher must know of a job; times in milliseconds. */
export interface JobSettings {
  readonly topic: string;
  /** Runs before the row goes to the dead letters; a run the process died in counts. */
  readonly attempts: number;
  /** Wait after the first failure; doubled after each further one, at most one hour. */
  readonly backoffMs: number;
  /** Longest run. A row not settled by then is delivered again. */
  readonly leaseMs: number;
  /** Jobs of one queue share its concurrency and limiter. */
  readonly queue: string;
  /** Whether somebody outside learns of it: such a job waits after a restore until a person has looked. */
  readonly isOutgoing: boolean;
}

/** A kind of effect that follows a commit. */
export interface Job<Payload> extends JobSettings {
  readonly payload: z.ZodType<Payload>;
}

/** How much of a job is done; `total` is null while that is unknown. */
export interface JobProgress {
  readonly done: number;
  readonly total: number | null;
}

/** One attempt at one outbox row. */
export interface JobRun {
  readonly db: Db;
  /** Equal in all attempts: the idempotency key for effects outside the database. */
  readonly outboxId: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** Aborted when the lease ends or the dispatcher stops before the run did. */
  readonly signal: AbortSignal;
  /**
   * Tells the owner how far the run is; written at most once a second, the end always.
   * @throws JobCancelledError when the owner wants it no more.
   */
  report(progress: JobProgress): Promise<void>;
  /**
   * Runs `effect` once over all attempts: inbox row, effect and done in one transaction.
   * What the handler does afterwards is not retried.
   * @throws ClaimLostError when another attempt has taken the row.
   */
  once(effect: (tx: Tx) => Promise<void>): Promise<void>;
}

/** A job with the code that carries it out. */
export interface JobHandler {
  readonly job: JobSettings;
  /** @throws PayloadError when the stored payload no longer fits the job. */
  deliver(run: JobRun, payload: unknown): Promise<void>;
}

/** Trying again cannot help: the row goes to the dead letters at once. */
export class UnrecoverableError extends Error {
  override name = 'UnrecoverableError';
}

/** Another attempt may succeed, but not before so many milliseconds. */
export class TryLaterError extends Error {
  override name = 'TryLaterError';

  constructor(
    message: string,
    readonly delayMs: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A stored payload no longer fits its job. */
export class PayloadError extends UnrecoverableError {
  override name = 'PayloadError';
}

/** The owner of the job has cancelled it. */
export class JobCancelledError extends Error {
  override name = 'JobCancelledError';
}

/** The queue of jobs that name none. */
export const DEFAULT_QUEUE = 'background';

const NAME = /^[a-z][a-z0-9._-]*$/i;
// A timer cannot be set much further ahead.
const MAX_LEASE_MS = 86_400_000;

function requireInteger(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${value}`);
}

/**
 * Declares a job. Defaults: 3 attempts, back-off 2,000 ms, lease 60,000 ms, queue
 * `background`, not outgoing.
 * @throws RangeError on a topic or a number that cannot work.
 */
export function defineJob<Payload>(definition: {
  topic: string;
  payload: z.ZodType<Payload>;
  attempts?: number;
  backoffMs?: number;
  leaseMs?: number;
  queue?: string;
  isOutgoing?: boolean;
}): Job<Payload> {
  const { topic, payload, attempts = 3, backoffMs = 2_000, leaseMs = 60_000 } = definition;
  const { queue = DEFAULT_QUEUE, isOutgoing = false } = definition;
  for (const name of [topic, queue]) {
    if (!NAME.test(name)) throw new RangeError(`"${name}" is not a name of a job or queue`);
  }
  return {
    topic,
    payload,
    queue,
    isOutgoing,
    attempts: requireInteger('attempts', attempts, 1, 100),
    backoffMs: requireInteger('backoffMs', backoffMs, 0, MAX_LEASE_MS),
    leaseMs: requireInteger('leaseMs', leaseMs, 1, MAX_LEASE_MS),
  };
}

/**
 * Binds a job to the code that carries it out; `run` is given the parsed payload, and throws
 * `UnrecoverableError` where another attempt cannot succeed, and `TryLaterError` where it cannot succeed soon.
 */
export function handleJob<Payload>(
  job: Job<Payload>,
  run: (run: JobRun, payload: Payload) => Promise<void>,
): JobHandler {
  return {
    job,
    deliver: async (jobRun, stored) => {
      const parsed = job.payload.safeParse(stored);
      if (!parsed.success) {
        throw new PayloadError(`The payload does not fit ${job.topic}: ${parsed.error.message}`);
      }
      await run(jobRun, parsed.data);
    },
  };
}

/** The jobs of some handlers. @throws Error when two handlers have one topic. */
export function topicsOnce(handlers: readonly JobHandler[]): JobSettings[] {
  const jobs = handlers.map((handler) => handler.job);
  if (new Set(jobs.map(({ topic }) => topic)).size < jobs.length) {
    throw new Error('Two handlers have one topic');
  }
  return jobs;
}
