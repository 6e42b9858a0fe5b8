import type { Db } from '@ainotebook/db';
import type { Queue } from 'bullmq';
import { takeDue } from './claim.js';
import { FAIR_EVERY } from './dispatcher.js';
import type { JobSettings } from './job.js';
import type { QueueMemory } from './queue-redis.js';

/** What a queue is given of a row; everything else is read from the row when it runs. */
export interface QueuedJob {
  outboxId: string;
}

export interface SenderOptions {
  db: Db;
  queue: Queue<QueuedJob>;
  jobs: readonly JobSettings[];
  memory: QueueMemory;
  /** Jobs in the queue at most; the others wait in Postgres, where a full Redis stops nothing. */
  depth: number;
  /** After so long a row that has not run is sent again. */
  handoverMs: number;
}

const MAX_BATCH = 100;

/**
 * Hands due rows to their queue. A row is sent again until it has ended: its job has its id, so that a
 * queue that still holds it ignores the second, and one that lost it does not. An ended job is
 * removed at once, for it would shut out a row that is tried again; what came of it is in the row.
 */
export function createSender({ db, queue, jobs, memory, depth, handoverMs }: SenderOptions) {
  const byTopic = new Map(jobs.map((job) => [job.topic, job]));
  let turns = 0;
  let mayHaveMore = false;

  async function room(): Promise<number> {
    if (await memory.isFull()) return 0;
    // Without those that wait for their time: failing mails must not keep everything else out.
    const counts = await queue.getJobCounts('waiting', 'prioritized', 'active');
    const inQueue = Object.values(counts).reduce((sum, count) => sum + count, 0);
    return Math.min(depth - inQueue, MAX_BATCH);
  }

  return {
    mayHaveMore: () => mayHaveMore,
    /** Sends what fits. @returns how many. @throws when Redis or Postgres is away; nothing is lost. */
    async send(): Promise<number> {
      const limit = await room();
      if (limit <= 0) return 0;
      const fair = Math.floor((turns + limit) / FAIR_EVERY) - Math.floor(turns / FAIR_EVERY);
      const sent = await db.transaction(async (tx) => {
        const rows = await takeDue(tx, jobs, { limit, fair }, handoverMs);
        if (rows.length === 0) return 0;
        // Before the commit: what Redis refuses is due again at once.
        await queue.addBulk(
          rows.map(({ id, topic, priority }) => ({
            name: topic,
            data: { outboxId: id },
            opts: {
              jobId: id,
              priority,
              attempts: byTopic.get(topic)?.attempts ?? 1,
              backoff: { type: 'exponential', delay: byTopic.get(topic)?.backoffMs ?? 0 },
              removeOnComplete: true,
              removeOnFail: true,
            },
          })),
        );
        return rows.length;
      });
      turns += sent;
      mayHaveMore = sent === limit;
      return sent;
    },
  };
}
