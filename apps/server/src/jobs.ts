import {
  ARTICLE_QUEUE,
  createSchedules,
  EMBEDDING_QUEUE,
  type JobServices,
} from '@ainotebook/api/jobs';
import { type Db, dbFailure } from '@ainotebook/db';
import {
  createDispatcher,
  createQueueDelivery,
  createScheduler,
  EvictingQueueError,
  type JobDelivery,
  type JobHandler,
  type JobQueue,
  type JobSettings,
  type QueueSettings,
  readHold,
} from '@ainotebook/jobs';
import type { Settings } from './env.js';
import { logJobEvent } from './job-log.js';
import type { Logger } from './logger.js';

/** Each call carries many passages; providers count requests a minute. */
const EMBEDDING: QueueSettings = {
  name: EMBEDDING_QUEUE,
  concurrency: 2,
  limiter: { max: 300, durationMs: 60_000 },
};

/** Longest wait until due work is noticed. */
const SCHEDULES_MS = 15_000;

/** How jobs get done in this process. */
export interface JobsRuntime extends JobDelivery {
  kind: 'in process' | 'queue';
  /** Where jobs lie in Redis; none without it. */
  queues: readonly JobQueue[];
  /** The kinds of jobs that somebody outside learns of. */
  outgoing: readonly JobSettings[];
  /** Why jobs wait; null while they do not. */
  problem(): string | null;
  /** Refuses a Redis that would lose jobs. @throws EvictingQueueError, or what Redis says. */
  check(): Promise<void>;
}

/** The queue Redis, where there is one. */
export function queueRedisUrl({ env }: Settings): string | null {
  return env.REDIS_QUEUE_URL ?? env.REDIS_URL ?? null;
}

/** BullMQ where there is a Redis, else this process. */
export function composeJobs(options: {
  settings: Settings;
  db: Db;
  handlers: readonly JobHandler[];
  models: JobServices['models'];
  log: Logger;
  /** Whether this process runs what a queue delivers. */
  hasWorkers: boolean;
}): JobsRuntime {
  const { settings, db, handlers, models, log, hasWorkers } = options;
  const { JOBS_CONCURRENCY, JOBS_LIMIT_MAX, JOBS_LIMIT_SECONDS } = settings.env;
  let problem: string | null = null;
  const redisUrl = queueRedisUrl(settings);
  const articles: QueueSettings = {
    name: ARTICLE_QUEUE,
    concurrency: JOBS_CONCURRENCY,
    // Guards the providers that many processes share; one process by itself needs no guard.
    limiter: redisUrl ? { max: JOBS_LIMIT_MAX, durationMs: JOBS_LIMIT_SECONDS * 1000 } : null,
  };
  const common = {
    db,
    handlers,
    queues: [
      articles,
      EMBEDDING,
      { name: 'background', concurrency: JOBS_CONCURRENCY, limiter: null },
    ],
    onEvent: (event: Parameters<typeof logJobEvent>[1]) => {
      if (event.type === 'poll-failed') problem = problemOf(event.error, redisUrl !== null);
      if (event.type === 'poll-recovered') problem = null;
      logJobEvent(log, event, problem);
    },
  };
  const delivery = redisUrl
    ? createQueueDelivery({ ...common, redisUrl, hasWorkers })
    : { ...createDispatcher(common), queues: [], check: async () => {} };
  const flushMs = settings.env.VIEWS_FLUSH_SECONDS * 1000;
  // Its outages are the delivery's, which tells them.
  const scheduler = createScheduler({
    db,
    schedules: createSchedules({ flushViewsMs: redisUrl ? flushMs : null, models }),
    pollMs: Math.min(SCHEDULES_MS, flushMs),
  });
  return {
    kind: redisUrl ? 'queue' : 'in process',
    queues: delivery.queues,
    outgoing: handlers.map(({ job }) => job).filter((job) => job.isOutgoing),
    problem: () => problem,
    check: delivery.check,
    nudge: delivery.nudge,
    start() {
      scheduler.start();
      delivery.start();
    },
    async stop(options) {
      await scheduler.stop();
      await delivery.stop(options);
    },
  };
}

/** Says at the start that something waits for a person. */
export async function tellHold(db: Db, log: Pick<Logger, 'warn'>): Promise<void> {
  const hold = await readHold(db);
  if (hold) log.warn('Outgoing jobs are held: run ainotebook jobs release', hold);
}

/** Which of the two is away, for the person who reads `/ready`. */
function problemOf(error: unknown, hasQueue: boolean): string {
  if (error instanceof EvictingQueueError) return error.message;
  let last = error;
  while (last instanceof Error && last.cause instanceof Error) last = last.cause;
  const message = last instanceof Error ? last.message : String(last);
  const isDatabase = !hasQueue || dbFailure(error) !== undefined;
  const who = isDatabase ? 'The database' : 'The Redis that holds jobs';
  return `${who} does not answer: ${message}`;
}
