import type { AuthResult, ChangePasswordInput, ResetPasswordInput } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { audit } from '../audit/audit.js';
import type { AuthedContext, Context } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { addressKey } from '../rate-limits.js';
import { userColumns } from '../users/user-columns.js';
import { sessionRevoked } from './authenticate.js';
import { hashToken, newToken } from './secrets.js';
import { addRefreshToken, deliver, endSessions, sessionExpiry } from './sessions.js';

const { oneTimeTokens, refreshTokens, sessions, users } = schema;

/** A reset link lives this long, in minutes. */
const RESET_MINUTES = 60;

/**
 * Proves the password of the signed-in user once more, before something that cannot be undone.
 * @throws AppError invalid_credentials, rate_limited
 */
export async function provePassword(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'limits' | 'passwords'>,
  password: string,
): Promise<{ passwordHash: string }> {
  const { userId } = ctx.auth;
  await ctx.limits.consumeSecret(`password:${userId}`);
  const [known] = await ctx.db
    .select({ passwordHash: users.passwordHash })
    .from(users)
    .where(eq(users.id, userId));
  if (!known) throw notFound('User');
  if (!(await ctx.passwords.verify(known.passwordHash, password))) {
    throw new AppError('invalid_credentials', 'The password is wrong');
  }
  await ctx.limits.clearSecret(`password:${userId}`);
  return known;
}

/**
 * Sets a new password. Every other session ends; this one goes on with new tokens, the former ones
 * opening nothing.
 * @throws AppError invalid_credentials, rate_limited, session_revoked
 */
export async function changePassword(
  ctx: AuthedContext,
  input: ChangePasswordInput,
): Promise<AuthResult> {
  const { userId, sessionId } = ctx.auth;
  const proven = await provePassword(ctx, input.currentPassword);
  const passwordHash = await ctx.passwords.hash(input.newPassword);
  const issued = await ctx.db.transaction(async (tx) => {
    const [user] = await tx
      .update(users)
      .set({ passwordHash })
      // Another change since the proof: what was proven is no longer the password.
      .where(and(eq(users.id, userId), eq(users.passwordHash, proven.passwordHash)))
      .returning(userColumns);
    if (!user) throw new AppError('invalid_credentials', 'The password is wrong');
    const epoch = await endSessions(tx, userId, sessionId);
    const [session] = await tx
      .update(sessions)
      .set({ lastUsedAt: sql`now()`, expiresAt: sessionExpiry(ctx.config) })
      .where(and(eq(sessions.id, sessionId), isNull(sessions.revokedAt)))
      .returning({ kind: sessions.kind, expiresAt: sessions.expiresAt });
    if (!session) throw sessionRevoked();
    await tx.delete(refreshTokens).where(eq(refreshTokens.sessionId, sessionId));
    await endResetLinks(tx, userId);
    await audit(tx, {
      actorId: userId,
      action: 'user.password_changed',
      subjectType: 'user',
      subjectId: userId,
      ip: ctx.request.ip,
    });
    const refreshToken = await addRefreshToken({ ...ctx, db: tx }, sessionId);
    return { user, epoch, sessionId, refreshToken, ...session };
  });
  return deliver(ctx, issued);
}

/**
 * Makes a one-time token with which `userId` sets a new password; former ones end.
 * @returns the token, stored as a hash only
 */
export async function createResetToken(
  ctx: Pick<Context, 'config'> & { db: Tx },
  userId: string,
): Promise<{ token: string; expiresAt: Date }> {
  const token = newToken();
  await endResetLinks(ctx.db, userId);
  const [row] = await ctx.db
    .insert(oneTimeTokens)
    .values({
      hash: hashToken(ctx.config.tokenSecret, 'password_reset', token),
      userId,
      purpose: 'password_reset',
      expiresAt: sql`now() + make_interval(mins => ${RESET_MINUTES})`,
    })
    .returning({ expiresAt: oneTimeTokens.expiresAt });
  if (!row) throw new Error('the insert of a token returned no row');
  return { token, expiresAt: row.expiresAt };
}

/** Makes the unused reset links of a user useless. */
export async function endResetLinks(tx: Db | Tx, userId: string): Promise<void> {
  await tx
    .update(oneTimeTokens)
    .set({ usedAt: sql`now()` })
    .where(and(eq(oneTimeTokens.userId, userId), isNull(oneTimeTokens.usedAt)));
}

/**
 * Sets a new password with a reset link and ends every session.
 * @throws AppError token_invalid (used, expired, unknown), rate_limited
 */
export async function resetPassword(ctx: Context, input: ResetPasswordInput): Promise<void> {
  const attempts = `reset:${addressKey(ctx.request.ip)}`;
  await ctx.limits.consumeSecret(attempts);
  const usable = and(
    eq(oneTimeTokens.hash, hashToken(ctx.config.tokenSecret, 'password_reset', input.token)),
    eq(oneTimeTokens.purpose, 'password_reset'),
    isNull(oneTimeTokens.usedAt),
    gt(oneTimeTokens.expiresAt, sql`now()`),
  );
  // Looked up first, so that made-up tokens cost no hashing.
  const [known] = await ctx.db
    .select({ userId: oneTimeTokens.userId })
    .from(oneTimeTokens)
    .where(usable);
  if (!known) throw tokenInvalid();
  const passwordHash = await ctx.passwords.hash(input.newPassword);
  const email = await ctx.db.transaction(async (tx) => {
    const { userId } = known;
    // The user's row before the token's, as everywhere.
    const [user] = await tx
      .update(users)
      .set({ passwordHash })
      .where(eq(users.id, userId))
      .returning({ email: users.email });
    const [used] = await tx
      .update(oneTimeTokens)
      .set({ usedAt: sql`now()` })
      .where(usable)
      .returning({ hash: oneTimeTokens.hash });
    if (!user || !used) throw tokenInvalid();
    await endSessions(tx, userId);
    await endResetLinks(tx, userId);
    await audit(tx, {
      actorId: userId,
      action: 'user.password_reset',
      subjectType: 'user',
      subjectId: userId,
      ip: ctx.request.ip,
    });
    return user.email;
  });
  await ctx.limits.clearSecret(attempts);
  await ctx.limits.clearSecret(`login:${email}`);
}

function tokenInvalid(): AppError {
  return new AppError('token_invalid', 'This link is used or has expired');
}
