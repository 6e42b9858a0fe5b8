import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';

/** Gives each request an id: the proxy's, when it is a sensible one, else our own. */
export const requestId: RequestHandler = (req, res, next) => {
  const given = req.get('x-request-id');
  const id = given && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
  res.locals.requestId = id;
  res.setHeader('x-request-id', id);
  next();
};

/** The id `requestId` gave; it is also in the answer's header. */
export function requestIdOf(res: { locals: Record<string, unknown> }): string {
  return String(res.locals.requestId ?? '');
}
