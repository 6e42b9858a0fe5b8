import { cacheClass } from '@ainotebook/cache';
import { API_KEY_PREFIX, type ApiScope } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { and, eq, isNull, lt, or, sql } from 'drizzle-orm';
import { readUserAccess } from '../auth/access-cache.js';
import { suspended } from '../auth/authenticate.js';
import { hashToken } from '../auth/secrets.js';
import type { Auth, Services } from '../context.js';
import { AppError } from '../errors.js';
import type { CachedReads } from '../scopes.js';

const { apiKeys } = schema;

/** How exactly the last use of a key is known. */
const USE_NOTED_MS = 60_000;

/** What a key says of its holder's access; times in milliseconds since 1970. */
interface KeyAccess {
  id: string;
  userId: string;
  scopes: ApiScope[];
  isRevoked: boolean;
  expiresAt: number | null;
  lastUsedAt: number | null;
}

export const apiKeyClass = cacheClass<KeyAccess>('api_key', { isStrict: true });

/** Whether a bearer token is a key of ours, real or made up. */
export function isApiKey(token: string | null): token is string {
  return token?.startsWith(API_KEY_PREFIX) ?? false;
}

/** A key by its hash, at most two seconds old; null when there is none. */
function readApiKey({ cache, db }: CachedReads, hash: string) {
  return cache.get(apiKeyClass, hash, async () => {
    const [row] = await db
      .select({
        ver: apiKeys.ver,
        id: apiKeys.id,
        userId: apiKeys.userId,
        scopes: apiKeys.scopes,
        isRevoked: sql<boolean>`${apiKeys.revokedAt} is not null`,
        expiresAt: apiKeys.expiresAt,
        lastUsedAt: apiKeys.lastUsedAt,
      })
      .from(apiKeys)
      .where(eq(apiKeys.hash, hash));
    if (!row) return null;
    const { ver, expiresAt, lastUsedAt, ...value } = row;
    return {
      ver,
      value: {
        ...value,
        // Checked when the key was made; a scope that is no more opens nothing.
        scopes: value.scopes as ApiScope[],
        expiresAt: expiresAt?.getTime() ?? null,
        lastUsedAt: lastUsedAt?.getTime() ?? null,
      },
    };
  });
}

/**
 * Who holds a key, checked against the key and the account as they were at most two seconds ago. The
 * caller is the key's owner as an ordinary user, whatever his role.
 * @throws AppError unauthenticated (unknown, revoked, expired), account_suspended
 */
export async function authenticateApiKey(
  services: CachedReads & Pick<Services, 'config'>,
  token: string,
): Promise<Auth> {
  const hash = hashToken(services.config.tokenSecret, 'api_key', token);
  const key = await readApiKey(services, hash);
  const isLive = key && !key.isRevoked && (key.expiresAt === null || key.expiresAt > Date.now());
  const user = isLive && (await readUserAccess(services, key.userId));
  if (!user) {
    throw new AppError('unauthenticated', 'The API key is unknown, revoked or expired');
  }
  if (user.status === 'suspended') throw suspended();
  if (Date.now() - (key.lastUsedAt ?? 0) > USE_NOTED_MS) await noteUse(services, key.id);
  const { id, scopes } = key;
  return { userId: key.userId, sessionId: null, role: 'user', key: { id, scopes } };
}

/** Once a minute, whoever notes it: the change reaches every process like a revocation does. */
async function noteUse({ db }: Pick<CachedReads, 'db'>, id: string): Promise<void> {
  const before = sql`now() - ${USE_NOTED_MS} * interval '1 ms'`;
  await db
    .update(apiKeys)
    .set({ lastUsedAt: sql`now()` })
    .where(and(eq(apiKeys.id, id), or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, before))));
}
