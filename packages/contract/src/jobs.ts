import { z } from 'zod';
import { id, pageInput } from './common.js';
import { LIMITS } from './limits.js';

/** Work in the background that a user has asked for. */
export const jobSchema = z.object({
  id,
  /** Its kind. */
  topic: z.string(),
  status: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  /** What it last reported; `total` is null while that is unknown. */
  progress: z.object({ done: z.number(), total: z.number().nullable() }).nullable(),
  /** Runs begun. */
  attempt: z.number().int(),
  createdAt: z.date(),
});
export type Job = z.infer<typeof jobSchema>;

export const listJobsInput = z.strictObject({ ...pageInput }).default({ limit: LIMITS.pageSize });
export type ListJobsInput = z.infer<typeof listJobsInput>;

/** Work that failed for good. */
export const deadLetterSchema = z.object({
  id,
  topic: z.string(),
  attempts: z.number().int(),
  error: z.string(),
  createdAt: z.date(),
});
export type DeadLetter = z.infer<typeof deadLetterSchema>;

/** Work under way, whoever asked for it. */
export const runningJobSchema = jobSchema
  .pick({ id: true, topic: true, progress: true, attempt: true })
  .extend({ startedAt: z.date() });
export type RunningJob = z.infer<typeof runningJobSchema>;

export const jobCountsSchema = z.object({
  waiting: z.number().int(),
  running: z.number().int(),
  /** Dead letters. */
  failed: z.number().int(),
  /** How long the oldest due job has waited; 0 when none is due. */
  oldestWaitingMs: z.number(),
});
export type JobCounts = z.infer<typeof jobCountsSchema>;
