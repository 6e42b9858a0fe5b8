import { defineJob, enqueue, handleJob, type JobHandler, type Schedule } from '@ainotebook/jobs';
import { z } from 'zod';
import type { ViewCounter } from './view-counter.js';

const updateViews = defineJob({ topic: 'update-views', payload: z.object({}) });

/** What brings the views that wait in Redis to Postgres. */
export const viewJobHandlers = (views: Pick<ViewCounter, 'flush'>): JobHandler[] => [
  handleJob(updateViews, async () => void (await views.flush())),
];

/** Where views wait in Redis: one process brings them to Postgres, each time. */
export const viewSchedule = (everyMs: number): Schedule => ({
  name: 'update-views',
  everyMs,
  enqueue: (tx) => enqueue(tx, updateViews, {}, { dedupeKey: 'update-views' }),
});
