import { LIMITS } from '@ainotebook/contract';
import { type Db, schema } from '@ainotebook/db';
import { defineJob, enqueue, type Schedule } from '@ainotebook/jobs';
import { and, asc, eq, gt, isNull, ne, sql } from 'drizzle-orm';
import { z } from 'zod';
import { DELETE_BATCH, deleteInBatches } from '../delete-in-batches.js';
import { notify } from '../notifications/notify.js';
import { readPlansOf } from './entitlements.js';
import { queueComparison, queueSweep } from './order-jobs.js';

const { entitlements, planReminders, users } = schema;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** People read at once. */
const BATCH = 500;

export const remindOfEndsJob = defineJob({ topic: 'billing.remind', payload: z.object({}) });

/** Hourly, so that the last day is a day. */
export const billingSchedules: Schedule[] = [
  {
    name: 'billing.remind',
    everyMs: HOUR_MS,
    enqueue: (tx) => enqueue(tx, remindOfEndsJob, {}, { dedupeKey: 'remind' }),
  },
  { name: 'billing.sweep', everyMs: 5 * 60_000, enqueue: queueSweep },
  {
    // More often than once a day, so that a night without a server is made up for.
    name: 'billing.compare-bills',
    everyMs: 3 * HOUR_MS,
    enqueue: queueComparison,
  },
];

/** The last of the days of reminding that is there with so much left; undefined while there is none. */
export function reminderDays(leftMs: number): number | undefined {
  if (leftMs <= 0) return undefined;
  return LIMITS.planReminderDays.toSorted((a, b) => a - b).find((days) => leftMs <= days * DAY_MS);
}

/**
 * Tells holders of plans that end soon, or have ended, once for each end and number of days. When a term ends is
 * computed from all of a person's terms, so everybody who has one is looked at.
 * @returns how many were told
 */
export async function remindOfEnds(db: Db): Promise<number> {
  let told = 0;
  let after: string | null = null;
  for (;;) {
    const userIds = await nextHolders(db, after);
    after = userIds.at(-1) ?? null;
    if (after === null) return told;
    const now = Date.now();
    for (const [userId, { plans }] of await readPlansOf(db, userIds)) {
      for (const { planId, name, endsAt, isInGrace } of plans) {
        if (endsAt === null) continue;
        // None are left: it has ended, and goes on for the days of grace.
        const days = isInGrace ? 0 : reminderDays(endsAt.getTime() - now);
        if (days !== undefined && (await remind(db, { userId, planId, name, endsAt, days })))
          told += 1;
      }
    }
  }
}

async function nextHolders(db: Db, after: string | null): Promise<string[]> {
  const rows = await db
    .selectDistinct({ userId: entitlements.userId })
    .from(entitlements)
    .innerJoin(users, and(eq(users.id, entitlements.userId), eq(users.status, 'active')))
    .where(
      and(
        isNull(entitlements.revokedAt),
        ne(entitlements.period, 'lifetime'),
        after === null ? undefined : gt(entitlements.userId, after),
      ),
    )
    .orderBy(asc(entitlements.userId))
    .limit(BATCH);
  return rows.map(({ userId }) => userId);
}

async function remind(
  db: Db,
  ending: { userId: string; planId: string; name: string; endsAt: Date; days: number },
): Promise<boolean> {
  const { userId, planId, name, endsAt, days } = ending;
  return db.transaction(async (tx) => {
    const [isNew] = await tx
      .insert(planReminders)
      .values({ userId, planId, endsAt, days })
      .onConflictDoNothing()
      .returning({ days: planReminders.days });
    if (!isNew) return false;
    const data = { plan: name, endsAt: endsAt.toISOString(), days };
    await notify(tx, { userIds: [userId], event: { kind: 'plan_ending', data } });
    return true;
  });
}

/** Forgets who was told of ends long past. @returns how many */
export function pruneReminders(db: Db): Promise<number> {
  return deleteInBatches(
    db,
    sql`delete from plan_reminders where ctid = any(array(
      select ctid from plan_reminders where ends_at < now() - interval '30 days'
      limit ${DELETE_BATCH} for update skip locked))`,
  );
}
