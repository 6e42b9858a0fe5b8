import { AppError, appRouter, type Services, toAppError, toTRPCError } from '@ainotebook/api';
import { LIMITS } from '@ainotebook/contract';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import type { Request, RequestHandler } from 'express';
import type { Logger } from '../logger.js';
import { logRefusal } from './call-log.js';
import { refuseForgedPost } from './csrf.js';
import { contextOf } from './request-context.js';
import { procedurePaths } from './route-label.js';

const SIGN_INS = [
  'auth.register',
  'auth.login',
  'auth.refresh',
  'auth.logout',
  'auth.changePassword',
];
const COOKIE_WRITERS = new Set([
  ...SIGN_INS,
  'auth.logoutEverywhere',
  'auth.revokeSession',
  'users.delete',
]);

/**
 * A stream's headers are gone before its calls have run, and two calls of one request would fight
 * over the cookie; besides, many passwords may not be tried by one request.
 */
function refuseSharedSignIn(req: Request): void {
  const paths = procedurePaths(`/api/trpc${req.path}`) ?? [];
  const signIns = paths.filter((path) => SIGN_INS.includes(path)).length;
  const isStream = `${req.headers['trpc-accept']} ${req.headers.accept}`.includes(
    'application/jsonl',
  );
  if (signIns > 1 || (isStream && paths.some((path) => COOKIE_WRITERS.has(path)))) {
    throw new AppError('bad_input', 'Calls that sign in or out travel alone, without streaming');
  }
}

function refuseLargeBody(req: Request): void {
  if (Number(req.headers['content-length'] ?? 0) > LIMITS.bodyBytes) {
    throw new AppError('too_large', `A request holds at most ${LIMITS.bodyBytes} bytes`);
  }
}

/** The tRPC edge: bounded, JSON only, callers proven by bearer token, errors logged once. */
export function trpcEdge(services: Services, log: Logger): RequestHandler {
  const { appUrl, version } = services.config;
  const handle = createExpressMiddleware({
    router: appRouter,
    maxBatchSize: LIMITS.batchSize,
    maxBodySize: LIMITS.bodyBytes,
    // A query with a long input may come as a POST; a mutation never comes as a GET.
    allowMethodOverride: true,
    middleware: (req, _res, next) => {
      try {
        // Express made this request; tRPC hands it on under Node's type.
        const request = req as Request;
        refuseForgedPost(request, appUrl);
        refuseLargeBody(request);
        refuseSharedSignIn(request);
        next();
      } catch (error) {
        next(toTRPCError(toAppError(error)));
      }
    },
    createContext: ({ req, res }) => contextOf(services, req, res),
    responseMeta: ({ errors }) => {
      const waits = errors.map((error) => toAppError(error).retryAfterMs ?? 0);
      const retryAfterMs = Math.max(0, ...waits);
      return retryAfterMs > 0
        ? { headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) } }
        : {};
    },
    onError: ({ error, path, type, req, ctx }) => {
      logRefusal(log, toAppError(error), {
        status: getHTTPStatusCodeFromError(error),
        path,
        type,
        method: req.method,
        ip: ctx?.request.ip,
        requestId: ctx?.request.id,
      });
    },
  });
  return (req, res, next) => {
    res.setHeader('Cache-Control', 'no-store');
    res.setHeader('x-ainotebook-version', version);
    // tRPC takes an address it cannot decode, or with a user in it, for a fault of its own.
    const isReadable = procedurePaths(req.originalUrl.split('?')[0] ?? '') !== null;
    if (!isReadable || req.headers.host?.includes('@')) {
      return next(new AppError('bad_input', 'The address cannot be read'));
    }
    handle(req, res, next);
  };
}
