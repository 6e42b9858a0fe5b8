import {
  AppError,
  type Auth,
  admit,
  authenticateBearer,
  type Context,
  createContext,
  type KeyBudget,
  type RequestInfo,
  type Services,
} from '@ainotebook/api';
import type { Request, Response } from 'express';
import { sessionCookies } from './cookies.js';
import { localeOf } from './locale.js';
import { requestIdOf } from './request-id.js';

/** The token of `Authorization: Bearer`, which a form on another site cannot send; null without one. */
export function bearerOf(req: Request): string | null {
  return /^Bearer (\S{1,4096})$/i.exec(req.headers.authorization ?? '')?.[1] ?? null;
}

/** What the rules need of a request; the caller is whoever its bearer token proves. */
export function contextOf(
  services: Services,
  req: Request,
  res: Response,
  { isModel = false }: { isModel?: boolean } = {},
): Context {
  const request: RequestInfo = {
    id: requestIdOf(res),
    ip: req.ip ?? '',
    userAgent: (req.headers['user-agent'] ?? '').slice(0, 500),
    locale: localeOf(req),
    accessToken: bearerOf(req),
    idempotencyKey: req.get('idempotency-key') ?? null,
    isModel,
    cookies: sessionCookies(req, res, services.config.appUrl),
    showBudget: (budget) => showBudget(res, budget),
  };
  return createContext(services, request, () => authenticateBearer(services, request.accessToken));
}

/**
 * The caller of an address that is no procedure, counted and proven as if it were one.
 * @throws AppError unauthenticated, session_revoked, account_suspended, forbidden, rate_limited
 */
export async function requireAuth(
  services: Services,
  { req, res }: { req: Request; res: Response },
  call: Parameters<typeof admit>[1],
): Promise<Auth> {
  const ctx = contextOf(services, req, res);
  await admit(ctx, call);
  const auth = await ctx.authenticate();
  if (!auth) throw new AppError('unauthenticated', 'Sign in first');
  return auth;
}

/** The headers of draft-ietf-httpapi-ratelimit-headers-10. Of several calls in one request the last tells. */
function showBudget(res: Response, budget: KeyBudget): void {
  // The answer of a stream has begun before its calls.
  if (res.headersSent) return;
  const { points, windowS, remaining, resetMs } = budget;
  res.setHeader('RateLimit-Policy', `"key";q=${points};w=${windowS}`);
  res.setHeader('RateLimit', `"key";r=${remaining};t=${Math.ceil(resetMs / 1000)}`);
}
