import type {
  AdminUser,
  ListUsersInput,
  SetUserRoleInput,
  SetUserStatusInput,
} from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, desc, eq, or, sql } from 'drizzle-orm';
import { appLink } from '../app-link.js';
import { type AuditEvent, audit, auditBy } from '../audit/audit.js';
import { createResetToken } from '../auth/reset-password.js';
import { endSessions } from '../auth/sessions.js';
import type { AuthedContext } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { escapeLike } from '../escape-like.js';
import { afterCursor, selectInstantKey, toPage } from '../pagination.js';
import { deleteUserRows } from '../users/delete-user.js';
import { userColumns } from '../users/user-columns.js';
import { lockAdmins, refuseLastAdmin, revokeInvitationsOf } from './admins.js';

const { users } = schema;

const adminUserColumns = {
  ...userColumns,
  status: users.status,
  lastLoginAt: users.lastLoginAt,
  // Names written out: inside a column list Drizzle leaves the tables' names away.
  articleCount: sql<number>`(
    select count(*)::int from articles where articles.user_id = users.id and deleted_at is null
  )`,
};

type AdminContext = Pick<AuthedContext, 'db' | 'auth' | 'request'>;

/** Users, newest first. `q` is looked for in e-mail address, handle and display name. */
export async function listUsers(
  ctx: Pick<AuthedContext, 'db'>,
  { limit, cursor, q, status }: ListUsersInput,
): Promise<{ items: AdminUser[]; nextCursor: string | null }> {
  const { createdAt: instant, id } = users;
  const rows = await ctx.db
    .select({ user: adminUserColumns, key: selectInstantKey(instant) })
    .from(users)
    .where(
      and(
        q ? nameContains(q) : undefined,
        status ? eq(users.status, status) : undefined,
        afterCursor('desc', { instant, id }, cursor),
      ),
    )
    .orderBy(desc(instant), desc(id))
    .limit(limit + 1);
  return toPage(rows, limit, {
    keyOf: (row) => [row.key, row.user.id],
    itemOf: (row) => row.user,
  });
}

/** E-mail addresses and handles are lower case; a name is also tried as typed. */
function nameContains(q: string) {
  const pattern = (text: string) => `%${escapeLike(text)}%`;
  const folded = pattern(q.toLowerCase());
  return or(
    sql`${users.email} like ${folded}`,
    sql`${users.handle} like ${folded}`,
    sql`lower(${users.displayName}) like ${folded}`,
    sql`${users.displayName} like ${pattern(q)}`,
  );
}

async function getAdminUser(db: Db | Tx, id: string): Promise<AdminUser> {
  const [user] = await db.select(adminUserColumns).from(users).where(eq(users.id, id));
  if (!user) throw notFound('User');
  return user;
}

/**
 * Changes a user with the set of admins and the user's row locked.
 * @param change false when there is nothing to do
 */
async function changeUser(
  ctx: AdminContext,
  id: string,
  change: (
    tx: Tx,
    user: { id: string; role: string; status: string },
  ) => Promise<false | AuditEvent>,
): Promise<AdminUser> {
  return ctx.db.transaction(async (tx) => {
    await lockAdmins(tx);
    await assertStillAdmin(tx, ctx.auth.userId);
    const [user] = await tx
      .select({ id: users.id, role: users.role, status: users.status })
      .from(users)
      .where(eq(users.id, id))
      .for('no key update');
    if (!user) throw notFound('User');
    const event = await change(tx, user);
    if (event) await audit(tx, event);
    return getAdminUser(tx, id);
  });
}

/** Of two admins who demote each other at once, the second is none any more. */
async function assertStillAdmin(tx: Tx, userId: string): Promise<void> {
  const [admin] = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, userId), eq(users.role, 'admin'), eq(users.status, 'active')));
  if (!admin) throw new AppError('forbidden', 'Only an administrator may do this');
}

function eventOf(ctx: AdminContext, id: string) {
  return { ...auditBy(ctx), subjectType: 'user', subjectId: id } as const;
}

/** Suspends or restores a user; suspending ends every session. @throws AppError not_found, last_admin */
export async function setUserStatus(
  ctx: AdminContext,
  { id, status }: SetUserStatusInput,
): Promise<AdminUser> {
  return changeUser(ctx, id, async (tx, user) => {
    if (user.status === status) return false;
    if (status === 'suspended') {
      await refuseLastAdmin(tx, user);
      await endSessions(tx, id);
      await revokeInvitationsOf(tx, id);
    }
    await tx.update(users).set({ status }).where(eq(users.id, id));
    return { ...eventOf(ctx, id), action: 'user.status_changed', detail: { status } };
  });
}

/** Makes a user an admin or an admin a user. @throws AppError not_found, last_admin */
export async function setUserRole(
  ctx: AdminContext,
  { id, role }: SetUserRoleInput,
): Promise<AdminUser> {
  return changeUser(ctx, id, async (tx, user) => {
    if (user.role === role) return false;
    if (role === 'user') {
      await refuseLastAdmin(tx, user);
      await revokeInvitationsOf(tx, id);
    }
    await tx.update(users).set({ role }).where(eq(users.id, id));
    return { ...eventOf(ctx, id), action: 'user.role_changed', detail: { role } };
  });
}

/** A link, good once and for an hour, with which the user sets a new password. @throws AppError not_found */
export async function createResetLink(
  ctx: AdminContext & Pick<AuthedContext, 'config'>,
  { id }: { id: string },
): Promise<{ url: string; expiresAt: Date }> {
  const { token, expiresAt } = await ctx.db.transaction(async (tx) => {
    const [user] = await tx
      .select({ id: users.id })
      .from(users)
      .where(eq(users.id, id))
      .for('no key update');
    if (!user) throw notFound('User');
    await audit(tx, { ...eventOf(ctx, id), action: 'user.reset_link_created' });
    return createResetToken({ config: ctx.config, db: tx }, id);
  });
  return { url: appLink(ctx.config, '/reset', { token }), expiresAt };
}

/** Deletes a user and everything of that user. @throws AppError not_found, last_admin */
export async function deleteUser(ctx: AdminContext, { id }: { id: string }): Promise<void> {
  const { userId } = ctx.auth;
  await ctx.db.transaction(async (tx) => {
    await lockAdmins(tx);
    await assertStillAdmin(tx, userId);
    // His own row is gone when the event is written.
    const by = auditBy(ctx);
    await deleteUserRows(tx, id, id === userId ? { ...by, actorId: null } : by);
  });
}
