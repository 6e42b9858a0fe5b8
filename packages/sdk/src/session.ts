import type { AuthResult } from './generated/types.js';
import type { TokenSource } from './transport.js';

/** What a signed-in program keeps between runs. */
export interface StoredSession {
  accessToken: string;
  /** A string where the session was kept as JSON. */
  accessTokenExpiresAt: Date | string;
  /** Null: the session ends with its access token. */
  refreshToken: string | null;
}

/** Told of renewed tokens before the first call uses them; a promise is waited for. */
export type SessionListener = (session: StoredSession) => unknown;

/** An access token this close to its end is renewed first. */
const RENEW_EARLY_MS = 30_000;
/** A clock that is wrong takes every token for one that has ended; the server then refuses none. */
const RENEW_EARLY_AGAIN_MS = 60_000;

/** Hands out the session's access token; renews it once for all callers that wait. */
export function sessionTokens(
  session: StoredSession,
  refresh: (refreshToken: string) => Promise<AuthResult>,
  onChange: SessionListener | undefined,
): TokenSource {
  let current = session;
  let renewedAt = Number.NEGATIVE_INFINITY;
  let renewal: Promise<string> | undefined;
  const renew = async (used: string) => {
    const { accessToken, accessTokenExpiresAt, refreshToken } = await refresh(used);
    current = { accessToken, accessTokenExpiresAt, refreshToken };
    renewedAt = Date.now();
    // Null: another program has renewed the session at the same time and holds its next token.
    if (refreshToken !== null) await onChange?.(current);
    return accessToken;
  };
  const isEnding = () =>
    new Date(current.accessTokenExpiresAt).getTime() - Date.now() < RENEW_EARLY_MS &&
    Date.now() - renewedAt > RENEW_EARLY_AGAIN_MS;
  return ({ refused }) => {
    const { accessToken, refreshToken } = current;
    if (refreshToken === null || (refused !== accessToken && !isEnding())) {
      return renewal ?? accessToken;
    }
    renewal ??= renew(refreshToken).finally(() => {
      renewal = undefined;
    });
    return renewal;
  };
}
