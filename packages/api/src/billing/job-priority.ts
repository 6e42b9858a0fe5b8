import type { Db, Tx } from '@ainotebook/db';
import type { JobPriority } from '@ainotebook/jobs';
import { readMyPlan } from './entitlements.js';

/** The priority of work that somebody waits for: 1 where that person's plan says so, else the usual one. */
export async function priorityFor(
  db: Db | Tx,
  userId: string,
  usual: JobPriority,
): Promise<JobPriority> {
  const { benefits } = await readMyPlan(db, userId);
  return benefits.hasJobPriority ? 1 : usual;
}
