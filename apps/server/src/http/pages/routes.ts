import { readProfile, readPublicList, readPublicTags } from '@ainotebook/api';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { AppDeps } from '../app.js';
import { hasSessionCookie } from '../cookies.js';
import type { SendErrorPage } from '../errors.js';
import { localeOf } from '../locale.js';
import { requestIdOf } from '../request-id.js';
import { articleRoutes } from './article-routes.js';
import { errorPage } from './error-page.js';
import { feedRoutes } from './feed-routes.js';
import { authorPage, landingPage, tagPage } from './list-pages.js';
import { pathPart, prepare } from './page-requests.js';
import { createRenderer } from './renderer.js';
import { reportRoutes } from './report-page.js';
import { shareRoutes } from './share-page.js';
import { siteReader } from './site.js';
import { siteRoutes } from './site-page.js';
import { sitemapRoutes } from './sitemap.js';

const PAGE_SIZE = 20;
const LANDING_SIZE = 10;
const LANDING_TAGS = 20;

/** Pages made on the server, for readers without an account and for crawlers. */
export function publicPages(deps: AppDeps): { router: Router; sendError: SendErrorPage } {
  const { services } = deps;
  const { config, limits } = services;
  const site = siteReader(services);
  const render = createRenderer(deps);
  const router = Router();

  const limited: RequestHandler = async (req, _res, next) => {
    await limits.consume('read', { ip: req.ip ?? '', userId: null });
    next();
  };

  const sendError = (req: Request, res: Response, status: number, authorHandle?: string) => {
    prepare(res);
    res.setHeader('Cache-Control', 'no-store');
    const error = {
      status,
      requestId: requestIdOf(res),
      ...(authorHandle ? { authorHandle } : {}),
    };
    res.status(status).send(errorPage(site.last(), localeOf(req), error));
  };

  const parts = { site, render, limited, sendError };
  router.use(
    articleRoutes(deps, parts),
    feedRoutes(deps, parts),
    sitemapRoutes(deps, parts),
    siteRoutes(deps, parts),
    shareRoutes(deps, parts),
    reportRoutes(deps, parts),
  );

  router.get('/u/:handle', limited, async (req, res) => {
    const author = await readProfile(services, pathPart(req, 'handle'));
    if (!author) return sendError(req, res, 404);
    const cursor = cursorOf(req);
    const list = await readPublicList(services, {
      handle: author.handle,
      limit: PAGE_SIZE,
      cursor,
    });
    const shown = await site.read();
    prepare(res);
    res.send(authorPage(shown, localeOf(req), author, { ...list, isFirst: cursor === null }));
  });

  router.get('/tag/:tag', limited, async (req, res) => {
    const tag = pathPart(req, 'tag');
    const cursor = cursorOf(req);
    const list = await readPublicList(services, { tag, limit: PAGE_SIZE, cursor });
    if (list.items.length === 0) return sendError(req, res, 404);
    const shown = await site.read();
    prepare(res);
    res.send(tagPage(shown, localeOf(req), tag, { ...list, isFirst: cursor === null }));
  });

  router.get('/', async (req, res, next) => {
    // Who has a session gets the web app, and so does a program that does not ask for a page.
    if (hasSessionCookie(req, config.appUrl) || req.accepts(['json', 'html']) !== 'html') {
      return next('route');
    }
    await limits.consume('read', { ip: req.ip ?? '', userId: null });
    const { items } = await readPublicList(services, { limit: LANDING_SIZE });
    const tags = await readPublicTags(services, { limit: LANDING_TAGS });
    const canRegister = config.registration === 'open';
    const shown = await site.read();
    prepare(res);
    res.send(landingPage(shown, localeOf(req), { items, tags, canRegister }));
  });

  return { router, sendError };
}

const cursorOf = (req: Request) => (typeof req.query.cursor === 'string' ? req.query.cursor : null);
