import { API_KEY_PREFIX } from '@ainotebook/contract';
import type { Request, RequestHandler } from 'express';
import { bearerOf } from './request-context.js';

/** Origins whose pages may call with a key; `*` for any. */
export type CorsOrigins = '*' | readonly string[];

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
/** What a program reads besides the body; `Retry-After` and the like are hidden from it otherwise. */
const EXPOSED = 'x-request-id, x-ainotebook-version, Retry-After, RateLimit, RateLimit-Policy';
/** As long as a browser keeps it: two hours in Chromium. */
const PREFLIGHT_S = 7_200;

/**
 * Lets pages of other origins call the API with a key: whoever holds one may send it from anywhere. Nothing else is
 * allowed to them, neither an answer to a visitor nor one to a session, and no cookie is ever sent along, since
 * credentials are not allowed.
 */
export function corsForKeys(origins: CorsOrigins): RequestHandler {
  return (req, res, next) => {
    const { origin } = req.headers;
    if (origin === undefined) return next();
    res.vary('Origin');
    const isAllowed = origins === '*' || origins.includes(origin);
    if (!isAllowed || !(isPreflight(req) || hasKey(req))) return next();
    res.setHeader('Access-Control-Allow-Origin', origins === '*' ? '*' : origin);
    if (!isPreflight(req)) {
      res.setHeader('Access-Control-Expose-Headers', EXPOSED);
      return next();
    }
    res.setHeader('Access-Control-Allow-Methods', METHODS);
    // A star does not stand for this one.
    res.setHeader('Access-Control-Allow-Headers', 'authorization, *');
    res.setHeader('Access-Control-Max-Age', PREFLIGHT_S);
    res.status(204).end();
  };
}

const hasKey = (req: Request) => bearerOf(req)?.startsWith(API_KEY_PREFIX) ?? false;

/** A browser asks whether a request with a token may be sent; which token it is, it does not say. */
function isPreflight({ method, headers }: Request): boolean {
  const asked = headers['access-control-request-headers'] ?? '';
  return (
    method === 'OPTIONS' &&
    headers['access-control-request-method'] !== undefined &&
    asked.split(',').some((name) => name.trim().toLowerCase() === 'authorization')
  );
}
