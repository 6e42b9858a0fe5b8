import type { AuthResult, LoginInput, RefreshInput } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { and, eq, sql } from 'drizzle-orm';
import { audit } from '../audit/audit.js';
import type { AuthedContext, Context } from '../context.js';
import { AppError } from '../errors.js';
import { addressKey } from '../rate-limits.js';
import { userColumns } from '../users/user-columns.js';
import { suspended } from './authenticate.js';
import { hashToken } from './secrets.js';
import { deliver, endSessions, openSession } from './sessions.js';

const { refreshTokens, sessions, users } = schema;

/**
 * Signs in with a new session. Unknown address and wrong password are one answer in one time.
 * @throws AppError invalid_credentials, account_suspended (to who knows the password), rate_limited
 */
export async function login(ctx: Context, input: LoginInput): Promise<AuthResult> {
  const [known] = await ctx.db
    .select({
      user: userColumns,
      passwordHash: users.passwordHash,
      status: users.status,
      addresses: sql<string[]>`array(
        select ip from sessions where user_id = "users"."id" order by created_at desc limit 50
      )`,
    })
    .from(users)
    .where(eq(users.email, input.email));

  // Guessing from elsewhere must not lock the owner out: an address he has signed in from counts
  // for itself.
  const address = addressKey(ctx.request.ip);
  const isKnownPlace = known?.addresses.some((ip) => addressKey(ip) === address) ?? false;
  const secret = isKnownPlace ? `login:${input.email}@${address}` : `login:${input.email}`;
  await ctx.limits.consumeSecret(secret);

  const matches = await ctx.passwords.verify(known?.passwordHash ?? null, input.password);
  if (!known || !matches) throw invalidCredentials();
  if (known.status === 'suspended') throw suspended();
  await ctx.limits.clearSecret(secret);

  const issued = await ctx.db.transaction(async (tx) => {
    // A password changed since it was checked opens no session that would outlive the change.
    const [current] = await tx
      .update(users)
      .set({ lastLoginAt: sql`now()` })
      .where(
        and(
          eq(users.id, known.user.id),
          eq(users.passwordHash, known.passwordHash),
          eq(users.status, 'active'),
        ),
      )
      .returning({ epoch: users.epoch });
    if (!current) throw invalidCredentials();
    const session = await openSession({ ...ctx, db: tx }, known.user.id, input.session);
    return { user: known.user, epoch: current.epoch, ...session };
  });
  return deliver(ctx, issued);
}

function invalidCredentials(): AppError {
  return new AppError('invalid_credentials', 'The e-mail address or the password is wrong');
}

/** Ends the session of the refresh token, or else of the access token. Harmless when repeated. */
export async function logout(ctx: Context, input: RefreshInput): Promise<void> {
  const token = input.refreshToken ?? ctx.request.cookies.readRefreshToken();
  const sessionId = token === null ? await currentSessionId(ctx) : await sessionIdOf(ctx, token);
  if (sessionId !== undefined) {
    await ctx.db
      .update(sessions)
      .set({ revokedAt: sql`coalesce(${sessions.revokedAt}, now())` })
      .where(eq(sessions.id, sessionId));
  }
  ctx.request.cookies.clear();
}

async function sessionIdOf(ctx: Pick<Context, 'db' | 'config'>, token: string) {
  const [known] = await ctx.db
    .select({ sessionId: refreshTokens.sessionId })
    .from(refreshTokens)
    .where(eq(refreshTokens.hash, hashToken(ctx.config.tokenSecret, 'refresh', token)));
  return known?.sessionId;
}

async function currentSessionId(ctx: Pick<Context, 'authenticate'>) {
  try {
    return (await ctx.authenticate())?.sessionId ?? undefined;
  } catch (error) {
    // A session that has ended already needs no log-out.
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** Ends every session of the caller, this one too. */
export async function logoutEverywhere(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'request'>,
): Promise<void> {
  const { userId } = ctx.auth;
  await ctx.db.transaction(async (tx) => {
    await endSessions(tx, userId);
    await audit(tx, {
      actorId: userId,
      action: 'user.logged_out_everywhere',
      subjectType: 'user',
      subjectId: userId,
      ip: ctx.request.ip,
    });
  });
  ctx.request.cookies.clear();
}
