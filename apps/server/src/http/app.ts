import type { Services } from '@ainotebook/api';
import compression from 'compression';
import express, { type Express } from 'express';
import type { Redis } from 'ioredis';
import type pg from 'pg';
import type { JobsRuntime } from '../jobs.js';
import type { Logger } from '../logger.js';
import type { PdfPrinter } from '../pdf/print-pdf.js';
import type { WorkPool } from '../work/pool.js';
import type { AiMetrics } from './ai-metrics.js';
import { type CorsOrigins, corsForKeys } from './cors.js';
import { errorHandler, notFoundHandler } from './errors.js';
import { exportsEdge } from './exports.js';
import { filesEdge } from './files.js';
import { createHealth, operatorsOnly } from './health.js';
import { hostGuard } from './host-guard.js';
import { importsEdge } from './imports.js';
import { JOB_BOARD_PATH, jobBoard } from './job-board.js';
import { mcpEdge } from './mcp/edge.js';
import { createMetrics, type ProcessIdentity } from './metrics.js';
import { publicPages } from './pages/routes.js';
import { paymentNotices } from './payment-notices.js';
import { requestId } from './request-id.js';
import { requestLog } from './request-log.js';
import { DOCS_PATH, REST_PATH, restEdge } from './rest/edge.js';
import { securityHeaders } from './security-headers.js';
import { webApp } from './static.js';
import { trpcEdge } from './trpc.js';

/** What the HTTP side needs; made by main.ts, or by a test. */
export interface AppDeps {
  services: Services;
  pool: pg.Pool;
  work: WorkPool;
  /** Null where no Chromium is set up. */
  pdf: PdfPrinter | null;
  redis: Redis | null;
  jobs: Pick<JobsRuntime, 'kind' | 'problem' | 'queues'>;
  aiMetrics: AiMetrics;
  log: Logger;
  /** Proxies whose forwarding headers are believed; none when empty. */
  trustedProxies: string[];
  /** Whose pages may call the API with a key. */
  corsOrigins: CorsOrigins;
  /** Opens /metrics, /ready and /queues from elsewhere. */
  metricsToken: string | null;
  /** The built web app. */
  webFolder: string;
  /** Address of a CDN that has the web app at the moment; null when pages are to name this server. */
  cdnBase: () => string | null;
  /** Bound to this machine: other names are refused and answers are compressed here, not by a proxy. */
  isLocal: boolean;
  isDraining: () => boolean;
  process: ProcessIdentity;
}

/** What keys open. */
const FOR_PROGRAMS = ['trpc', 'v1', 'files', 'imports', 'exports', 'mcp'].map(
  (name) => `/api/${name}`,
);

/** Addresses of the server's own that have nothing (yet): never the web app's shell. */
const RESERVED =
  /^\/(api|p|u|s|tag|ws|metrics|ready|queues|health|terms|privacy|robots\.txt|feed\.(xml|json)|sitemap(-\d+)?\.xml)(\/|$)/;

/** The Express app, ready to be put behind a server. It opens nothing itself. */
export function createApp(deps: AppDeps): Express {
  const { services, log } = deps;
  const app = express();
  app.disable('x-powered-by');
  // Pages make their own; an API answer is never cached.
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('trust proxy', deps.trustedProxies.length > 0 ? deps.trustedProxies : false);

  const metrics = createMetrics(
    { pool: deps.pool, aiMetrics: deps.aiMetrics, ...services },
    deps.process,
  );
  const { health, ready } = createHealth({ ...deps, hasMail: services.config.hasMail });
  const pages = publicPages(deps);
  const forOperators = operatorsOnly(deps.metricsToken);

  app.use(
    requestId,
    securityHeaders,
    requestLog(log, { hasServerTiming: deps.isLocal }),
    metrics.measure,
  );
  app.use((_req, res, next) => {
    // A connection that stays open would be sent the next request while the process ends.
    if (deps.isDraining()) res.setHeader('Connection', 'close');
    next();
  });
  if (deps.isLocal) {
    app.use(hostGuard(services.config.appUrl));
    app.use(compression({ filter: isCompressible }));
  }
  app.get('/health', health);
  app.get('/ready', forOperators, ready);
  app.get('/metrics', forOperators, metrics.serve);
  app.use(JOB_BOARD_PATH, jobBoard(deps.jobs.queues, deps.metricsToken));
  app.use(FOR_PROGRAMS, corsForKeys(deps.corsOrigins));
  app.use('/api/trpc', trpcEdge(services, log));
  const files = filesEdge(deps);
  app.use('/api/files', files);
  const rest = restEdge(services, { log, upload: atRootOf(files) });
  app.use(REST_PATH, rest.api);
  app.get(DOCS_PATH, rest.docs);
  app.use('/api/mcp', mcpEdge(services, log));
  app.use('/api/exports', exportsEdge(deps));
  app.use('/api/payments', paymentNotices(deps));
  app.use('/api/imports', importsEdge(deps));
  app.use(pages.router);
  const notFound = notFoundHandler(pages.sendError);
  app.use((req, res, next) => (RESERVED.test(req.path) ? notFound(req, res) : next()));
  app.use(webApp(deps.webFolder, deps.cdnBase));
  app.use(notFound);
  app.use(errorHandler(log, pages.sendError));
  return app;
}

/** A router as the handler of one address. */
function atRootOf(router: express.Router): express.RequestHandler {
  return (req, res, next) => {
    req.url = '/';
    router(req, res, next);
  };
}

function isCompressible(req: express.Request, res: express.Response): boolean {
  // A compressor would hold back the parts of a stream.
  const isStream = `${req.headers['trpc-accept']} ${req.headers.accept}`.includes(
    'application/jsonl',
  );
  return !isStream && compression.filter(req, res);
}
