import type { AuthResult } from './generated/types.js';
import type { TokenSource } from './transport.js';

/** What a signed-in program keeps between runs. */
export interface StoredSession {
  accessToken: string;
  accessTokenExpiresAt: Date;
  refreshToken: string | null;
}

/** An access token this close to its end is renewed first. */
const RENEW_EARLY_MS = 30_000;

/** Hands out the session's access token; renews it once for all callers that wait. */
export function sessionTokens(
  session: StoredSession,
  refresh: (refreshToken: string) => Promise<AuthResult>,
  onChange: ((session: StoredSession) => void) | undefined,
): TokenSource {
  let current = session;
  let renewal: Promise<string> | undefined;
  const renew = async (refreshToken: string) => {
    const { accessToken, accessTokenExpiresAt, refreshToken: next } = await refresh(refreshToken);
    current = { accessToken, accessTokenExpiresAt, refreshToken: next ?? refreshToken };
    onChange?.(current);
    return accessToken;
  };
  return ({ isRefresh }) => {
    const isStale = current.accessTokenExpiresAt.getTime() - Date.now() < RENEW_EARLY_MS;
    if ((!isRefresh && !isStale) || current.refreshToken === null) return current.accessToken;
    renewal ??= renew(current.refreshToken).finally(() => {
      renewal = undefined;
    });
    return renewal;
  };
}
