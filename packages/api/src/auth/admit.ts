import type { ApiResource, ApiScope } from '@ainotebook/contract';
import { isApiKey } from '../api-keys/api-key-access.js';
import type { Auth, Context, KeyGrant } from '../context.js';
import { AppError } from '../errors.js';
import type { RateLimitClass } from '../rate-limits.js';

/** What a key must have: a scope, nothing in particular (`any`), or what no key has (undefined). */
export type RequiredScope = ApiScope | 'any' | undefined;

/** The scope a procedure asks of keys: what it is about, for reading or for writing. */
export function scopeOf(
  resource: ApiResource | 'any' | undefined,
  type: 'query' | 'mutation' | 'subscription',
): RequiredScope {
  if (resource === undefined || resource === 'any') return resource;
  return `${resource}:${type === 'mutation' ? 'write' : 'read'}`;
}

/**
 * Lets a call in: counted by address, then by its caller, and for a key only where its scopes reach.
 * @returns null for a visitor; whose session has ended is one too, until somebody has to be signed in
 * @throws AppError rate_limited, unauthenticated (a key that is not good), account_suspended (of a key), forbidden
 */
export async function admit(
  ctx: Pick<Context, 'authenticate' | 'limits' | 'request'>,
  { limit, scope }: { limit: RateLimitClass; scope: RequiredScope },
): Promise<Auth | null> {
  const { ip, accessToken } = ctx.request;
  // Before anything is looked up: made-up keys are counted as well.
  await ctx.limits.consume(limit, { ip, userId: null });
  const auth = await ctx.authenticate().catch((error: unknown) => {
    if (isApiKey(accessToken)) throw error;
    return null;
  });
  if (auth?.key) {
    const who = { keyId: auth.key.id, userId: auth.userId };
    await ctx.limits.consumeKey(limit, who, ctx.request.showBudget);
    requireScope(auth.key, scope);
  } else if (auth) {
    await ctx.limits.consumeUser(limit, auth.userId);
  }
  return auth;
}

/** @throws AppError forbidden, where a key does not reach */
export function requireScope(key: KeyGrant, scope: RequiredScope): void {
  if (scope === undefined) throw new AppError('forbidden', 'No API key opens this');
  if (scope !== 'any' && !key.scopes.includes(scope)) {
    throw new AppError('forbidden', `The API key lacks the scope ${scope}`);
  }
}
