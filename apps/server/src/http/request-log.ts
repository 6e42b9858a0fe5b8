import { type CacheTrace, traceCache } from '@ainotebook/cache';
import { type SqlTrace, traceSql } from '@ainotebook/db';
import type { RequestHandler } from 'express';
import onHeaders from 'on-headers';
import type { Logger } from '../logger.js';
import { redactText } from '../redact.js';
import { requestIdOf } from './request-id.js';

const SLOW_MS = 1000;

/**
 * One line per finished request at level `http`, and a warning for each that took over a second, both
 * with what it cost in the database and what the cache spared it. `Server-Timing` tells a developer's browser the same.
 */
export function requestLog(
  log: Logger,
  { hasServerTiming }: { hasServerTiming: boolean },
): RequestHandler {
  return (req, res, next) =>
    traceBoth((sql, cache) => {
      const start = performance.now();
      if (hasServerTiming) {
        onHeaders(res, () => {
          const total = (performance.now() - start).toFixed(1);
          const db = `db;dur=${sql.ms.toFixed(1)};desc="${sql.statements} statements"`;
          const { l1, l2, load } = levels(cache);
          const reads = `cache;desc="l1 ${l1}, l2 ${l2}, load ${load}"`;
          res.setHeader('Server-Timing', `${db}, ${reads}, total;dur=${total}`);
        });
      }
      res.once('close', () => {
        const elapsed = performance.now() - start;
        const meta = {
          // The inputs of queries are people's words; shares, invitations and the first set-up are
          // opened by their address.
          url: redactText(
            req.originalUrl
              .replace(/([?&](?:input|invitation|setup)=)[^&]*/g, '$1…')
              .replace(/^\/s\/[^/?]+/, '/s/…'),
          ),
          method: req.method,
          status: res.writableFinished ? res.statusCode : 499,
          duration: `${elapsed.toFixed(2)}ms`,
          userAgent: req.headers['user-agent']?.slice(0, 300) ?? '',
          requestId: requestIdOf(res),
          statements: sql.statements,
          dbTime: `${sql.ms.toFixed(2)}ms`,
          cache: levels(cache),
        };
        if (elapsed > SLOW_MS) log.warn('Slow request detected', meta);
        else log.http('Request', meta);
      });
      next();
    });
}

function traceBoth<T>(work: (sql: SqlTrace, cache: CacheTrace) => T): T {
  return traceSql((sql) => traceCache((cache) => work(sql, cache)));
}

/** How many reads were answered by this process, by Redis, and by Postgres. */
const levels = ({ local, shared, loaded }: CacheTrace) => ({ l1: local, l2: shared, load: loaded });
