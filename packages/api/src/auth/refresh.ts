import type { AuthResult, RefreshInput } from '@ainotebook/contract';
import { schema, type Tx } from '@ainotebook/db';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { audit } from '../audit/audit.js';
import type { Context } from '../context.js';
import { AppError } from '../errors.js';
import { userColumns } from '../users/user-columns.js';
import { sessionRevoked, suspended } from './authenticate.js';
import { hashToken, successorOf } from './secrets.js';
import { deliver, type IssuedSession, sessionExpiry } from './sessions.js';

const { refreshTokens, sessions, users } = schema;

/** A used token may come again this long, in seconds: tabs in a race, a reply that was lost. */
const GRACE_S = 10;

type RefreshContext = Pick<Context, 'db' | 'config' | 'request' | 'accessTokens'>;
/** A refusal is a value until the commit: finding a reused token must revoke, not roll back. */
type Outcome = { issued: IssuedSession } | { refused: AppError; isEnded: boolean };

/**
 * Exchanges a refresh token for its successor and a new access token. Used again within 10 s it
 * gives the same successor, or only an access token once the successor was used too; used again
 * later it was stolen (RFC 9700, 4.14.2), and the session ends for thief and owner.
 * @throws AppError unauthenticated, session_revoked, account_suspended, token_invalid (a browser's
 * token in the body, or a program's in the cookie)
 */
export async function refresh(ctx: RefreshContext, input: RefreshInput): Promise<AuthResult> {
  const token = input.refreshToken ?? ctx.request.cookies.readRefreshToken();
  if (token === null) throw new AppError('unauthenticated', 'Sign in first');
  const kind = input.refreshToken === undefined ? 'cookie' : 'token';
  const outcome = await ctx.db.transaction(async (tx) => {
    const current = await lockToken(tx, hashToken(ctx.config.tokenSecret, 'refresh', token));
    // An unknown token clears no cookie: a tab may hold the one from before a password change.
    if (!current) return refuse(sessionRevoked(), false);
    if (current.kind !== kind) {
      return refuse(new AppError('token_invalid', 'This refresh token is not used like this'));
    }
    if (current.status === 'suspended') return refuse(suspended());
    if (current.isEnded) return refuse(sessionRevoked());
    return rotate({ ...ctx, db: tx }, current, token);
  });
  if ('issued' in outcome) return deliver(ctx, outcome.issued);
  if (kind === 'cookie' && outcome.isEnded) ctx.request.cookies.clear();
  throw outcome.refused;
}

function refuse(refused: AppError, isEnded = true): Outcome {
  return { refused, isEnded };
}

/**
 * The token with its session and user. The session's row is locked: it orders all tokens of the
 * family, and a cascade from the user takes its locks in the same order.
 */
async function lockToken(tx: Tx, hash: string) {
  const [known] = await tx
    .select({ sessionId: refreshTokens.sessionId })
    .from(refreshTokens)
    .where(eq(refreshTokens.hash, hash));
  if (!known) return undefined;
  await tx
    .select({ id: sessions.id })
    .from(sessions)
    .where(eq(sessions.id, known.sessionId))
    .for('update');
  const [current] = await tx
    .select({
      hash: refreshTokens.hash,
      // Null while unused. The clock runs on while a statement waits for the lock, now() does not.
      usedAgoS: sql<
        number | null
      >`extract(epoch from clock_timestamp() - ${refreshTokens.usedAt})::float8`,
      sessionId: sessions.id,
      kind: sessions.kind,
      isEnded: sql<boolean>`(${sessions.revokedAt} is not null or ${sessions.expiresAt} <= now())`,
      expiresAt: sessions.expiresAt,
      epoch: users.epoch,
      status: users.status,
      user: userColumns,
    })
    .from(refreshTokens)
    .innerJoin(sessions, eq(sessions.id, refreshTokens.sessionId))
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(refreshTokens.hash, hash));
  return current;
}

type LockedToken = NonNullable<Awaited<ReturnType<typeof lockToken>>>;

async function rotate(
  ctx: Pick<Context, 'config' | 'request'> & { db: Tx },
  current: LockedToken,
  token: string,
): Promise<Outcome> {
  const { db, config } = ctx;
  const { user, epoch, sessionId, kind, usedAgoS } = current;
  const successor = successorOf(config.tokenSecret, token);
  const successorHash = hashToken(config.tokenSecret, 'refresh', successor);

  if (usedAgoS === null) {
    await db
      .update(refreshTokens)
      .set({ usedAt: sql`clock_timestamp()` })
      .where(eq(refreshTokens.hash, current.hash));
    await db.insert(refreshTokens).values({ hash: successorHash, sessionId });
    const [renewed] = await db
      .update(sessions)
      .set({ lastUsedAt: sql`now()`, expiresAt: sessionExpiry(config), ip: ctx.request.ip })
      .where(eq(sessions.id, sessionId))
      .returning({ expiresAt: sessions.expiresAt });
    if (!renewed) return refuse(sessionRevoked());
    const { expiresAt } = renewed;
    return { issued: { user, epoch, sessionId, kind, refreshToken: successor, expiresAt } };
  }

  if (usedAgoS <= GRACE_S) {
    const [unused] = await db
      .select({ hash: refreshTokens.hash })
      .from(refreshTokens)
      .where(and(eq(refreshTokens.hash, successorHash), isNull(refreshTokens.usedAt)));
    const refreshToken = unused ? successor : null;
    return { issued: { user, epoch, sessionId, kind, refreshToken, expiresAt: current.expiresAt } };
  }

  await db.update(sessions).set({ revokedAt: sql`now()` }).where(eq(sessions.id, sessionId));
  await audit(db, {
    actorId: user.id,
    action: 'session.reuse_detected',
    subjectType: 'session',
    subjectId: sessionId,
    ip: ctx.request.ip,
  });
  return refuse(sessionRevoked());
}
