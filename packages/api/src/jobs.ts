import type { JobHandler } from '@ainotebook/jobs';

/** Handlers of every feature's jobs; the host hands them to the dispatcher. */
export const jobHandlers: JobHandler[] = [];
