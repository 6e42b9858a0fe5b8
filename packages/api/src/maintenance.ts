import { type Db, pruneChangeLog } from '@ainotebook/db';
import type { BlobStore } from '@ainotebook/files';
import { pruneJobs } from '@ainotebook/jobs';
import { queueThinning } from './articles/articles.jobs.js';
import { purgeExpiredTrash } from './articles/articles.trash.js';
import { pruneAccounts } from './auth/prune.js';
import { pruneNotices } from './billing/notices.js';
import { pruneReminders } from './billing/reminders.js';
import { endLostAnswers } from './conversations/message-rows.js';
import { pruneExports } from './exports/exports.service.js';
import { collectBlobs } from './files/collect-blobs.js';
import { pruneIdempotencyKeys } from './idempotency.js';
import { pruneImports } from './imports/imports.jobs.js';
import { pruneNotifications } from './notifications/notifications.service.js';
import { pruneRateLimits } from './rate-limits.js';
import { endAllLostCalls, pruneUsage } from './usage/records.js';
import { pruneViewDays } from './views/views.service.js';
import { pruneDeliveries } from './webhooks/webhooks.jobs.js';

/** Done outbox rows are kept this long: long enough to see what ran when something went wrong. */
const DONE_JOBS_KEPT_MS = 7 * 86_400_000;

/**
 * Everything that time makes due, part by part; one that fails stops no other. The job of each hour calls it; more often
 * does no harm.
 * @returns rows by kind (`thinnedArticles`: articles queued for thinning)
 * @throws AggregateError when a part failed, after all the others have run
 */
export async function runMaintenance(db: Db, blobs: BlobStore): Promise<Record<string, number>> {
  const parts = {
    purgedArticles: () => purgeExpiredTrash(db),
    thinnedArticles: () => queueThinning(db),
    idempotencyKeys: () => pruneIdempotencyKeys(db),
    accounts: () => pruneAccounts(db),
    viewDays: () => pruneViewDays(db),
    rateLimits: () => pruneRateLimits(db),
    notifications: () => pruneNotifications(db),
    webhookDeliveries: () => pruneDeliveries(db),
    paymentNotices: () => pruneNotices(db),
    planReminders: () => pruneReminders(db),
    imports: () => pruneImports(db),
    lostAnswers: () => endLostAnswers(db),
    lostCalls: () => endAllLostCalls(db),
    usage: () => pruneUsage(db),
    changeLog: () => pruneChangeLog(db),
    // Before the bytes that nothing names any more.
    exports: () => pruneExports(db),
    blobs: () => collectBlobs({ db, blobs }),
    jobs: () => pruneJobs(db, { olderThanMs: DONE_JOBS_KEPT_MS }),
  };
  const done: Record<string, number> = {};
  const failed: { name: string; error: unknown }[] = [];
  for (const [name, run] of Object.entries(parts)) {
    try {
      const rows = await run();
      Object.assign(done, typeof rows === 'number' ? { [name]: rows } : rows);
    } catch (error) {
      failed.push({ name, error });
    }
  }
  if (failed.length === 0) return done;
  const errors = failed.map(({ error }) => error);
  const names = failed.map(({ name }) => name).join(', ');
  throw new AggregateError(errors, `Maintenance failed in part: ${names}`, { cause: errors[0] });
}
