import type { AuthResult, RegisterInput } from '@ainotebook/contract';
import { schema, type Tx } from '@ainotebook/db';
import { and, eq, gt, isNull, or, sql } from 'drizzle-orm';
import { getSiteSettings } from '../admin/admin-site.service.js';
import { hasAdmin, lockAdmins } from '../admin/admins.js';
import { audit } from '../audit/audit.js';
import type { Auth, Context } from '../context.js';
import { AppError } from '../errors.js';
import { addressKey } from '../rate-limits.js';
import { createUser } from '../users/create-user.js';
import { equalSecrets, hashToken } from './secrets.js';
import { deliver, openSession } from './sessions.js';
import { queueVerification } from './verify-email.js';

const { invitations } = schema;

interface Admission {
  role: Auth['role'];
  via: 'setup' | 'invitation' | 'open';
  invitationId?: string;
}

/**
 * Makes an account and signs it in. Nobody becomes an admin by being first: that takes the set-up
 * token, while there is no admin, or an admin's invitation.
 * @throws AppError registration_closed, invitation_invalid, setup_token_invalid, consent_required,
 * email_taken, handle_taken, rate_limited
 */
export async function register(ctx: Context, input: RegisterInput): Promise<AuthResult> {
  const { config } = ctx;
  const address = addressKey(ctx.request.ip);
  await ctx.limits.consume('register', { ip: ctx.request.ip, userId: null });
  if (input.setupToken !== undefined) {
    await ctx.limits.consumeSecret(`setup:${address}`);
    if (config.setupToken === null || !equalSecrets(input.setupToken, config.setupToken)) {
      throw setupTokenInvalid();
    }
  } else if (config.registration === 'closed') {
    throw new AppError('registration_closed', 'Registration is closed');
  } else if (config.registration === 'invite' && input.invitationToken === undefined) {
    throw new AppError('registration_closed', 'Registration needs an invitation');
  }
  if (!input.hasAcceptedTerms) await refuseWithoutConsent(ctx);
  const passwordHash = await ctx.passwords.hash(input.password);

  const issued = await ctx.db.transaction(async (tx) => {
    const admission = await admit(tx, ctx, input);
    const user = await createUser(tx, {
      email: input.email,
      handle: input.handle,
      displayName: input.displayName,
      locale: input.locale,
      role: admission.role,
      passwordHash,
      lastLoginAt: sql`now()`,
      ...(input.hasAcceptedTerms ? { termsAcceptedAt: sql`now()` } : {}),
    });
    if (admission.invitationId !== undefined) {
      await tx
        .update(invitations)
        .set({ acceptedBy: user.id })
        .where(eq(invitations.id, admission.invitationId));
    }
    await audit(tx, {
      actorId: user.id,
      action: 'user.registered',
      subjectType: 'user',
      subjectId: user.id,
      ip: ctx.request.ip,
      detail: { role: admission.role, via: admission.via },
    });
    if (config.hasMail) await queueVerification(tx, user.id);
    return { user, epoch: 0, ...(await openSession({ ...ctx, db: tx }, user.id, input.session)) };
  });
  ctx.nudgeJobs();
  return deliver(ctx, issued);
}

/** Who registers agrees to the site's terms and privacy notice, where it has them. */
async function refuseWithoutConsent(ctx: Pick<Context, 'db' | 'config'>): Promise<void> {
  const { terms, privacy } = await getSiteSettings(ctx);
  if (terms.trim() === '' && privacy.trim() === '') return;
  throw new AppError('consent_required', 'Agree to the terms and the privacy notice first');
}

/** Consumes what lets the caller in; a later failure rolls that back. */
async function admit(
  tx: Tx,
  { config }: Pick<Context, 'config'>,
  input: RegisterInput,
): Promise<Admission> {
  if (input.setupToken !== undefined) {
    await lockAdmins(tx);
    if (await hasAdmin(tx)) throw setupTokenInvalid();
    return { role: 'admin', via: 'setup' };
  }
  if (input.invitationToken === undefined) return { role: 'user', via: 'open' };
  const [invitation] = await tx
    .update(invitations)
    .set({ acceptedAt: sql`now()` })
    .where(
      and(
        eq(
          invitations.tokenHash,
          hashToken(config.tokenSecret, 'invitation', input.invitationToken),
        ),
        isNull(invitations.acceptedAt),
        isNull(invitations.revokedAt),
        gt(invitations.expiresAt, sql`now()`),
        or(isNull(invitations.email), eq(invitations.email, input.email)),
      ),
    )
    .returning({ id: invitations.id, role: invitations.role });
  if (!invitation) {
    throw new AppError('invitation_invalid', 'This invitation is used, expired or not for you');
  }
  return { role: invitation.role, via: 'invitation', invitationId: invitation.id };
}

function setupTokenInvalid(): AppError {
  return new AppError('setup_token_invalid', 'The set-up token is not valid');
}
