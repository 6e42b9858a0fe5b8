import { z } from 'zod';
import { articleSummarySchema } from './articles.js';
import { jobSchema } from './jobs.js';
import { LIMITS } from './limits.js';

/** Lists that a change may show in. */
export const liveListSchema = z.enum([
  'articles',
  'notebooks',
  'tags',
  'notifications',
  'publications',
  'jobs',
]);

/** What a changed article is now, but for its text. */
export const liveArticleSchema = articleSummarySchema.pick({
  id: true,
  revision: true,
  notebookId: true,
  status: true,
  tags: true,
  isPinned: true,
  deletedAt: true,
});
export type LiveArticle = z.infer<typeof liveArticleSchema>;

/** What has changed of the caller's since the last such message. */
export const liveChangesSchema = z.object({
  /** Articles that changed, were made or trashed; those deleted for good only show in the list. */
  articles: z.array(liveArticleSchema).max(LIMITS.liveArticles),
  lists: z.array(liveListSchema),
  /** Where the caller's work in the background stands now. */
  jobs: z.array(jobSchema).max(LIMITS.liveJobs),
  /** More articles or jobs changed than are named: any may have. */
  isPartial: z.boolean(),
});
export type LiveChanges = z.infer<typeof liveChangesSchema>;
export type LiveList = z.infer<typeof liveListSchema>;
