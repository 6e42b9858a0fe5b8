import { createHmac } from 'node:crypto';
import {
  type CreateReportInput,
  LIMITS,
  type ListReportsInput,
  type Report,
  type ResolveReportInput,
} from '@ainotebook/contract';
import { schema, type Tx } from '@ainotebook/db';
import { and, desc, eq, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import { audit, auditBy } from '../audit/audit.js';
import type { AuthedContext, Context } from '../context.js';
import { notFound } from '../errors.js';
import { notify } from '../notifications/notify.js';
import { afterCursor, selectInstantKey, toPage } from '../pagination.js';
import { resolveSlug } from '../publications/public-articles.js';
import { publicUrl } from '../publications/publication-rows.js';
import { currentSlug, presentSlug } from '../publications/slugs.js';
import { addressKey } from '../rate-limits.js';
import { emitWebhooks } from '../webhooks/emit.js';

const { publications, reports, slugs, users } = schema;

/** Administrators told of one report. */
const TOLD_ADMINS = 20;

/**
 * A reader's complaint about a live article. One open report a reader and article: another one
 * replaces its words. @throws AppError not_found, rate_limited
 */
export async function createReport(
  ctx: Pick<Context, 'db' | 'config' | 'limits' | 'nudgeJobs'> & {
    request: Pick<Context['request'], 'ip'>;
    authenticate: () => Promise<{ userId: string } | null>;
  },
  { slug, ...words }: CreateReportInput,
): Promise<void> {
  await ctx.limits.consume('report', { ip: ctx.request.ip, userId: null });
  const found = await resolveSlug(ctx.db, slug);
  if (found.kind !== 'live') throw notFound('Article');
  const { articleId, title } = found.publication;
  const auth = await ctx.authenticate().catch(() => null);
  const who = auth?.userId ?? addressKey(ctx.request.ip);
  const reporter = createHmac('sha256', ctx.config.tokenSecret)
    .update(`reporter:${who}`)
    .digest('base64url');
  await ctx.db.transaction(async (tx) => {
    const [made] = await tx
      .insert(reports)
      .values({ articleId, reporter, ...words })
      .onConflictDoUpdate({
        target: [reports.articleId, reports.reporter],
        targetWhere: sql`status = 'open'`,
        set: { ...words, updatedAt: sql`now()` },
      })
      .returning({ id: reports.id, isNew: sql<boolean>`xmax = 0` });
    if (!made?.isNew) return;
    const admins = await tx
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.role, 'admin'), eq(users.status, 'active')))
      .orderBy(users.id)
      .limit(TOLD_ADMINS);
    const data = { reportId: made.id, title, reason: words.reason };
    const userIds = admins.map(({ id }) => id);
    await notify(tx, { userIds, event: { kind: 'report_received', data } });
  });
  ctx.nudgeJobs();
}

/** Reports of readers, the newest first. @throws AppError bad_input */
export async function listReports(
  ctx: Pick<AuthedContext, 'db' | 'config'>,
  { limit, cursor, status }: ListReportsInput,
): Promise<{ items: Report[]; nextCursor: string | null }> {
  const position = { instant: reports.createdAt, id: reports.id };
  const rows = await selectReports(
    ctx.db,
    and(status ? eq(reports.status, status) : undefined, afterCursor('desc', position, cursor)),
  )
    .orderBy(desc(reports.createdAt), desc(reports.id))
    .limit(limit + 1);
  return toPage(rows, limit, {
    keyOf: (row) => [row.position, row.id],
    itemOf: (row) => toReport(ctx.config, row),
  });
}

/**
 * Settles a report. `block` closes the article to readers and settles all open reports about it;
 * one that is settled already stays as it is. @throws AppError not_found
 */
export async function resolveReport(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'config' | 'request' | 'nudgeJobs'>,
  { id, action, note }: ResolveReportInput,
): Promise<Report> {
  const { userId: adminId } = ctx.auth;
  const report = await ctx.db.transaction(async (tx) => {
    const [present] = await tx
      .select({ articleId: reports.articleId, status: reports.status })
      .from(reports)
      .where(eq(reports.id, id))
      .for('update');
    if (!present) throw notFound('Report');
    if (present.status === 'open') {
      const settled = { note, handledBy: adminId, handledAt: sql`now()`, updatedAt: sql`now()` };
      if (action === 'dismiss') {
        await tx
          .update(reports)
          .set({ status: 'dismissed', ...settled })
          .where(eq(reports.id, id));
      } else {
        await tx
          .update(reports)
          .set({ status: 'upheld', ...settled })
          .where(and(eq(reports.articleId, present.articleId), eq(reports.status, 'open')));
        await setBlocked(tx, ctx, { articleId: present.articleId, isBlocked: true, note });
      }
    }
    const [row] = await selectReports(tx, eq(reports.id, id)).limit(1);
    if (!row) throw notFound('Report');
    return toReport(ctx.config, row);
  });
  ctx.nudgeJobs();
  return report;
}

/** Opens an article to readers again that an administrator had closed. @throws AppError not_found */
export async function unblockPublication(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'request' | 'config' | 'nudgeJobs'>,
  { articleId }: { articleId: string },
): Promise<void> {
  await ctx.db.transaction((tx) => setBlocked(tx, ctx, { articleId, isBlocked: false, note: '' }));
  ctx.nudgeJobs();
}

async function setBlocked(
  tx: Tx,
  { auth, request, config }: Pick<AuthedContext, 'auth' | 'request' | 'config'>,
  { articleId, isBlocked, note }: { articleId: string; isBlocked: boolean; note: string },
): Promise<void> {
  const [changed] = await tx
    .update(publications)
    // The text has not changed: its time stays.
    .set({ blockedAt: isBlocked ? sql`now()` : null, updatedAt: publications.updatedAt })
    .where(
      and(
        eq(publications.articleId, articleId),
        isBlocked ? isNull(publications.blockedAt) : isNotNull(publications.blockedAt),
      ),
    )
    .returning({
      userId: publications.userId,
      title: publications.title,
      withdrawnAt: publications.withdrawnAt,
      slug: presentSlug,
    });
  if (!changed) {
    const [there] = await tx
      .select({ id: publications.articleId })
      .from(publications)
      .where(eq(publications.articleId, articleId));
    if (!there) throw notFound('Article');
    return;
  }
  const { userId, title } = changed;
  await audit(tx, {
    ...auditBy({ auth, request }),
    action: isBlocked ? 'publication.blocked' : 'publication.unblocked',
    subjectType: 'publication',
    subjectId: articleId,
  });
  const about = { articleId, title };
  await notify(tx, {
    userIds: [userId],
    event: isBlocked
      ? {
          kind: 'publication_blocked',
          data: { ...about, note: note.slice(0, LIMITS.reportDetailLength) },
        }
      : { kind: 'publication_unblocked', data: about },
  });
  if (changed.withdrawnAt !== null) return;
  const { slug } = changed;
  const data = { ...about, slug };
  await emitWebhooks(
    tx,
    [userId],
    [
      isBlocked
        ? { type: 'article.unpublished', data }
        : { type: 'article.published', data: { ...data, url: publicUrl(config, slug) } },
    ],
  );
}

function selectReports(db: Pick<Tx, 'select'>, where: SQL | undefined) {
  return db
    .select({
      id: reports.id,
      articleId: reports.articleId,
      title: publications.title,
      slug: slugs.slug,
      authorHandle: users.handle,
      isBlocked: sql<boolean>`${publications.blockedAt} is not null`,
      reason: reports.reason,
      detail: reports.detail,
      contact: reports.contact,
      status: reports.status,
      note: reports.note,
      createdAt: reports.createdAt,
      handledAt: reports.handledAt,
      position: selectInstantKey(reports.createdAt),
    })
    .from(reports)
    .innerJoin(publications, eq(publications.articleId, reports.articleId))
    .innerJoin(users, eq(users.id, publications.userId))
    .innerJoin(slugs, currentSlug())
    .where(where)
    .$dynamic();
}

function toReport(
  config: Pick<Context['config'], 'appUrl'>,
  row: Awaited<ReturnType<typeof selectReports>>[number],
): Report {
  const { articleId, title, slug, authorHandle, isBlocked, position: _, ...report } = row;
  const url = publicUrl(config, slug);
  return { ...report, article: { id: articleId, title, url, authorHandle, isBlocked } };
}
