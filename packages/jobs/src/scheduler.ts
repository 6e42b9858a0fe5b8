import { type Db, schema, type Tx } from '@ainotebook/db';
import { sql } from 'drizzle-orm';
import { safely } from './dispatcher.js';
import type { JobEvent } from './events.js';
import { createPoller } from './poller.js';

const { cronRuns } = schema;

/** Work that time makes due. */
export interface Schedule {
  readonly name: string;
  /** Length of a slot; slots begin at multiples of it since 1970, by the clock of the database. */
  readonly everyMs: number;
  /** Queues the job of a slot, in the transaction that takes the slot. */
  readonly enqueue: (tx: Tx, slot: Date) => Promise<unknown>;
}

export interface Scheduler {
  start(): void;
  stop(): Promise<void>;
  /** Takes the slots that are open now. @returns how many. */
  runDue(): Promise<number>;
}

const KEPT = sql`interval '90 days'`;

/**
 * Queues scheduled jobs. Any number of processes may have one: a row for each slot in Postgres
 * decides who queues it, so a slot is queued once, and one that nobody was there for is passed over
 * unless it is the present one.
 */
export function createScheduler(options: {
  db: Db;
  schedules: readonly Schedule[];
  /** Default 15,000. */
  pollMs?: number;
  onEvent?: ((event: JobEvent) => void) | undefined;
}): Scheduler {
  const { db, schedules, pollMs = 15_000 } = options;

  async function runDue(): Promise<number> {
    let taken = 0;
    for (const schedule of schedules) {
      await db.transaction(async (tx) => {
        const { rows } = await tx.execute<{ slot: Date }>(sql`
          insert into ${cronRuns} (name, slot)
          select ${schedule.name}, to_timestamp(floor(extract(epoch from now()) * 1000
            / ${schedule.everyMs}) * ${schedule.everyMs} / 1000)
          on conflict do nothing returning slot`);
        const [row] = rows;
        if (!row) return;
        await tx.execute(sql`
          delete from ${cronRuns} where name = ${schedule.name} and slot < now() - ${KEPT}`);
        await schedule.enqueue(tx, new Date(row.slot));
        taken += 1;
      });
    }
    return taken;
  }

  const poller = createPoller({
    take: runDue,
    mayTakeMore: () => false,
    pollMs,
    emit: safely(options.onEvent),
  });
  return { start: poller.start, stop: poller.stop, runDue };
}
