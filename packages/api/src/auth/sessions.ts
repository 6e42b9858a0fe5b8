import type { AuthResult, Session, User } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, desc, eq, gt, isNull, ne, sql } from 'drizzle-orm';
import { audit, auditBy } from '../audit/audit.js';
import type { ApiConfig, AuthedContext, Context } from '../context.js';
import { notFound } from '../errors.js';
import { hashToken, newToken } from './secrets.js';

const { refreshTokens, sessions, users } = schema;

export type SessionKind = 'cookie' | 'token';

/** A session after the commit that opened or renewed it, not yet told to its holder. */
export interface IssuedSession {
  user: User;
  epoch: number;
  sessionId: string;
  kind: SessionKind;
  /** Null when the holder keeps the token he has. */
  refreshToken: string | null;
  expiresAt: Date;
}

/** The end of a session that is used now, by the database's clock. */
export function sessionExpiry(config: Pick<ApiConfig, 'refreshTokenTtlMs'>) {
  return sql`now() + ${config.refreshTokenTtlMs}::float8 * interval '1 millisecond'`;
}

/** Opens a session with a new id and its first refresh token. */
export async function openSession(
  ctx: Pick<Context, 'db' | 'config' | 'request'>,
  userId: string,
  kind: SessionKind,
): Promise<Pick<IssuedSession, 'sessionId' | 'kind' | 'refreshToken' | 'expiresAt'>> {
  const [session] = await ctx.db
    .insert(sessions)
    .values({
      userId,
      kind,
      userAgent: ctx.request.userAgent.slice(0, 300),
      ip: ctx.request.ip,
      expiresAt: sessionExpiry(ctx.config),
    })
    .returning({ id: sessions.id, expiresAt: sessions.expiresAt });
  if (!session) throw new Error('the insert of a session returned no row');
  const refreshToken = await addRefreshToken(ctx, session.id);
  return { sessionId: session.id, kind, refreshToken, expiresAt: session.expiresAt };
}

/** Adds an unrelated refresh token to a session. @returns the token; only its HMAC is stored */
export async function addRefreshToken(
  ctx: Pick<Context, 'db' | 'config'>,
  sessionId: string,
): Promise<string> {
  const token = newToken();
  const hash = hashToken(ctx.config.tokenSecret, 'refresh', token);
  await ctx.db.insert(refreshTokens).values({ hash, sessionId });
  return token;
}

/**
 * Hands a session to its holder. Called after the commit: a cookie must not tell of a session that
 * was rolled back. A browser's refresh token goes into its cookie and never into the answer.
 */
export async function deliver(
  ctx: Pick<Context, 'accessTokens' | 'request'>,
  issued: IssuedSession,
): Promise<AuthResult> {
  const claims = { userId: issued.user.id, sessionId: issued.sessionId, epoch: issued.epoch };
  const access = await ctx.accessTokens.sign(claims, 'api');
  if (issued.kind === 'cookie' && issued.refreshToken !== null) {
    const reader = await ctx.accessTokens.sign(claims, 'read');
    ctx.request.cookies.write({
      refreshToken: issued.refreshToken,
      readerToken: reader.token,
      expiresAt: issued.expiresAt,
    });
  }
  return {
    user: issued.user,
    accessToken: access.token,
    accessTokenExpiresAt: access.expiresAt,
    refreshToken: issued.kind === 'token' ? issued.refreshToken : null,
  };
}

/**
 * Ends the sessions of a user and makes every access token of his stale.
 * @returns the new epoch, which a session that is kept signs its next access token with
 */
export async function endSessions(
  tx: Db | Tx,
  userId: string,
  keepSessionId?: string,
): Promise<number> {
  // The user's row first: deleting an account takes its locks in the same order.
  const [user] = await tx
    .update(users)
    .set({ epoch: sql`${users.epoch} + 1` })
    .where(eq(users.id, userId))
    .returning({ epoch: users.epoch });
  if (!user) throw notFound('User');
  await tx
    .update(sessions)
    .set({ revokedAt: sql`now()` })
    .where(
      and(
        eq(sessions.userId, userId),
        isNull(sessions.revokedAt),
        keepSessionId === undefined ? undefined : ne(sessions.id, keepSessionId),
      ),
    );
  return user.epoch;
}

/** The caller's 100 live sessions used last. */
export async function listSessions(ctx: Pick<AuthedContext, 'db' | 'auth'>): Promise<Session[]> {
  const rows = await ctx.db
    .select({
      id: sessions.id,
      userAgent: sessions.userAgent,
      ip: sessions.ip,
      createdAt: sessions.createdAt,
      lastUsedAt: sessions.lastUsedAt,
      expiresAt: sessions.expiresAt,
    })
    .from(sessions)
    .where(
      and(
        eq(sessions.userId, ctx.auth.userId),
        isNull(sessions.revokedAt),
        gt(sessions.expiresAt, sql`now()`),
      ),
    )
    .orderBy(desc(sessions.lastUsedAt), desc(sessions.id))
    .limit(100);
  return rows.map((row) => ({ ...row, isCurrent: row.id === ctx.auth.sessionId }));
}

/** Ends one of the caller's sessions; again is harmless. @throws AppError not_found */
export async function revokeSession(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'request'>,
  { id }: { id: string },
): Promise<void> {
  const { userId } = ctx.auth;
  await ctx.db.transaction(async (tx) => {
    const [revoked] = await tx
      .update(sessions)
      .set({ revokedAt: sql`coalesce(${sessions.revokedAt}, now())` })
      .where(and(eq(sessions.id, id), eq(sessions.userId, userId)))
      .returning({ id: sessions.id });
    if (!revoked) throw notFound('Session');
    await audit(tx, {
      ...auditBy(ctx),
      action: 'session.revoked',
      subjectType: 'session',
      subjectId: id,
    });
  });
  if (id === ctx.auth.sessionId) ctx.request.cookies.clear();
}
