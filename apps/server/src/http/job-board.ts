import type { JobQueue } from '@ainotebook/jobs';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { type RequestHandler, Router } from 'express';
import { isOperator } from './health.js';
import { appPolicy } from './security-headers.js';

export const JOB_BOARD_PATH = '/queues';

/**
 * What lies in the queue Redis, to look at: a job there is the id of an outbox row, so what failed is
 * retried or given up on the administration page. Whoever is no operator finds nothing.
 */
export function jobBoard(queues: readonly JobQueue[], metricsToken: string | null): RequestHandler {
  if (queues.length === 0) return (_req, _res, next) => next();
  const adapter = new ExpressAdapter();
  adapter.setBasePath(JOB_BOARD_PATH);
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })),
    serverAdapter: adapter,
  });
  const board = Router();
  board.use((_req, res, next) => {
    res.setHeader('Content-Security-Policy', appPolicy([], null));
    res.setHeader('Cache-Control', 'no-store');
    next();
  });
  // Typed for any Express.
  board.use(adapter.getRouter() as RequestHandler);
  return (req, res, next) => (isOperator(req, metricsToken) ? board(req, res, next) : next());
}
