import type { RequestHandler } from 'express';
import { isLoopbackName } from './cookies.js';

/** Whether a server bound to this machine is meant by a `Host` header. */
export const isOwnName = (host: string, appUrl: string): boolean =>
  isLoopbackName(host) || host === new URL(appUrl).host;

/**
 * For a server bound to this machine only: refuses names that are not its own, so that a page whose
 * name was pointed at 127.0.0.1 cannot read a local notebook.
 */
export function hostGuard(appUrl: string): RequestHandler {
  return (req, res, next) => {
    if (isOwnName(req.headers.host ?? '', appUrl)) return next();
    res.status(421).json({ error: { code: 'bad_input', message: 'This server has another name' } });
  };
}
