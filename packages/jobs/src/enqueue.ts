import { schema, type Tx } from '@ainotebook/db';
import { sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import type { Job } from './job.js';

const { outbox } = schema;

/** 1 for paying users, 5 for ordinary work, 10 for batches. */
export type JobPriority = 1 | 5 | 10;

/** How a row is queued; times in milliseconds. */
export interface EnqueueOptions {
  /** At most one row of this topic and key waits for its first run. */
  dedupeKey?: string;
  /** Default 5. */
  priority?: JobPriority;
  /** Wait before the first run, by the clock of the database. Default 0. */
  delayMs?: number;
  /** The user who may see its progress and cancel it. */
  ownerId?: string;
}

/**
 * Writes the outbox row in the caller's transaction; there is no other way to enqueue.
 * A waiting row with the same dedupe key takes over the higher priority and the earlier time, and
 * is not run before the caller's transaction ends, so that its run sees the caller's change.
 * With several dedupe keys in one transaction, enqueue in a fixed order (sorted), as with any lock.
 * @returns the outbox id, or null when a row with the dedupe key already waits.
 * @throws ZodError when the payload, as JSON, does not fit the job.
 */
export async function enqueue<Payload>(
  tx: Tx,
  job: Job<Payload>,
  payload: Payload,
  options: EnqueueOptions = {},
): Promise<string | null> {
  const { dedupeKey, priority = 5, delayMs = 0, ownerId = null } = options;
  // Checked as it will be read: a Date or a Map would be refused only at delivery otherwise.
  const stored: unknown = JSON.parse(JSON.stringify(payload));
  job.payload.parse(stored);
  const id = v7();
  const dueAt = sql`now() + ${delayMs} * interval '1 ms'`;
  const [row] = await tx
    .insert(outbox)
    .values({
      id,
      topic: job.topic,
      payload: stored,
      dedupeKey: dedupeKey ?? null,
      priority,
      userId: ownerId,
      nextAt: dueAt,
      dueAt,
    })
    // "do nothing" would not lock the waiting row: it could run, and be done, between this statement
    // and our commit, without having seen our change.
    .onConflictDoUpdate({
      target: [outbox.topic, outbox.dedupeKey],
      targetWhere: sql`done_at is null and failed_at is null and attempt = 0 and dedupe_key is not null`,
      set: {
        priority: sql`least(${outbox.priority}, excluded.priority)`,
        nextAt: sql`least(${outbox.nextAt}, excluded.next_at)`,
        dueAt: sql`least(${outbox.dueAt}, excluded.due_at)`,
      },
    })
    .returning({ id: outbox.id });
  return row?.id === id ? id : null;
}
