import type { RequestHandler } from 'express';
import type { Logger } from '../logger.js';
import { redactText } from '../redact.js';
import { requestIdOf } from './request-id.js';

const SLOW_MS = 1000;

/** One line per finished request at level `http`, and a warning for each that took over a second. */
export function requestLog(log: Logger): RequestHandler {
  return (req, res, next) => {
    const start = performance.now();
    res.once('close', () => {
      const elapsed = performance.now() - start;
      const meta = {
        // The inputs of queries are people's words, and a share's address opens it.
        url: redactText(
          req.originalUrl.replace(/([?&]input=)[^&]*/, '$1…').replace(/^\/s\/[^/?]+/, '/s/…'),
        ),
        method: req.method,
        status: res.writableFinished ? res.statusCode : 499,
        duration: `${elapsed.toFixed(2)}ms`,
        userAgent: req.headers['user-agent']?.slice(0, 300) ?? '',
        requestId: requestIdOf(res),
      };
      if (elapsed > SLOW_MS) log.warn('Slow request detected', meta);
      else log.http('Request', meta);
    });
    next();
  };
}
