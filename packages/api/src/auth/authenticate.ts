import { schema } from '@ainotebook/db';
import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import type { Auth, Services, SessionAuth } from '../context.js';
import { AppError } from '../errors.js';
import { readSession, readUserAccess } from './access-cache.js';
import type { TokenAudience } from './access-tokens.js';

const { sessions, users } = schema;

/**
 * Who holds an access token, checked against the session and the account as they were at most two
 * seconds ago: a revocation holds everywhere by then, and at once in the process that made it.
 * @returns null without a token and for one that is forged, expired or made for another audience
 * @throws AppError session_revoked (revoked, ended, password changed), account_suspended
 */
export async function authenticateAccessToken(
  services: Pick<Services, 'db' | 'cache' | 'accessTokens'>,
  token: string | null,
  audience: TokenAudience,
): Promise<SessionAuth | null> {
  const claims = token === null ? null : await services.accessTokens.verify(token, audience);
  if (!claims) return null;
  const { userId, sessionId, epoch } = claims;
  const [session, user] = await Promise.all([
    readSession(services, sessionId),
    readUserAccess(services, userId),
  ]);
  const isTheirs = session?.userId === userId;
  if (isTheirs && user?.status === 'suspended') throw suspended();
  const isLive = isTheirs && !session.isRevoked && session.expiresAt > Date.now();
  if (!isLive || user?.epoch !== epoch) throw sessionRevoked();
  return { userId, sessionId, role: user.role };
}

/** The session of a caller who has one. @throws AppError forbidden (an API key) */
export function ownSessionId({ sessionId }: Auth): string {
  if (sessionId === null) throw new AppError('forbidden', 'An API key has no session');
  return sessionId;
}

/** Read from Postgres: whether a caller that was authenticated before still may be; false once the session has ended. */
export async function isSessionAlive(
  db: Services['db'],
  { userId, sessionId }: Pick<SessionAuth, 'userId' | 'sessionId'>,
): Promise<boolean> {
  const [row] = await db
    .select({ id: sessions.id })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(
      and(
        eq(sessions.id, sessionId),
        eq(sessions.userId, userId),
        eq(users.status, 'active'),
        isNull(sessions.revokedAt),
        gt(sessions.expiresAt, sql`now()`),
      ),
    );
  return row !== undefined;
}

export function suspended(): AppError {
  return new AppError('account_suspended', 'This account is suspended');
}

export function sessionRevoked(): AppError {
  return new AppError('session_revoked', 'The session has ended; sign in again');
}
