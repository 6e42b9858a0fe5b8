import { schema } from '@ainotebook/db';
import { and, eq, sql } from 'drizzle-orm';
import type { Auth, Services } from '../context.js';
import { AppError } from '../errors.js';
import type { TokenAudience } from './access-tokens.js';

const { sessions, users } = schema;

/**
 * Who holds an access token, checked against the session and the user in one query by primary key,
 * so that a revocation holds in every process at once.
 * @returns null without a token and for one that is forged, expired or made for another audience
 * @throws AppError session_revoked (revoked, ended, password changed), account_suspended
 */
export async function authenticateAccessToken(
  services: Pick<Services, 'db' | 'accessTokens'>,
  token: string | null,
  audience: TokenAudience,
): Promise<Auth | null> {
  const claims = token === null ? null : await services.accessTokens.verify(token, audience);
  if (!claims) return null;
  const [row] = await services.db
    .select({
      isEnded: sql<boolean>`(${sessions.revokedAt} is not null or ${sessions.expiresAt} <= now())`,
      epoch: users.epoch,
      role: users.role,
      status: users.status,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.id, claims.sessionId), eq(sessions.userId, claims.userId)));
  if (row?.status === 'suspended') throw suspended();
  if (!row || row.isEnded || row.epoch !== claims.epoch) throw sessionRevoked();
  return { userId: claims.userId, sessionId: claims.sessionId, role: row.role };
}

export function suspended(): AppError {
  return new AppError('account_suspended', 'This account is suspended');
}

export function sessionRevoked(): AppError {
  return new AppError('session_revoked', 'The session has ended; sign in again');
}
