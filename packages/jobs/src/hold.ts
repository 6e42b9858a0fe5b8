import { type Db, schema, type Tx } from '@ainotebook/db';
import { eq, type SQL, sql } from 'drizzle-orm';
import type { JobSettings } from './job.js';

const { outbox, siteSettings } = schema;

/** The site setting that is there while outgoing jobs are held: `{ since, reason }`. */
const HELD = 'jobs_held';

/** How long a queue keeps a job that it delivered while outgoing jobs are held. */
export const HELD_RETRY_MS = 15_000;

/** True while outgoing jobs are held: asked in the statement that claims, so that no run slips through. */
export const isHeld: SQL = sql`exists (select from ${siteSettings} where key = ${HELD})`;

/** Topics whose rows may run now. */
export function openTopics(jobs: readonly JobSettings[]): SQL {
  const all = sql.param(jobs.map((job) => job.topic));
  const inner = sql.param(jobs.filter((job) => !job.isOutgoing).map((job) => job.topic));
  return sql`case when ${isHeld} then ${inner}::text[] else ${all}::text[] end`;
}

/**
 * Lets no outgoing job run until they are released: after a restore the outbox promises again what has
 * been done since the backup. Rows that are added later wait as well.
 */
export async function holdOutgoing(tx: Db | Tx, reason: string): Promise<void> {
  const value = { since: new Date().toISOString(), reason };
  await tx
    .insert(siteSettings)
    .values({ key: HELD, value })
    .onConflictDoUpdate({ target: siteSettings.key, set: { value, updatedAt: sql`now()` } });
}

/** Lets outgoing jobs run again. @returns false when they were not held */
export async function releaseOutgoing(db: Db): Promise<boolean> {
  const gone = await db.delete(siteSettings).where(eq(siteSettings.key, HELD)).returning();
  return gone.length > 0;
}

/** Since when and why outgoing jobs are held; null when they are not. */
export async function readHold(db: Db): Promise<{ since: string; reason: string } | null> {
  const [row] = await db
    .select({ value: siteSettings.value })
    .from(siteSettings)
    .where(eq(siteSettings.key, HELD));
  // Written by `holdOutgoing` only.
  return row ? (row.value as { since: string; reason: string }) : null;
}

/** Outgoing jobs that are neither done nor given up, by topic. */
export async function countOutgoing(
  db: Db,
  jobs: readonly JobSettings[],
): Promise<{ topic: string; waiting: number; oldest: Date }[]> {
  const topics = sql.param(jobs.filter((job) => job.isOutgoing).map((job) => job.topic));
  const { rows } = await db.execute<{ topic: string; waiting: number; oldest: string }>(sql`
    select topic, count(*)::int as waiting, min(created_at)::text as oldest from ${outbox}
    where done_at is null and failed_at is null and topic = any(${topics}::text[])
    group by topic order by topic`);
  return rows.map(({ oldest, ...row }) => ({ ...row, oldest: new Date(oldest) }));
}
