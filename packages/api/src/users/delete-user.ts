import { schema, type Tx, withStatementTimeout } from '@ainotebook/db';
import { asc, eq, or, sql } from 'drizzle-orm';
import { lockAdmins, refuseLastAdmin, revokeInvitationsOf } from '../admin/admins.js';
import { lockLibrary } from '../articles/library-lock.js';
import { type Actor, audit } from '../audit/audit.js';
import { notFound } from '../errors.js';

const { auditEvents, deadLetters, inbox, invitations, orders, outbox, users } = schema;

/** Ten thousand articles with their revisions take longer than a request usually may. */
const DELETING_MS = 60_000;

/**
 * Deletes a user and everything of that user. Rows go by cascade; what names him without a foreign
 * key (work that waits or failed, addresses in the audit list, an invitation's e-mail) goes here.
 * The audit list keeps that an account was deleted, by its id alone.
 * @param by who deletes: null for the user himself
 * @throws AppError not_found, last_admin
 */
export async function deleteUserRows(tx: Tx, userId: string, by: Actor): Promise<void> {
  await withStatementTimeout(tx, DELETING_MS, () => deleteAll(tx, userId, by));
}

async function deleteAll(tx: Tx, userId: string, by: Actor): Promise<void> {
  await lockAdmins(tx);
  // Before any row, as everywhere: what changes his tags or notebooks now would meet us in a ring.
  await lockLibrary(tx, userId);
  // As whoever settles a payment does, who then needs the account: orders, then the user.
  const isHis = eq(orders.userId, userId);
  await tx
    .select({ id: orders.id })
    .from(orders)
    .where(isHis)
    .orderBy(asc(orders.id))
    .for('update');
  const [user] = await tx
    .select({ id: users.id, role: users.role, status: users.status })
    .from(users)
    .where(eq(users.id, userId))
    .for('update');
  if (!user) throw notFound('User');
  await refuseLastAdmin(tx, user);
  await revokeInvitationsOf(tx, userId);
  await tx.update(invitations).set({ email: null }).where(eq(invitations.acceptedBy, userId));
  await deleteWork(tx, userId);
  await tx
    .update(auditEvents)
    .set({ ip: null, detail: null })
    .where(eq(auditEvents.actorId, userId));
  await tx.delete(users).where(eq(users.id, userId));
  await audit(tx, {
    ...by,
    action: 'user.deleted',
    subjectType: 'user',
    subjectId: userId,
  });
}

/** Payloads name their subject as `userId` or `articleId`. */
async function deleteWork(tx: Tx, userId: string): Promise<void> {
  const isHis = (payload: typeof outbox.payload | typeof deadLetters.payload) =>
    or(
      sql`${payload} ->> 'userId' = ${userId}`,
      sql`${payload} ->> 'articleId' in (select id::text from articles where user_id = ${userId})`,
    );
  const gone = tx
    .$with('gone')
    .as(tx.delete(outbox).where(isHis(outbox.payload)).returning({ id: outbox.id }));
  await tx.with(gone).delete(inbox).where(sql`${inbox.outboxId} in (select id from gone)`);
  await tx.delete(deadLetters).where(isHis(deadLetters.payload));
}
