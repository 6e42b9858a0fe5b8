import { LIMITS, type LiveChanges, type LiveList } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { readJobs } from '@ainotebook/jobs';
import { and, eq } from 'drizzle-orm';
import { isAnyOf, summaryColumns } from '../articles/article-rows.js';
import type { AuthedContext } from '../context.js';
import { AppError } from '../errors.js';

const { articles } = schema;

/**
 * The changes of the caller's own things from now on until `signal`. Those that come while the last
 * were not taken are put together: what waits is bounded.
 * @throws AppError limit_reached, from the stream
 */
export async function* watchChanges(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'live'>,
  signal: AbortSignal | undefined,
): AsyncGenerator<LiveChanges, void, void> {
  requireListener(ctx);
  let articleIds = new Set<string>();
  let jobIds = new Set<string>();
  let lists = new Set<LiveList>();
  let wake = () => {};
  const stop = ctx.live.listen(ctx.auth.userId, (changes) => {
    for (const list of changes.lists) lists.add(list);
    for (const id of changes.articleIds) {
      if (articleIds.size <= LIMITS.liveArticles) articleIds.add(id);
    }
    for (const id of changes.jobIds) if (jobIds.size <= LIMITS.liveJobs) jobIds.add(id);
    wake();
  });
  const onAbort = () => wake();
  signal?.addEventListener('abort', onAbort);
  try {
    while (!signal?.aborted) {
      if (lists.size === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const ids = [...articleIds];
      const ofJobs = [...jobIds];
      const changed = [...lists];
      articleIds = new Set();
      jobIds = new Set();
      lists = new Set();
      yield {
        articles: await readArticles(ctx, ids.slice(0, LIMITS.liveArticles)),
        lists: changed,
        jobs: await readOwnJobs(ctx, ofJobs.slice(0, LIMITS.liveJobs)),
        isPartial: ids.length > LIMITS.liveArticles || ofJobs.length > LIMITS.liveJobs,
      };
    }
  } finally {
    stop();
    signal?.removeEventListener('abort', onAbort);
  }
}

/** To be called in the very moment in which the caller begins to listen. @throws AppError limit_reached */
export function requireListener({ live, auth }: Pick<AuthedContext, 'live' | 'auth'>): void {
  if (live.listenersOf(auth.userId) < LIMITS.liveListeners) return;
  throw new AppError('limit_reached', `At most ${LIMITS.liveListeners} readers at once`);
}

/** Those of the caller among these. */
export async function readArticles(
  ctx: Pick<AuthedContext, 'db' | 'auth'>,
  ids: string[],
): Promise<LiveChanges['articles']> {
  if (ids.length === 0) return [];
  const { id, revision, notebookId, status, tags, isPinned, deletedAt } = summaryColumns;
  return ctx.db
    .select({ id, revision, notebookId, status, tags, isPinned, deletedAt })
    .from(articles)
    .where(and(eq(articles.userId, ctx.auth.userId), isAnyOf(articles.id, ids)));
}

async function readOwnJobs(
  { db, auth }: Pick<AuthedContext, 'db' | 'auth'>,
  ids: string[],
): Promise<LiveChanges['jobs']> {
  return ids.length === 0 ? [] : readJobs(db, { ids, userId: auth.userId });
}
