import { defineJob } from '@ainotebook/jobs';
import { z } from 'zod';

/** Makes the archive of an export, unless it is there already. */
export const makeExport = defineJob({
  topic: 'exports.make',
  payload: z.object({ exportId: z.uuid(), userId: z.uuid() }),
  attempts: 5,
  backoffMs: 5000,
  // Long enough for a hundred thousand notes; after a crash nobody waits longer for the next attempt.
  leaseMs: 15 * 60_000,
});
