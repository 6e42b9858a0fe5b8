import { AppError } from '@ainotebook/api';
import type { Request } from 'express';
import { hasSessionCookie } from './cookies.js';

/** Sent by our clients with every call; a form on another site cannot add it. */
export const CLIENT_HEADER = 'x-ainotebook-client';

function isJson(req: Request): boolean {
  const type = req.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  return type === 'application/json';
}

/** True unless a browser says that another site sent the request. */
export function isSameOrigin(req: Request, appUrl: string): boolean {
  const site = req.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin } = req.headers;
  if (origin === undefined) return true;
  if (origin === appUrl) return true;
  // The page and the server are reached by one name; cookies of another name do not come along.
  return URL.canParse(origin) && new URL(origin).host === req.headers.host;
}

/**
 * Refuses a POST that another site may have sent in somebody's name.
 * @throws AppError unsupported_media_type (not JSON: what a form can send), forbidden
 */
export function refuseForgedPost(req: Request, appUrl: string): void {
  if (req.method !== 'POST') return;
  if (!isJson(req)) {
    throw new AppError('unsupported_media_type', 'Send application/json');
  }
  if (!hasSessionCookie(req, appUrl)) return;
  if (!isSameOrigin(req, appUrl)) throw new AppError('forbidden', 'Sent from another site');
  if (req.headers[CLIENT_HEADER] === undefined) {
    throw new AppError('forbidden', `The header ${CLIENT_HEADER} is missing`);
  }
}
