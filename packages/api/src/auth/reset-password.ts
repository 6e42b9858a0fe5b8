import { createHmac } from 'node:crypto';
import type { RequestPasswordResetInput, ResetPasswordInput } from '@ainotebook/contract';
import { schema, type Tx } from '@ainotebook/db';
import { enqueue } from '@ainotebook/jobs';
import { and, eq, isNull } from 'drizzle-orm';
import { v5 } from 'uuid';
import { revokeApiKeysOf } from '../api-keys/api-keys.service.js';
import { audit } from '../audit/audit.js';
import type { Context } from '../context.js';
import { requireMail, sendMail } from '../mail/mail-jobs.js';
import { notify } from '../notifications/notify.js';
import { addressKey } from '../rate-limits.js';
import { endTokens, findToken, firstProof, spendToken, storeToken } from './one-time-tokens.js';
import { newToken } from './secrets.js';
import { endSessions } from './sessions.js';

const { users, webhookSubscriptions } = schema;

/**
 * Mails a link to set a new password, if somebody has the address. Answers the same and does the same
 * for an unknown address: its mail is queued for a user that there is not.
 * @throws AppError mail_off, rate_limited
 */
export async function requestPasswordReset(
  ctx: Pick<Context, 'db' | 'config' | 'limits' | 'request'>,
  { email }: RequestPasswordResetInput,
): Promise<void> {
  requireMail(ctx.config);
  await ctx.limits.consume('mail', { ip: ctx.request.ip, userId: null });
  await ctx.limits.consumeMail(email);
  const [known] = await ctx.db.select({ id: users.id }).from(users).where(eq(users.email, email));
  const userId = known?.id ?? nobodyOf(ctx.config.tokenSecret, email);
  await ctx.db.transaction((tx) =>
    enqueue(tx, sendMail, { kind: 'password_reset', userId }, { dedupeKey: `reset:${userId}` }),
  );
  // Not nudged: what is done for a known address must not be felt in this answer.
}

/** An id that no user has, the same for the same address, from which the address cannot be told. */
function nobodyOf(secret: string, email: string): string {
  return v5(createHmac('sha256', secret).update(`nobody:${email}`).digest('hex'), v5.URL);
}

/**
 * Makes a token with which `userId` sets a new password, for an administrator to hand over; former
 * ones end. Call with the user's row locked.
 * @returns the token, stored as a hash only
 */
export async function createResetToken(
  ctx: Pick<Context, 'config'> & { db: Tx },
  userId: string,
): Promise<{ token: string; expiresAt: Date }> {
  const token = newToken();
  const purpose = 'password_reset';
  const expiresAt = await storeToken(ctx, { token, purpose, userId, email: null });
  if (!expiresAt) throw new Error('a new token cannot be used already');
  return { token, expiresAt };
}

/**
 * Sets a new password with a reset link and ends every session and API key: whoever lost the password
 * may have lost the account.
 * @throws AppError token_invalid (used, expired, unknown), rate_limited
 */
export async function resetPassword(ctx: Context, input: ResetPasswordInput): Promise<void> {
  const attempts = `reset:${addressKey(ctx.request.ip)}`;
  await ctx.limits.consumeSecret(attempts);
  // Looked up first, so that made-up tokens cost no hashing.
  await findToken(ctx, 'password_reset', input.token);
  const passwordHash = await ctx.passwords.hash(input.newPassword);
  const email = await ctx.db.transaction(async (tx) => {
    const { userId, email, user } = await spendToken(
      { ...ctx, db: tx },
      'password_reset',
      input.token,
    );
    // A link that was mailed has shown whose the address is.
    const proven = email === null ? {} : { emailVerifiedAt: firstProof };
    await tx
      .update(users)
      .set({ passwordHash, ...proven })
      .where(eq(users.id, userId));
    await endSessions(tx, userId);
    await revokeApiKeysOf(tx, userId);
    await endTokens(tx, userId);
    // They open nothing, and whoever relies on them is told as before; who looks into it is to know of them.
    const goesOn = and(
      eq(webhookSubscriptions.userId, userId),
      isNull(webhookSubscriptions.disabledReason),
    );
    await audit(tx, {
      detail: { webhooks: await tx.$count(webhookSubscriptions, goesOn) },
      actorId: userId,
      action: 'user.password_reset',
      subjectType: 'user',
      subjectId: userId,
      ip: ctx.request.ip,
    });
    await notify(tx, { userIds: [userId], event: { kind: 'password_changed', data: {} } });
    return user.email;
  });
  ctx.nudgeJobs();
  await ctx.limits.clearSecret(attempts);
  await ctx.limits.clearSecret(`login:${email}`);
}
