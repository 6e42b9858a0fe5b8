import {
  LIMITS,
  type ListPublicationsInput,
  publishSettings,
  type Schedule,
  type ScheduleInput,
} from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { enqueue } from '@ainotebook/jobs';
import { and, asc, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { AuthedContext } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { afterCursor, selectInstantKey, toPage } from '../pagination.js';
import { publishScheduled } from './publication-jobs.js';

const { articles, publications, publicationSchedules } = schema;

const DAY_MS = 86_400_000;

type Caller = Pick<AuthedContext, 'db' | 'auth'>;

/**
 * Publishes an article later, by itself; replaces an earlier schedule.
 * @throws AppError not_found, bad_input (a time in the past or too far ahead), publication_blocked
 */
export async function scheduleArticle(
  ctx: Caller,
  { articleId, publishAt, ...settings }: ScheduleInput,
): Promise<Schedule> {
  const { userId } = ctx.auth;
  const delayMs = publishAt.getTime() - Date.now();
  if (delayMs <= 0) throw badTime('must be in the future');
  if (delayMs > LIMITS.scheduleDays * DAY_MS) {
    throw badTime(`must be within ${LIMITS.scheduleDays} days`);
  }
  return ctx.db.transaction(async (tx) => {
    const [article] = await tx
      .select({ title: articles.title, blockedAt: publications.blockedAt })
      .from(articles)
      .leftJoin(publications, eq(publications.articleId, articles.id))
      .where(ownArticle(articleId, userId))
      .for('no key update', { of: articles });
    if (!article) throw notFound('Article');
    if (article.blockedAt) {
      throw new AppError('publication_blocked', 'An administrator has closed this article');
    }
    await tx
      .insert(publicationSchedules)
      .values({ articleId, userId, publishAt, settings })
      .onConflictDoUpdate({
        target: publicationSchedules.articleId,
        set: { publishAt, settings, updatedAt: sql`now()` },
      });
    const payload = { articleId, publishAt: publishAt.toISOString() };
    await enqueue(tx, publishScheduled, payload, { delayMs });
    return { articleId, title: article.title, publishAt, settings };
  });
}

function badTime(message: string): AppError {
  return new AppError('bad_input', 'The time cannot be used', {
    fields: [{ path: 'publishAt', message }],
  });
}

const ownArticle = (articleId: string, userId: string) =>
  and(eq(articles.id, articleId), eq(articles.userId, userId), isNull(articles.deletedAt));

/** When an article will be published; null when it will not. @throws AppError not_found */
export async function getSchedule(
  ctx: Caller,
  input: { articleId: string },
): Promise<Schedule | null> {
  const { userId } = ctx.auth;
  const [row] = await selectSchedules(
    ctx,
    eq(publicationSchedules.articleId, input.articleId),
  ).limit(1);
  if (row) return toSchedule(row);
  const [article] = await ctx.db
    .select({ id: articles.id })
    .from(articles)
    .where(and(eq(articles.id, input.articleId), eq(articles.userId, userId)));
  if (!article) throw notFound('Article');
  return null;
}

/** Ends an article's schedule; nothing happens to one without. @throws AppError not_found */
export async function cancelSchedule(ctx: Caller, input: { articleId: string }): Promise<void> {
  const { userId } = ctx.auth;
  const { rowCount } = await ctx.db
    .delete(publicationSchedules)
    .where(
      and(
        eq(publicationSchedules.articleId, input.articleId),
        eq(publicationSchedules.userId, userId),
      ),
    );
  if (!rowCount) await getSchedule(ctx, input);
}

/** What of the caller's will be published, the next first. @throws AppError bad_input */
export async function listSchedules(
  ctx: Caller,
  input: ListPublicationsInput,
): Promise<{ items: Schedule[]; nextCursor: string | null }> {
  const after = afterCursor(
    'asc',
    { instant: publicationSchedules.publishAt, id: publicationSchedules.articleId },
    input.cursor,
  );
  const rows = await selectSchedules(ctx, after)
    .orderBy(asc(publicationSchedules.publishAt), asc(publicationSchedules.articleId))
    .limit(input.limit + 1);
  return toPage(rows, input.limit, {
    keyOf: (row) => [row.position, row.articleId],
    itemOf: toSchedule,
  });
}

function selectSchedules(ctx: Caller, where: SQL | undefined) {
  return ctx.db
    .select({
      articleId: publicationSchedules.articleId,
      title: articles.title,
      publishAt: publicationSchedules.publishAt,
      settings: publicationSchedules.settings,
      position: selectInstantKey(publicationSchedules.publishAt),
    })
    .from(publicationSchedules)
    .innerJoin(articles, eq(articles.id, publicationSchedules.articleId))
    .where(and(eq(publicationSchedules.userId, ctx.auth.userId), where))
    .$dynamic();
}

function toSchedule(
  row: Omit<Schedule, 'settings'> & { settings: unknown; position: number },
): Schedule {
  const { position: _, settings, ...schedule } = row;
  return { ...schedule, settings: publishSettings.parse(settings) };
}
