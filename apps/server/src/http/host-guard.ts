import type { RequestHandler } from 'express';
import { isLoopbackName } from './cookies.js';

/**
 * For a server bound to this machine only: refuses names that are not its own, so that a page whose
 * name was pointed at 127.0.0.1 cannot read a local notebook.
 */
export function hostGuard(appUrl: string): RequestHandler {
  const ours = new URL(appUrl).host;
  return (req, res, next) => {
    const host = req.headers.host ?? '';
    if (isLoopbackName(host) || host === ours) return next();
    res.status(421).json({ error: { code: 'bad_input', message: 'This server has another name' } });
  };
}
