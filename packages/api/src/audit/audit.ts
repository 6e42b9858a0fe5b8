import { type Db, schema, type Tx } from '@ainotebook/db';
import type { AuthedContext } from '../context.js';

/** What the audit list can tell of. */
export type AuditAction =
  | 'admin.created'
  | 'ai.embedding_approved'
  | 'ai.models_picked'
  | 'ai.provider_created'
  | 'ai.provider_deleted'
  | 'ai.provider_updated'
  | 'api_key.created'
  | 'api_key.revoked'
  | 'bill.seen'
  | 'codes.exported'
  | 'codes.generated'
  | 'codes.revoked'
  | 'entitlement.granted'
  | 'entitlement.revoked'
  | 'invitation.created'
  | 'invitation.revoked'
  | 'invoice.declined'
  | 'invoice.issued'
  | 'invoice.requested'
  | 'job.discarded'
  | 'job.retried'
  | 'order.closed'
  | 'order.created'
  | 'order.mismatch'
  | 'order.paid'
  | 'order.paid_twice'
  | 'order.partially_refunded'
  | 'order.refund_failed'
  | 'order.refunded'
  | 'order.refunding'
  | 'order.surplus_refund'
  | 'plan.created'
  | 'plan.updated'
  | 'publication.blocked'
  | 'publication.unblocked'
  | 'session.reuse_detected'
  | 'session.revoked'
  | 'site.settings_updated'
  | 'user.deleted'
  | 'user.email_changed'
  | 'user.logged_out_everywhere'
  | 'user.password_changed'
  | 'user.password_reset'
  | 'user.registered'
  | 'user.reset_link_created'
  | 'user.role_changed'
  | 'user.status_changed'
  | 'webhook.created'
  | 'webhook.deleted'
  | 'webhook.secret_rotated';

/** Who did it, and from where. */
export interface Actor {
  /** Null for the command line and for nobody in particular. */
  actorId: string | null;
  ip?: string;
}

export interface AuditEvent extends Actor {
  action: AuditAction;
  subjectType?:
    | 'user'
    | 'ai_provider'
    | 'api_key'
    | 'bill'
    | 'session'
    | 'invitation'
    | 'site'
    | 'publication'
    | 'job'
    | 'plan'
    | 'codes'
    | 'entitlement'
    | 'order'
    | 'webhook';
  subjectId?: string;
  /** Short facts; never a secret, a text of a user or an e-mail address. */
  detail?: Record<string, string | number | boolean | string[]>;
}

/** The caller, as an audit event tells of them. */
export const auditBy = ({ auth, request }: Pick<AuthedContext, 'auth' | 'request'>): Actor => ({
  actorId: auth.userId,
  ip: request.ip,
});

/** Writes one audit event in the transaction of what it tells of. */
export async function audit(tx: Db | Tx, event: AuditEvent): Promise<void> {
  await tx.insert(schema.auditEvents).values({
    actorId: event.actorId,
    action: event.action,
    subjectType: event.subjectType ?? null,
    subjectId: event.subjectId ?? null,
    ip: event.ip ?? null,
    detail: event.detail ?? null,
  });
}
