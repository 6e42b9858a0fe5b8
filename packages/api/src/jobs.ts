import type { JobHandler } from '@ainotebook/jobs';
import { articleJobHandlers } from './articles/articles.jobs.js';
import { handleProcessArticle } from './search/search.jobs.js';

/** Handlers of every feature's jobs; the host hands them to the dispatcher. */
export const jobHandlers: JobHandler[] = [...articleJobHandlers, handleProcessArticle];
