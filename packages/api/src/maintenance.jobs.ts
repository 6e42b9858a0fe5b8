import type { BlobStore } from '@ainotebook/files';
import { defineJob, enqueue, handleJob, type JobHandler, type Schedule } from '@ainotebook/jobs';
import { z } from 'zod';
import { runMaintenance } from './maintenance.js';

const HOUR_MS = 3_600_000;

const hourlyMaintenance = defineJob({
  topic: 'maintenance.hourly',
  payload: z.object({}),
  leaseMs: 15 * 60_000,
});

export function maintenanceJobHandlers({ blobs }: { blobs: BlobStore }): JobHandler[] {
  return [handleJob(hourlyMaintenance, async (run) => void (await runMaintenance(run.db, blobs)))];
}

/** What time makes due, whoever is there to notice. */
export const maintenanceSchedules: Schedule[] = [
  {
    name: 'maintenance.hourly',
    everyMs: HOUR_MS,
    enqueue: (tx) => enqueue(tx, hourlyMaintenance, {}, { priority: 10, dedupeKey: 'hourly' }),
  },
];
