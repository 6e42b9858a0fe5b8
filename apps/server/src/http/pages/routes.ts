import { createHash } from 'node:crypto';
import {
  AppError,
  getPublicProfile,
  type LivePublication,
  listPublicArticles,
  resolveSlug,
} from '@ainotebook/api';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { AppDeps } from '../app.js';
import { hasSessionCookie } from '../cookies.js';
import type { SendErrorPage } from '../errors.js';
import { localeOf } from '../locale.js';
import { requestIdOf } from '../request-id.js';
import { articlePage, languageOf } from './article-page.js';
import { errorPage } from './error-page.js';
import { PAGE_POLICY } from './layout.js';
import { authorPage, landingPage } from './list-pages.js';
import { createRenderer } from './renderer.js';
import { siteReader } from './site.js';
import { viewCounter } from './views.js';

const PAGE_SIZE = 20;
const LANDING_SIZE = 10;

/** Pages made on the server, for readers without an account and for crawlers. */
export function publicPages(deps: AppDeps): { router: Router; sendError: SendErrorPage } {
  const { services } = deps;
  const { config, db, limits } = services;
  const site = siteReader(services);
  const render = createRenderer(deps);
  const countView = viewCounter(deps);
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

  router.get('/p/:slug', limited, async (req, res) => {
    const found = await resolveSlug(db, pathPart(req, 'slug'));
    switch (found.kind) {
      case 'missing':
        return sendError(req, res, 404);
      case 'gone':
        return sendError(req, res, 410, found.authorHandle);
      case 'moved':
        res.setHeader('Cache-Control', 'no-cache');
        return res.redirect(301, `/p/${encodeURIComponent(found.slug)}`);
      case 'live': {
        const { publication } = found;
        countView(req, res, publication);
        const locale = localeOf(req);
        const shown = await site.read();
        prepare(res);
        res.setHeader('ETag', etagOf(publication, [config.version, locale, JSON.stringify(shown)]));
        // Fresh, a browser asks again and gets 304: a withdrawn article is gone at once.
        if (req.fresh) return res.status(304).end();
        const body = await render({
          markdown: publication.content,
          locale: languageOf(publication),
        });
        return res.send(articlePage(shown, locale, { article: publication, body }));
      }
      default:
        found satisfies never;
    }
  });

  router.get('/u/:handle', limited, async (req, res) => {
    const handle = pathPart(req, 'handle');
    const author = await getPublicProfile(db, handle);
    if (!author) return sendError(req, res, 404);
    const cursor = typeof req.query.cursor === 'string' ? req.query.cursor : null;
    const list = await listPublicArticles(db, { handle: author.handle, limit: PAGE_SIZE, cursor });
    const shown = await site.read();
    prepare(res);
    res.send(authorPage(shown, localeOf(req), author, { ...list, isFirst: cursor === null }));
  });

  router.get('/', async (req, res, next) => {
    // Who has a session gets the web app, and so does a program that does not ask for a page.
    if (hasSessionCookie(req, config.appUrl) || req.accepts(['json', 'html']) !== 'html') {
      return next('route');
    }
    await limits.consume('read', { ip: req.ip ?? '', userId: null });
    const { items } = await listPublicArticles(db, { limit: LANDING_SIZE });
    const shown = await site.read();
    prepare(res);
    res.send(
      landingPage(shown, localeOf(req), { items, canRegister: config.registration === 'open' }),
    );
  });

  return { router, sendError };
}

/** What all pages of this server have in common. */
function prepare(res: Response): void {
  res.setHeader('Content-Type', 'text/html; charset=utf-8');
  res.setHeader('Content-Security-Policy', PAGE_POLICY);
  res.setHeader('Cache-Control', 'public, no-cache');
  res.setHeader('Vary', 'Accept-Language, Cookie');
}

function pathPart(req: Request, name: string): string {
  const value = req.params[name];
  if (typeof value !== 'string') throw new AppError('not_found', 'Not found');
  return value;
}

/** Weak: the count of views on the page may be older than the newest one. */
function etagOf(publication: LivePublication, more: string[]): string {
  const { views: _, ...content } = publication;
  const hash = createHash('sha256').update(JSON.stringify([content, more]));
  return `W/"${hash.digest('base64url').slice(0, 22)}"`;
}
