import { setTimeout as pause } from 'node:timers/promises';
import { AiError } from '@ainotebook/ai';
import type { UsageFeature } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, count, eq, inArray, isNotNull, type SQL, sql } from 'drizzle-orm';
import { priorityFor } from '../billing/job-priority.js';
import { AppError } from '../errors.js';
import { isUnderWay } from './records.js';

const { usageRecords } = schema;

/** Answers that wait for their turn at most; one more is told to come again. */
const MAX_WAITING = 100;
/** Nobody waits longer. */
const DEADLINE_SECONDS = 60;
/** How often who waits looks. */
const LOOK_MS = 500;
/** So much later stands who comes with the next lower priority: a turn comes for everybody. */
const STEP_SECONDS = 5;

/** Turns are taken one after the other. */
export const TURNS_LOCK = sql`select pg_advisory_xact_lock(hashtextextended('turns of answers', 0))`;

/** Answers that somebody reads as they come: chats, and help in the editor. */
const STREAMS: UsageFeature[] = ['chat', 'editor'];
export const isStream = (feature: UsageFeature): boolean => STREAMS.includes(feature);

const isOpenStream = and(isUnderWay, inArray(usageRecords.feature, STREAMS));
const busy = () =>
  new AppError('unavailable', 'Many answers are being written; try again in a moment');

/**
 * Where somebody's answer stands among those that wait: by when it came, and before those who came up to
 * 20 seconds earlier where a plan gives priority. @throws AppError unavailable (too many wait)
 */
export async function queueAt(tx: Tx, userId: string): Promise<SQL<Date>> {
  const [waiting] = await tx
    .select({ count: count() })
    .from(usageRecords)
    .where(and(isOpenStream, isNotNull(usageRecords.turnAt)));
  if ((waiting?.count ?? 0) >= MAX_WAITING) throw busy();
  const priority = await priorityFor(tx, userId, 5);
  return sql<Date>`now() + ${priority * STEP_SECONDS} * interval '1 second'`;
}

/**
 * Waits until fewer than `atOnce` answers are written and none stands before this one.
 * @returns how many stand before it, whenever that changes
 * @throws AppError unavailable (after a minute), AiError aborted
 */
export async function* waitForTurn(
  db: Db,
  id: string,
  { atOnce, signal }: { atOnce: number; signal: AbortSignal | undefined },
): AsyncGenerator<number, void, undefined> {
  let told: number | null = null;
  while (!signal?.aborted) {
    const ahead = await takeTurn(db, id, atOnce);
    if (ahead === null) return;
    if (ahead !== told) {
      told = ahead;
      yield ahead;
    }
    await pause(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
  throw new AiError('aborted', 'It was not waited for', 'queue');
}

/** Takes the turn if it has come. @returns how many stand before it, null where it was taken */
async function takeTurn(db: Db, id: string, atOnce: number): Promise<number | null> {
  const before = await look(db, id);
  if (before.ahead + before.running >= atOnce) {
    if (before.isLate) throw busy();
    return before.ahead;
  }
  return db.transaction(async (tx) => {
    // Two that look at once would both find the last place free.
    await tx.execute(TURNS_LOCK);
    const { ahead, running } = await look(tx, id);
    if (ahead + running >= atOnce) return ahead;
    await tx.update(usageRecords).set({ turnAt: null }).where(eq(usageRecords.id, id));
    return null;
  });
}

interface Standing {
  running: number;
  ahead: number;
  /** It has waited for as long as anybody does. */
  isLate: boolean;
}

/** Answers that are written, and those that wait before this one. @throws AppError unavailable (it was given up for lost) */
async function look(db: Db | Tx, id: string): Promise<Standing> {
  const late = sql`now() - ${DEADLINE_SECONDS} * interval '1 second'`;
  const [me] = await db
    .select({
      turnAt: sql<string>`${usageRecords.turnAt}::text`,
      isLate: sql<boolean>`${usageRecords.createdAt} < ${late}`,
    })
    .from(usageRecords)
    .where(and(eq(usageRecords.id, id), eq(usageRecords.outcome, 'open')));
  if (!me) throw busy();
  const { turnAt } = usageRecords;
  const [counts] = await db
    .select({
      running: sql<number>`(count(*) filter (where ${turnAt} is null))::int`,
      ahead: sql<number>`(count(*) filter (where (${turnAt}, ${usageRecords.id})
        < (${me.turnAt}::timestamptz, ${id}::uuid)))::int`,
    })
    .from(usageRecords)
    .where(isOpenStream);
  return { running: 0, ahead: 0, ...counts, isLate: me.isLate };
}
