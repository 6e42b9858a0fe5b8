import type { AuthResult } from '@ainotebook/contract';
import { createContext, type RequestInfo, type SessionCookies } from '../context.js';
import { toAppError } from '../errors.js';
import { createCaller } from '../router.js';
import type { useApi } from '../test-support.js';
import { authenticateAccessToken } from './authenticate.js';

type Api = ReturnType<typeof useApi>;

export interface CookieJar extends SessionCookies {
  current: { refreshToken: string; readerToken: string; expiresAt: Date } | null;
  writes: number;
}

/** The cookies of one browser. */
export function cookieJar(refreshToken: string | null = null): CookieJar {
  const jar: CookieJar = {
    current:
      refreshToken === null
        ? null
        : { refreshToken, readerToken: 'planted', expiresAt: new Date(0) },
    writes: 0,
    readRefreshToken: () => jar.current?.refreshToken ?? null,
    write: (cookies) => {
      jar.current = cookies;
      jar.writes++;
    },
    clear: () => {
      jar.current = null;
    },
  };
  return jar;
}

/** One browser or program: every call is proven anew by its access token, as the host does it. */
export interface TestClient {
  jar: CookieJar;
  accessToken: string | null;
  readonly api: ReturnType<typeof createCaller>;
  /** Keeps the access token of an answer. */
  keep(result: AuthResult): AuthResult;
}

export function testClient(t: Api, overrides: Partial<RequestInfo> = {}): TestClient {
  const jar = cookieJar();
  const client: TestClient = {
    jar,
    accessToken: null,
    get api() {
      const { accessToken } = client;
      const request = t.request({ cookies: jar, accessToken, ...overrides });
      return createCaller(
        createContext(t.services(), request, () =>
          authenticateAccessToken(t.services(), accessToken, 'api'),
        ),
      );
    },
    keep: (result) => {
      client.accessToken = result.accessToken;
      return result;
    },
  };
  return client;
}

export const PASSWORD = 'correct horse battery';
let counter = 0;

/** What a new person types. */
export function person(fields: { email?: string; displayName?: string; handle?: string } = {}) {
  counter++;
  return {
    email: `person${counter}-${Date.now()}@example.org`,
    displayName: `Person ${counter}`,
    password: PASSWORD,
    ...fields,
  };
}

/** Registers a new person and signs in. */
export async function registered(
  t: Api,
  session: 'cookie' | 'token' = 'cookie',
  overrides: Partial<RequestInfo> = {},
) {
  const client = testClient(t, overrides);
  const typed = person();
  const result = client.keep(await client.api.auth.register({ ...typed, session }));
  return { client, result, email: typed.email, id: result.user.id };
}

/** The code a promise fails with; `none` when it does not fail. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'none';
  } catch (error) {
    return toAppError(error).code;
  }
}
