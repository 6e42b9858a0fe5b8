import type { MailedTokenInput } from '@ainotebook/contract';
import { schema, type Tx } from '@ainotebook/db';
import { enqueue } from '@ainotebook/jobs';
import { and, eq, isNull } from 'drizzle-orm';
import type { AuthedContext, Context } from '../context.js';
import { requireMail, sendMail } from '../mail/mail-jobs.js';
import { addressKey } from '../rate-limits.js';
import { firstProof, spendToken, tokenInvalid } from './one-time-tokens.js';

const { users } = schema;

/** Queues the mail whose link shows that the user's address is his. */
export async function queueVerification(tx: Tx, userId: string): Promise<void> {
  const about = { kind: 'email_verification', userId } as const;
  await enqueue(tx, sendMail, about, { dedupeKey: `verify:${userId}` });
}

/** Mails a link to the caller's address, unless it is verified. @throws AppError mail_off, rate_limited */
export async function requestEmailVerification(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'config' | 'limits' | 'request' | 'nudgeJobs'>,
): Promise<void> {
  requireMail(ctx.config);
  const { userId } = ctx.auth;
  const [unverified] = await ctx.db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, userId), isNull(users.emailVerifiedAt)));
  if (!unverified) return;
  await ctx.limits.consume('mail', { ip: ctx.request.ip, userId });
  await ctx.db.transaction((tx) => queueVerification(tx, userId));
  ctx.nudgeJobs();
}

/** Takes the token of a mailed link as proof of the address. @throws AppError token_invalid, rate_limited */
export async function verifyEmail(
  ctx: Pick<Context, 'db' | 'config' | 'limits' | 'request'>,
  { token }: MailedTokenInput,
): Promise<void> {
  const attempts = `verify:${addressKey(ctx.request.ip)}`;
  await ctx.limits.consumeSecret(attempts);
  await ctx.db.transaction(async (tx) => {
    const { userId, user } = await spendToken({ ...ctx, db: tx }, 'email_verification', token);
    if (user.status !== 'active') throw tokenInvalid();
    await tx.update(users).set({ emailVerifiedAt: firstProof }).where(eq(users.id, userId));
  });
  await ctx.limits.clearSecret(attempts);
}
