import { once } from 'node:events';
import express from 'express';
import type pg from 'pg';
import { UsageError } from '../failure.js';
import type { AiMetrics } from './ai-metrics.js';
import { operatorsOnly } from './health.js';
import { processRegistry, serveMetrics } from './metrics.js';
import { securityHeaders } from './security-headers.js';

/** Where a worker, which has no port for people, shows what it measures. */
interface Place {
  host: string;
  port: number;
  /** Opens it from elsewhere. */
  metricsToken: string | null;
}

/**
 * Serves `/metrics` of a worker and nothing else.
 * @returns what ends it @throws UsageError the port cannot be had
 */
export async function serveWorkerMetrics(
  measured: { pool: pg.Pool; aiMetrics: AiMetrics },
  { host, port, metricsToken }: Place,
): Promise<() => void> {
  const app = express();
  app.disable('x-powered-by');
  app.use(securityHeaders);
  const serve = serveMetrics(processRegistry(measured, null));
  app.get('/metrics', operatorsOnly(metricsToken), serve);
  app.use((_req, res) => void res.status(404).end());
  const server = app.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error;
    throw new UsageError(
      `WORKER_METRICS_PORT ${port} cannot be used on ${host} (${code}): each worker of a machine needs one of its own.`,
    );
  }
  return () => {
    server.close();
    server.closeAllConnections();
  };
}
