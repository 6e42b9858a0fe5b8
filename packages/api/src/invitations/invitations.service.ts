import {
  type CreateInvitationInput,
  type Invitation,
  LIMITS,
  type ListInvitationsInput,
} from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { enqueue } from '@ainotebook/jobs';
import { and, count, desc, eq, gt, isNull, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { audit, auditBy } from '../audit/audit.js';
import { hashToken } from '../auth/secrets.js';
import type { AuthedContext } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { sendMail } from '../mail/mail-jobs.js';
import { afterCursor, selectInstantKey, toPage } from '../pagination.js';
import { invitationLink, invitationToken } from './invitation-link.js';

const { invitations, users } = schema;

const invitationColumns = {
  id: invitations.id,
  email: invitations.email,
  role: invitations.role,
  status: sql<Invitation['status']>`case
    when ${invitations.acceptedAt} is not null then 'accepted'
    when ${invitations.revokedAt} is not null then 'revoked'
    when ${invitations.expiresAt} <= now() then 'expired'
    else 'open' end`,
  createdAt: invitations.createdAt,
  expiresAt: invitations.expiresAt,
};

/** Invitations of all admins, newest first. */
export async function listInvitations(
  ctx: Pick<AuthedContext, 'db'>,
  { limit, cursor }: ListInvitationsInput,
): Promise<{ items: Invitation[]; nextCursor: string | null }> {
  const { createdAt: instant, id } = invitations;
  const rows = await ctx.db
    .select({ invitation: invitationColumns, key: selectInstantKey(instant) })
    .from(invitations)
    .where(afterCursor('desc', { instant, id }, cursor))
    .orderBy(desc(instant), desc(id))
    .limit(limit + 1);
  return toPage(rows, limit, {
    keyOf: (row) => [row.key, row.invitation.id],
    itemOf: (row) => row.invitation,
  });
}

/**
 * Makes a link that lets one person register; where an address is named and the server sends mail, it
 * also goes there. @throws AppError limit_reached
 */
export async function createInvitation(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'config' | 'request' | 'nudgeJobs'>,
  input: CreateInvitationInput,
): Promise<Invitation & { url: string; isMailed: boolean }> {
  const id = v7();
  const token = invitationToken(ctx.config, id);
  const isMailed = ctx.config.hasMail && input.email !== null;
  const { userId } = ctx.auth;
  const invitation = await ctx.db.transaction(async (tx) => {
    // Two at once must not both take the last place; losing the role meanwhile ends the right.
    const [admin] = await tx
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.id, userId), eq(users.role, 'admin'), eq(users.status, 'active')))
      .for('no key update');
    if (!admin) throw new AppError('forbidden', 'Only an administrator may do this');
    const [open] = await tx
      .select({ count: count() })
      .from(invitations)
      .where(
        and(
          eq(invitations.createdBy, userId),
          isNull(invitations.acceptedAt),
          isNull(invitations.revokedAt),
          gt(invitations.expiresAt, sql`now()`),
        ),
      );
    if ((open?.count ?? 0) >= LIMITS.invitationsOpenPerUser) {
      throw new AppError('limit_reached', 'Too many open invitations; revoke some first');
    }
    const [row] = await tx
      .insert(invitations)
      .values({
        id,
        tokenHash: hashToken(ctx.config.tokenSecret, 'invitation', token),
        email: input.email,
        role: input.role,
        createdBy: userId,
        expiresAt: sql`now() + make_interval(days => ${input.expiresInDays})`,
      })
      .returning(invitationColumns);
    if (!row) throw new Error('the insert of an invitation returned no row');
    await audit(tx, {
      ...auditBy(ctx),
      action: 'invitation.created',
      subjectType: 'invitation',
      subjectId: row.id,
      detail: { role: input.role },
    });
    if (isMailed) await enqueue(tx, sendMail, { kind: 'invitation', invitationId: id });
    return row;
  });
  ctx.nudgeJobs();
  return { ...invitation, url: invitationLink(ctx.config, id), isMailed };
}

/** Ends an unused invitation; again is harmless. @throws AppError not_found, conflict (accepted) */
export async function revokeInvitation(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'request'>,
  { id }: { id: string },
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const [invitation] = await tx
      .select({ acceptedAt: invitations.acceptedAt, revokedAt: invitations.revokedAt })
      .from(invitations)
      .where(eq(invitations.id, id))
      .for('update');
    if (!invitation) throw notFound('Invitation');
    if (invitation.acceptedAt) throw new AppError('conflict', 'This invitation was used already');
    if (invitation.revokedAt) return;
    await tx.update(invitations).set({ revokedAt: sql`now()` }).where(eq(invitations.id, id));
    await audit(tx, {
      ...auditBy(ctx),
      action: 'invitation.revoked',
      subjectType: 'invitation',
      subjectId: id,
    });
  });
}
