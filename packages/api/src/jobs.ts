import type { PartLimits, Source } from '@ainotebook/convert/places';
import type { Egress } from '@ainotebook/egress';
import type { BlobStore, ImageVariant, PreparedImage } from '@ainotebook/files';
import type { JobHandler, Schedule } from '@ainotebook/jobs';
import type { Mailer } from '@ainotebook/mail';
import { articleJobHandlers } from './articles/articles.jobs.js';
import { billingJobHandlers } from './billing/billing.jobs.js';
import { billingSchedules } from './billing/reminders.js';
import type { ApiConfig, Services } from './context.js';
import { exportJobHandlers } from './exports/exports.jobs.js';
import { avifJobHandlers } from './files/avif.jobs.js';
import { importJobHandlers } from './imports/imports.jobs.js';
import type { Reading } from './imports/read-import.js';
import { mailJobHandlers } from './mail/mail.jobs.js';
import { maintenanceJobHandlers, maintenanceSchedules } from './maintenance.jobs.js';
import { publicationJobHandlers } from './publications/publications.jobs.js';
import {
  EMBEDDING_QUEUE,
  embeddingJobHandlers,
  embeddingSchedule,
} from './retrieval/embedding.jobs.js';
import { ARTICLE_QUEUE, handleProcessArticle } from './search/search.jobs.js';
import type { ViewCounter } from './views/view-counter.js';
import { viewJobHandlers, viewSchedule } from './views/views.jobs.js';
import { webhookJobHandlers } from './webhooks/webhooks.jobs.js';

export { ARTICLE_QUEUE, EMBEDDING_QUEUE, type Reading };

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
  /** Where the bytes of files are. */
  blobs: BlobStore;
  /** Makes a local picture in these widths, in pixels, as AVIF beside it. */
  makeAvif: (file: string, widths: number[]) => Promise<ImageVariant[]>;
  views: Pick<ViewCounter, 'flush'>;
  payments: Services['payments'];
  models: Services['models'];
  /** Fetches addresses that people name. */
  egress: Pick<Egress, 'fetch'>;
  /** Sends to addresses that people name. */
  webhookEgress: Pick<Egress, 'fetch'>;
  /** Reads a part of a source to be imported, in a thread with limits of time and memory. */
  readSource: (source: Source, limits: PartLimits) => Promise<Reading>;
  /**
   * Checks a picture and makes the smaller ones, in a thread. Removes the file when it throws.
   * @throws AppError file_damaged, image_too_large, unavailable
   */
  prepareImage: (file: string) => Promise<PreparedImage>;
  /** Called after a commit that enqueued work. */
  nudgeJobs: () => void;
}

/** Handlers of every feature's jobs; the host hands them to the dispatcher. */
export function createJobHandlers(services: JobServices): JobHandler[] {
  return [
    ...articleJobHandlers,
    handleProcessArticle(services),
    ...embeddingJobHandlers(services),
    ...publicationJobHandlers(services),
    ...exportJobHandlers(services),
    ...importJobHandlers(services),
    ...mailJobHandlers(services),
    ...avifJobHandlers(services),
    ...billingJobHandlers(services),
    ...maintenanceJobHandlers(services),
    ...viewJobHandlers(services.views),
    ...webhookJobHandlers(services),
  ];
}

/** @param options.flushViewsMs null where no views wait in Redis */
export function createSchedules({
  flushViewsMs,
  models,
}: {
  flushViewsMs: number | null;
  models: Services['models'];
}): Schedule[] {
  return [
    ...maintenanceSchedules,
    ...billingSchedules,
    embeddingSchedule(models),
    ...(flushViewsMs === null ? [] : [viewSchedule(flushViewsMs)]),
  ];
}
