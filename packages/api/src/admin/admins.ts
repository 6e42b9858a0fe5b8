import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, eq, isNull, ne, sql } from 'drizzle-orm';
import { AppError } from '../errors.js';

const { invitations, users } = schema;

/** One at a time may change who is an admin; held to the end of the transaction. */
export async function lockAdmins(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('ainotebook:admins', 0))`);
}

/** True when there is an admin, suspended ones included. */
export async function hasAdmin(db: Db | Tx): Promise<boolean> {
  const [admin] = await db
    .select({ id: users.id })
    .from(users)
    .where(eq(users.role, 'admin'))
    .limit(1);
  return admin !== undefined;
}

/**
 * Refuses to take the site's last active admin away. Call after `lockAdmins`.
 * @throws AppError last_admin
 */
export async function refuseLastAdmin(
  tx: Tx,
  user: { id: string; role: string; status: string },
): Promise<void> {
  if (user.role !== 'admin' || user.status !== 'active') return;
  const [other] = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.role, 'admin'), eq(users.status, 'active'), ne(users.id, user.id)))
    .limit(1);
  if (!other) throw new AppError('last_admin', 'The last administrator must stay');
}

/** Revokes the unused invitations of somebody who stops being an admin. */
export async function revokeInvitationsOf(tx: Tx, userId: string): Promise<void> {
  await tx
    .update(invitations)
    .set({ revokedAt: sql`now()` })
    .where(
      and(
        eq(invitations.createdBy, userId),
        isNull(invitations.acceptedAt),
        isNull(invitations.revokedAt),
      ),
    );
}
