import { authenticateApiKey, isApiKey } from '../api-keys/api-key-access.js';
import type { Auth, Services } from '../context.js';
import { authenticateAccessToken } from './authenticate.js';

/**
 * Who sends a bearer token: a session's access token, or an API key.
 * @returns null without a token and for an access token that is not one
 * @throws AppError session_revoked, account_suspended, unauthenticated (a key that is not good)
 */
export async function authenticateBearer(
  services: Pick<Services, 'db' | 'cache' | 'config' | 'accessTokens'>,
  token: string | null,
): Promise<Auth | null> {
  return isApiKey(token)
    ? authenticateApiKey(services, token)
    : authenticateAccessToken(services, token, 'api');
}
