import {
  API_KEY_PREFIX,
  type ApiKey,
  type CreateApiKeyInput,
  type CreatedApiKey,
  LIMITS,
} from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, count, desc, eq, gt, isNull, or, sql } from 'drizzle-orm';
import { audit, auditBy } from '../audit/audit.js';
import { hashToken, newToken } from '../auth/secrets.js';
import type { AuthedContext } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { lockUser } from '../users/lock-user.js';

const { apiKeys } = schema;

/** Characters of a key that tell it from others, and open nothing. */
const SHOWN_CHARACTERS = 10;
/** Keys shown: the live ones, and the newest of those that have ended. */
const SHOWN_KEYS = 100;

const apiKeyColumns = {
  id: apiKeys.id,
  name: apiKeys.name,
  prefix: apiKeys.prefix,
  // Checked when the key was made.
  scopes: sql<ApiKey['scopes']>`${apiKeys.scopes}`,
  status: sql<ApiKey['status']>`case
    when ${apiKeys.revokedAt} is not null then 'revoked'
    when ${apiKeys.expiresAt} <= now() then 'expired'
    else 'live' end`,
  lastUsedAt: apiKeys.lastUsedAt,
  expiresAt: apiKeys.expiresAt,
  createdAt: apiKeys.createdAt,
};

const isLive = () =>
  and(isNull(apiKeys.revokedAt), or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, sql`now()`)));

/** The caller's keys, the live ones first, then the newest first. */
export async function listApiKeys(ctx: Pick<AuthedContext, 'db' | 'auth'>): Promise<ApiKey[]> {
  return ctx.db
    .select(apiKeyColumns)
    .from(apiKeys)
    .where(eq(apiKeys.userId, ctx.auth.userId))
    .orderBy(sql`${isLive()} desc`, desc(apiKeys.createdAt), desc(apiKeys.id))
    .limit(SHOWN_KEYS);
}

/** Makes a key; only its hash is kept. @throws AppError limit_reached */
export async function createApiKey(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'config' | 'request'>,
  { name, scopes, expiresInDays }: CreateApiKeyInput,
): Promise<CreatedApiKey> {
  const { userId } = ctx.auth;
  const secret = `${API_KEY_PREFIX}${newToken()}`;
  const key = await ctx.db.transaction(async (tx) => {
    await lockUser(tx, userId);
    const [live] = await tx
      .select({ count: count() })
      .from(apiKeys)
      .where(and(eq(apiKeys.userId, userId), isLive()));
    if ((live?.count ?? 0) >= LIMITS.apiKeysPerUser) {
      throw new AppError('limit_reached', 'Too many keys; revoke some first');
    }
    const [row] = await tx
      .insert(apiKeys)
      .values({
        userId,
        name,
        scopes,
        hash: hashToken(ctx.config.tokenSecret, 'api_key', secret),
        prefix: secret.slice(0, SHOWN_CHARACTERS),
        expiresAt:
          expiresInDays === null ? null : sql`now() + make_interval(days => ${expiresInDays})`,
      })
      .returning(apiKeyColumns);
    if (!row) throw new Error('the insert of a key returned no row');
    await audit(tx, {
      ...auditBy(ctx),
      action: 'api_key.created',
      subjectType: 'api_key',
      subjectId: row.id,
      detail: { scopes },
    });
    return row;
  });
  return { ...key, secret };
}

/** Ends one of the caller's keys; again is harmless. @throws AppError not_found */
export async function revokeApiKey(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'request'>,
  { id }: { id: string },
): Promise<void> {
  const { userId } = ctx.auth;
  await ctx.db.transaction(async (tx) => {
    const [revoked] = await tx
      .update(apiKeys)
      .set({ revokedAt: sql`coalesce(${apiKeys.revokedAt}, now())` })
      .where(and(eq(apiKeys.id, id), eq(apiKeys.userId, userId)))
      .returning({ id: apiKeys.id });
    if (!revoked) throw notFound('API key');
    await audit(tx, {
      ...auditBy(ctx),
      action: 'api_key.revoked',
      subjectType: 'api_key',
      subjectId: id,
    });
  });
}

/** Ends every key of a user whose account may have been in other hands. */
export async function revokeApiKeysOf(tx: Db | Tx, userId: string): Promise<void> {
  await tx
    .update(apiKeys)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(apiKeys.userId, userId), isNull(apiKeys.revokedAt)));
}
