import { type AppError, toAppError, toTRPCError } from '@ainotebook/api';
import type { AppErrorCode } from '@ainotebook/contract';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import type { ErrorRequestHandler, Request, Response } from 'express';
import type { Logger } from '../logger.js';
import { requestIdOf } from './request-id.js';

/** How a failed page is shown; the page templates supply it. */
export type SendErrorPage = (
  req: Request,
  res: Response,
  status: number,
  authorHandle?: string,
) => void;

function wantsHtml(req: Request): boolean {
  return !req.path.startsWith('/api/') && req.accepts(['json', 'html']) === 'html';
}

function send(
  res: Response,
  status: number,
  body: { code: string; message: string; retryAfterMs?: number | undefined },
): void {
  if (body.retryAfterMs) res.setHeader('Retry-After', Math.ceil(body.retryAfterMs / 1000));
  res.setHeader('Cache-Control', 'no-store');
  res.status(status).json({
    error: { code: body.code, message: body.message, requestId: requestIdOf(res) },
  });
}

/** Where HTTP has a status that tRPC does not know. */
const HTTP_STATUS: Partial<Record<AppErrorCode, number>> = { storage_full: 507 };

/** The status of an answer that is an error. */
export const statusOf = (error: AppError): number =>
  HTTP_STATUS[error.code] ?? getHTTPStatusCodeFromError(toTRPCError(error));

/** The answer to an address nobody has. */
export function notFoundHandler(sendPage: SendErrorPage) {
  return (req: Request, res: Response): void => {
    if (wantsHtml(req)) sendPage(req, res, 404);
    else send(res, 404, { code: 'not_found', message: 'Not found' });
  };
}

/** What Express itself refuses (a malformed address, say) carries its status. */
function statusByExpress(error: unknown): number | undefined {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

/** The last handler: logs once, says nothing of the inside. */
export function errorHandler(log: Logger, sendPage: SendErrorPage): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    const refused = statusByExpress(error);
    const appError = toAppError(error);
    const status = refused ?? statusOf(appError);
    const meta = { code: appError.code, status, url: req.path, requestId: requestIdOf(res) };
    if (status >= 500) log.error('Request failed', { ...meta, err: error });
    else if (status === 429) log.warn('Request refused', meta);
    else log.info('Request refused', meta);
    if (res.headersSent) return next(error);
    if (appError.retryAfterMs) {
      res.setHeader('Retry-After', Math.ceil(appError.retryAfterMs / 1000));
    }
    if (wantsHtml(req)) return sendPage(req, res, status);
    send(res, status, {
      code: refused ? 'bad_input' : appError.code,
      message: refused ? 'The request is malformed' : appError.message,
    });
  };
}
