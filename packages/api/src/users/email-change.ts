import type { MailedTokenInput, RequestEmailChangeInput } from '@ainotebook/contract';
import { dbFailure, schema, type Tx } from '@ainotebook/db';
import { enqueue } from '@ainotebook/jobs';
import { eq, sql } from 'drizzle-orm';
import { audit } from '../audit/audit.js';
import { provePassword } from '../auth/change-password.js';
import { endTokens, spendToken, storeToken, tokenInvalid } from '../auth/one-time-tokens.js';
import { deriveToken } from '../auth/secrets.js';
import type { AuthedContext, Context } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { requireMail, sendMail } from '../mail/mail-jobs.js';
import { notify } from '../notifications/notify.js';
import { addressKey } from '../rate-limits.js';

const { users } = schema;

/**
 * Mails a link to the address that the caller wants. Whether somebody has it is told to who opens
 * the link, not to who asks.
 * @throws AppError mail_off, invalid_credentials, bad_input (his already), rate_limited
 */
export async function requestEmailChange(
  ctx: AuthedContext,
  { email, password }: RequestEmailChangeInput,
): Promise<void> {
  requireMail(ctx.config);
  const { userId } = ctx.auth;
  await provePassword(ctx, password);
  await ctx.limits.consume('mail', { ip: ctx.request.ip, userId });
  await ctx.limits.consumeMail(email);
  await ctx.db.transaction(async (tx) => {
    const [user] = await tx
      .select({ email: users.email })
      .from(users)
      .where(eq(users.id, userId))
      .for('no key update');
    if (!user) throw notFound('User');
    if (user.email === email) {
      const fields = [{ path: 'email', message: 'is your address already' }];
      throw new AppError('bad_input', 'This is your address already', { fields });
    }
    const purpose = 'email_change';
    const outboxId = await enqueue(tx, sendMail, { kind: purpose, userId });
    if (outboxId === null) throw new Error('a row without a dedupe key is always queued');
    // The address waits beside the hash: a queue holds ids only.
    const token = deriveToken(ctx.config.tokenSecret, purpose, outboxId);
    await storeToken({ ...ctx, db: tx }, { token, purpose, userId, email });
  });
  ctx.nudgeJobs();
}

/**
 * Changes the address with the link sent to the new one. The former one is told. Sessions go on: they
 * were opened with a password that still holds. All other links of the user end, since they may be in
 * the mailbox that he has left.
 * @throws AppError token_invalid, email_taken, rate_limited
 */
export async function confirmEmailChange(
  ctx: Pick<Context, 'db' | 'config' | 'limits' | 'request' | 'nudgeJobs'>,
  { token }: MailedTokenInput,
): Promise<void> {
  const attempts = `verify:${addressKey(ctx.request.ip)}`;
  await ctx.limits.consumeSecret(attempts);
  await ctx.db.transaction(async (tx) => {
    const spent = await spendToken({ ...ctx, db: tx }, 'email_change', token);
    const { userId, email: to, user } = spent;
    if (to === null || user.status !== 'active') throw tokenInvalid();
    await setEmail(tx, userId, to);
    await endTokens(tx, userId);
    await audit(tx, {
      actorId: userId,
      action: 'user.email_changed',
      subjectType: 'user',
      subjectId: userId,
      ip: ctx.request.ip,
    });
    const data = { from: user.email, to };
    await notify(tx, { userIds: [userId], event: { kind: 'email_changed', data } });
  });
  ctx.nudgeJobs();
  await ctx.limits.clearSecret(attempts);
}

async function setEmail(tx: Tx, userId: string, email: string): Promise<void> {
  try {
    await tx.update(users).set({ email, emailVerifiedAt: sql`now()` }).where(eq(users.id, userId));
  } catch (error) {
    if (dbFailure(error)?.constraint !== 'idx_users_email') throw error;
    throw new AppError('email_taken', 'This e-mail address is taken', { cause: error });
  }
}
