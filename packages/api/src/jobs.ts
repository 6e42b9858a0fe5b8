import type { JobHandler } from '@ainotebook/jobs';
import type { Mailer } from '@ainotebook/mail';
import { articleJobHandlers } from './articles/articles.jobs.js';
import type { ApiConfig } from './context.js';
import { mailJobHandlers } from './mail/mail.jobs.js';
import { maintenanceJobHandlers, schedules } from './maintenance.jobs.js';
import { publicationJobHandlers } from './publications/publications.jobs.js';
import { ARTICLE_QUEUE, handleProcessArticle } from './search/search.jobs.js';

export { ARTICLE_QUEUE, schedules };

/** What is drawn on the picture that stands for an article where its address is shared. */
export interface SocialCard {
  title: string;
  author: string;
  siteName: string;
}

/** What jobs need besides the database; wired by the host. */
export interface JobServices {
  config: ApiConfig;
  /** A PNG of 1200 x 630. */
  drawSocialCard: (card: SocialCard) => Promise<Buffer>;
  /** Null where the server sends no mail. */
  mailer: Mailer | null;
  /** Called after a commit that enqueued work. */
  nudgeJobs: () => void;
}

/** Handlers of every feature's jobs; the host hands them to the dispatcher. */
export function createJobHandlers(services: JobServices): JobHandler[] {
  return [
    ...articleJobHandlers,
    handleProcessArticle,
    ...publicationJobHandlers(services),
    ...mailJobHandlers(services),
    ...maintenanceJobHandlers,
  ];
}
