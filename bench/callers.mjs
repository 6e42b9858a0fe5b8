import {
  createAccessTokens,
  createCaller,
  createContext,
  createPasswords,
  createRateLimits,
  createViewCounter,
  noCaches,
} from '@ainotebook/api';

/** What procedures need, over `db`. */
export function servicesOf(db) {
  return {
    db,
    config: {
      version: 'bench',
      appName: '',
      appUrl: 'http://bench',
      registration: 'closed',
      setupToken: null,
      tokenSecret: 'x'.repeat(32),
      refreshTokenTtlMs: 1,
      articleQuota: null,
      variables: [],
      hasMail: false,
      hasWebSearch: false,
      demo: null,
    },
    ...noCaches(),
    limits: createRateLimits({ factor: 1e9 }),
    passwords: createPasswords(),
    accessTokens: createAccessTokens({ secret: 'x'.repeat(32), ttlMs: 1, readTtlMs: 1 }),
    live: { listen: () => () => undefined, watchAccess: () => () => undefined },
    views: createViewCounter({ db, buffer: null }),
    models: () => ({ embedding: null, chat: null, fast: null }),
    nudgeJobs: () => undefined,
  };
}

/** Procedures called in process on `db`, as the user of a given id. */
export function callers(db) {
  const services = servicesOf(db);
  const cookies = { readRefreshToken: () => null, write: () => undefined, clear: () => undefined };
  const request = {
    id: 'bench',
    ip: '127.0.0.1',
    userAgent: '',
    locale: 'en',
    accessToken: null,
    idempotencyKey: null,
    isModel: false,
    cookies,
  };
  return (userId) =>
    createCaller(
      createContext(services, request, async () => ({ userId, sessionId: userId, role: 'user' })),
    );
}
