import { schema, type Tx } from '@ainotebook/db';
import { defineJob, enqueue } from '@ainotebook/jobs';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { priorityFor } from '../billing/job-priority.js';

const { importSessions } = schema;

const payload = z.object({ sessionId: z.uuid() });

/**
 * A run works for `SLICE_MS` and queues the next one, so that a lease can be short: work that a dead
 * process held goes on a minute later. Twenty attempts, because each of a fast series of crashes takes one.
 */
const settings = { payload, attempts: 20, leaseMs: 60_000 };

/** How long a run of these jobs begins new parts; one part takes less than the rest of the lease. */
export const SLICE_MS = 8_000;

/** Fetches the source where it is an address, and reads it into items. */
export const readImport = defineJob({ topic: 'imports.read', ...settings });
/** Makes notes of the items. */
export const runImport = defineJob({ topic: 'imports.run', ...settings });
/** Puts the notes into the trash again. */
export const undoImport = defineJob({ topic: 'imports.undo', ...settings });

/**
 * Queues a job of a session, once. Batch work: what people do by hand goes first, unless the plan of who
 * waits for it says otherwise.
 */
export async function queueImport(
  tx: Tx,
  job: typeof readImport,
  sessionId: string,
): Promise<void> {
  const [session] = await tx
    .select({ userId: importSessions.userId })
    .from(importSessions)
    .where(eq(importSessions.id, sessionId));
  const priority = session ? await priorityFor(tx, session.userId, 10) : 10;
  await enqueue(tx, job, { sessionId }, { priority, dedupeKey: sessionId });
}
