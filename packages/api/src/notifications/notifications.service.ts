import {
  LIMITS,
  type ListNotificationsInput,
  type MarkReadInput,
  type Notification,
  notificationEvent,
} from '@ainotebook/contract';
import { type Db, schema } from '@ainotebook/db';
import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { AuthedContext } from '../context.js';
import { DELETE_BATCH, deleteInBatches } from '../delete-in-batches.js';
import { afterCursor, selectInstantKey, toPage } from '../pagination.js';

const { notifications } = schema;

type Caller = Pick<AuthedContext, 'db' | 'auth'>;

const isUnreadOf = (userId: string) =>
  and(eq(notifications.userId, userId), isNull(notifications.readAt));

/**
 * What the caller was told, the newest first. A kind that only a newer release knows is left out.
 * @throws AppError bad_input
 */
export async function listNotifications(
  ctx: Caller,
  { limit, cursor }: ListNotificationsInput,
): Promise<{ items: Notification[]; nextCursor: string | null }> {
  const { createdAt: instant, id } = notifications;
  const rows = await ctx.db
    .select({
      id,
      kind: notifications.kind,
      data: notifications.data,
      readAt: notifications.readAt,
      createdAt: instant,
      key: selectInstantKey(instant),
    })
    .from(notifications)
    .where(
      and(eq(notifications.userId, ctx.auth.userId), afterCursor('desc', { instant, id }, cursor)),
    )
    .orderBy(desc(instant), desc(id))
    .limit(limit + 1);
  const page = toPage(rows, limit, { keyOf: (row) => [row.key, row.id], itemOf: (row) => row });
  const items = page.items.flatMap(({ id, kind, data, readAt, createdAt }) => {
    const event = notificationEvent.safeParse({ kind, data });
    return event.success ? [{ id, event: event.data, readAt, createdAt }] : [];
  });
  return { items, nextCursor: page.nextCursor };
}

/** How many the caller has not read, counted up to `LIMITS.notificationsUnread`. */
export async function countUnread(ctx: Caller): Promise<{ count: number }> {
  const unread = ctx.db
    .select({ id: notifications.id })
    .from(notifications)
    .where(isUnreadOf(ctx.auth.userId))
    .limit(LIMITS.notificationsUnread);
  return { count: await ctx.db.$count(unread.as('unread')) };
}

/** Marks the caller's unread ones as read: those named, or all. Others stay as they are. */
export async function markRead(ctx: Caller, { ids }: MarkReadInput): Promise<void> {
  await ctx.db
    .update(notifications)
    .set({ readAt: sql`now()` })
    .where(
      and(
        isUnreadOf(ctx.auth.userId),
        ids === undefined ? undefined : inArray(notifications.id, ids),
      ),
    );
}

/** Deletes what is older than `LIMITS.notificationsDays`. @returns how many went */
export async function pruneNotifications(db: Db): Promise<number> {
  return deleteInBatches(
    db,
    sql`delete from ${notifications} where id = any(array(
      select id from ${notifications}
      where created_at < now() - make_interval(days => ${LIMITS.notificationsDays})
      limit ${DELETE_BATCH} for update skip locked))`,
  );
}
