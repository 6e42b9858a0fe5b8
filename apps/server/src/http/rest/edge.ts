import { AppError, createCaller, type Services, toAppError } from '@ainotebook/api';
import { LIMITS } from '@ainotebook/contract';
import express, {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  Router,
} from 'express';
import type { Logger } from '../../logger.js';
import { logRefusal } from '../call-log.js';
import { statusOf } from '../errors.js';
import { contextOf } from '../request-context.js';
import { requestIdOf } from '../request-id.js';
import { DOCS_POLICY, docsPage } from './docs-page.js';
import { openApiDocument } from './document.js';
import { sendProblem } from './problem.js';
import { readInput } from './read-input.js';
import { listRoutes, METHODS, type Route } from './routes.js';

export const REST_PATH = '/api/v1';

/** The page that explains the REST API, and every code of its errors. */
export const DOCS_PATH = '/api/docs';

/** The one status that no code of ours has. */
class MethodNotAllowed extends AppError {}

export interface RestDeps {
  log: Logger;
  /** Takes `POST /files`. */
  upload: RequestHandler;
}

/**
 * `/api/v1`: procedures under addresses of their own, JSON in and out, callers proven by bearer token. `docs` is the page that
 * explains them.
 */
export function restEdge(
  services: Services,
  { log, upload }: RestDeps,
): { api: Router; docs: RequestHandler } {
  const { config } = services;
  const routes = listRoutes();
  const router = Router();
  const document = openApiDocument(routes, config);
  const text = JSON.stringify(document);
  const page = docsPage(document, config);
  const limited: RequestHandler = async (req, _res, next) => {
    await services.limits.consume('read', { ip: req.ip ?? '', userId: null });
    next();
  };

  router.use((_req, res, next) => {
    res.setHeader('Cache-Control', 'no-store');
    res.setHeader('x-ainotebook-version', config.version);
    next();
  });
  router.get('/openapi.json', limited, (_req, res) => {
    res.setHeader('Cache-Control', 'public, max-age=300');
    res.type('application/json').send(text);
  });
  router.post('/files', upload);

  const readJson = express.json({ limit: LIMITS.bodyBytes, strict: false });
  for (const address of new Set(routes.map((route) => route.address))) {
    const here = router.route(address.replace(/\{(\w+)\}/g, ':$1'));
    const known = routes.filter((route) => route.address === address);
    for (const route of known) {
      const call: RequestHandler = (req, res) => answer(services, route, { req, res });
      if (route.fieldsIn === 'body') here[route.method](refuseOtherTypes, readJson, call);
      else here[route.method](call);
    }
    here.all((_req, res) => {
      res.setHeader('Allow', methodsOf(known).join(', '));
      throw new MethodNotAllowed('bad_input', 'This address has no such method');
    });
  }
  router.use(() => {
    throw new AppError('not_found', 'No such address');
  });
  router.use(problems(log, `${config.appUrl}${DOCS_PATH}`));
  const docs: RequestHandler = (_req, res) => {
    res.setHeader('Content-Security-Policy', DOCS_POLICY);
    res.setHeader('Cache-Control', 'public, max-age=300');
    res.type('html').send(page);
  };
  return { api: router, docs };
}

async function answer(
  services: Services,
  route: Route,
  { req, res }: { req: Request; res: Response },
): Promise<void> {
  const query = new URL(req.originalUrl, 'http://localhost').searchParams;
  const input = readInput(route, { params: req.params, query, body: req.body });
  const procedure = route.path
    .split('.')
    .reduce<unknown>(
      (node, key) => Reflect.get(Object(node), key),
      createCaller(contextOf(services, req, res)),
    );
  if (typeof procedure !== 'function') throw new Error(`${route.path} is no procedure`);
  res.locals.procedure = route.path;
  const data: unknown = await procedure(input);
  if (data === undefined) res.status(204).end();
  else res.json(data);
}

/** A form can be sent by another site; JSON cannot. */
const refuseOtherTypes: RequestHandler = (req, _res, next) => {
  const hasBody =
    req.headers['content-length'] !== '0' && req.headers['content-length'] !== undefined;
  const isChunked = req.headers['transfer-encoding'] !== undefined;
  if ((hasBody || isChunked) && !req.is('application/json')) {
    throw new AppError('unsupported_media_type', 'Send application/json');
  }
  next();
};

function methodsOf(routes: Route[]): string[] {
  const known = METHODS.filter((method) => routes.some((route) => route.method === method));
  return known.flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
}

/** What Express says of a request that cannot be read. */
function fromExpress(error: unknown): AppError | undefined {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  if (status === 413) {
    return new AppError('too_large', `A request holds at most ${LIMITS.bodyBytes} bytes`);
  }
  if (status === 415) return new AppError('unsupported_media_type', 'Send JSON as UTF-8');
  return typeof status === 'number' && status < 500
    ? new AppError('bad_input', 'The request is malformed')
    : undefined;
}

function problems(log: Logger, docsUrl: string): ErrorRequestHandler {
  return (thrown: unknown, req, res, next) => {
    const error = fromExpress(thrown) ?? toAppError(thrown);
    const status = thrown instanceof MethodNotAllowed ? 405 : statusOf(error);
    logRefusal(log, error, {
      status,
      path: typeof res.locals.procedure === 'string' ? res.locals.procedure : undefined,
      method: req.method,
      ip: req.ip,
      requestId: requestIdOf(res),
    });
    if (res.headersSent) return next(thrown);
    sendProblem(res, error, { status, docsUrl });
  };
}
