import type { AuthResult, ChangePasswordInput } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { audit, auditBy } from '../audit/audit.js';
import type { AuthedContext } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { notify } from '../notifications/notify.js';
import { userColumns } from '../users/user-columns.js';
import { ownSessionId, sessionRevoked } from './authenticate.js';
import { endTokens } from './one-time-tokens.js';
import { addRefreshToken, deliver, endSessions, sessionExpiry } from './sessions.js';

const { refreshTokens, sessions, users } = schema;

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
  const { userId } = ctx.auth;
  const sessionId = ownSessionId(ctx.auth);
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
    await endTokens(tx, userId);
    await audit(tx, {
      ...auditBy(ctx),
      action: 'user.password_changed',
      subjectType: 'user',
      subjectId: userId,
    });
    await notify(tx, { userIds: [userId], event: { kind: 'password_changed', data: {} } });
    const refreshToken = await addRefreshToken({ ...ctx, db: tx }, sessionId);
    return { user, epoch, sessionId, refreshToken, ...session };
  });
  ctx.nudgeJobs();
  return deliver(ctx, issued);
}
