import type { Db } from '@ainotebook/db';
import { pruneJobs } from '@ainotebook/jobs';
import { queueThinning } from './articles/articles.jobs.js';
import { purgeExpiredTrash } from './articles/articles.trash.js';
import { pruneAccounts } from './auth/prune.js';
import { pruneIdempotencyKeys } from './idempotency.js';
import { pruneViewDays } from './views/views.service.js';

/** Done outbox rows are kept this long: long enough to see what ran when something went wrong. */
const DONE_JOBS_KEPT_MS = 7 * 86_400_000;

/**
 * What time makes due: expired trash, old revisions, stored replies, ended sessions, readers of days gone by, done jobs. The
 * host calls it once an hour under an advisory lock; more often does no harm.
 * @returns rows by kind (`thinnedArticles`: articles queued for thinning)
 */
export async function runMaintenance(db: Db): Promise<Record<string, number>> {
  const purgedArticles = await purgeExpiredTrash(db);
  const thinnedArticles = await queueThinning(db);
  const idempotencyKeys = await pruneIdempotencyKeys(db);
  const accounts = await pruneAccounts(db);
  const viewDays = await pruneViewDays(db);
  const jobs = await pruneJobs(db, { olderThanMs: DONE_JOBS_KEPT_MS });
  return { purgedArticles, thinnedArticles, idempotencyKeys, viewDays, ...accounts, ...jobs };
}
