import { createHash } from 'node:crypto';
import {
  type LivePublication,
  openWhole,
  readPage,
  readPictures,
  readPublicationImage,
  readPublicLinks,
  readWantedPlan,
} from '@ainotebook/api';
import { type RequestHandler, Router } from 'express';
import { renderSVG } from 'uqr';
import type { AppDeps } from '../app.js';
import type { SendErrorPage } from '../errors.js';
import { localeOf } from '../locale.js';
import { articlePage } from './article-page.js';
import { pathPart, prepare } from './page-requests.js';
import type { Renderer } from './renderer.js';
import type { SiteReader } from './site.js';
import { viewCounter, viewerIdOf } from './views.js';

const ONE_YEAR_S = 31_536_000;

/** Published articles, and the pictures that belong to them. */
export function articleRoutes(
  deps: AppDeps,
  parts: { site: SiteReader; render: Renderer; limited: RequestHandler; sendError: SendErrorPage },
): Router {
  const { db, config } = deps.services;
  const { site, render, limited, sendError } = parts;
  const countView = viewCounter(deps);
  const router = Router();

  router.get('/p/:slug', limited, async (req, res) => {
    const found = await readPage(deps.services, pathPart(req, 'slug'));
    switch (found.kind) {
      case 'missing':
        return sendError(req, res, 404);
      case 'gone':
        return sendError(req, res, 410, found.authorHandle);
      case 'moved':
        res.setHeader('Cache-Control', 'no-cache');
        return res.redirect(301, `/p/${encodeURIComponent(found.slug)}`);
      case 'live': {
        const { access } = found.publication;
        const isGuarded = access.kind !== 'everyone';
        const viewerId = isGuarded ? await viewerIdOf(req, deps.services) : null;
        const publication = isGuarded
          ? await openWhole(db, found.publication, viewerId)
          : found.publication;
        countView(req, res, publication);
        const locale = localeOf(req);
        const shown = await site.read();
        const hasLinks = publication.content.includes('[[');
        const links = hasLinks ? await readPublicLinks(db, publication.articleId) : {};
        const pictures = await readPictures(db, publication);
        const invitation = publication.isPreview
          ? { plan: await readWantedPlan(db, access), isSignedIn: viewerId !== null }
          : null;
        prepare(res);
        // What a member reads is kept by that member's browser alone.
        if (isGuarded) res.setHeader('Cache-Control', 'private, no-cache');
        if (publication.visibility === 'unlisted') res.setHeader('X-Robots-Tag', 'noindex');
        res.setHeader(
          'ETag',
          etagOf(publication, [
            config.version,
            locale,
            JSON.stringify([shown, links, pictures, invitation]),
          ]),
        );
        // Fresh, a browser asks again and gets 304: a withdrawn article is gone at once.
        if (req.fresh) return res.status(304).end();
        const { content: markdown, language } = publication;
        const body = await render({ markdown, locale: language, links, pictures });
        return res.send(articlePage(shown, locale, { article: publication, body, invitation }));
      }
      default:
        found satisfies never;
    }
  });

  router.get('/p/:slug/og.png', limited, async (req, res) => {
    const image = await readPublicationImage(deps.services, pathPart(req, 'slug'));
    if (!image) return sendError(req, res, 404);
    const isPinned = req.query.v === image.version;
    res.setHeader('Content-Type', 'image/png');
    // Other sites show it beside their link to the article.
    res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    res.setHeader(
      'Cache-Control',
      isPinned ? `public, max-age=${ONE_YEAR_S}, immutable` : 'public, no-cache',
    );
    res.setHeader('ETag', `"${image.version}"`);
    if (req.fresh) return res.status(304).end();
    return res.send(image.png);
  });

  router.get('/p/:slug/qr.svg', limited, (req, res) => {
    const url = `${config.appUrl}/p/${encodeURIComponent(pathPart(req, 'slug'))}`;
    res.setHeader('Content-Type', 'image/svg+xml');
    res.setHeader('Cache-Control', `public, max-age=${ONE_YEAR_S}`);
    res.send(renderSVG(url.slice(0, MAX_QR_LENGTH), { border: 2 }));
  });

  return router;
}

/** Longer than any address of an article, and still a code that phones read. */
const MAX_QR_LENGTH = 1_000;

/** Weak: the count of views on the page may be older than the newest one. */
function etagOf(publication: LivePublication, more: string[]): string {
  const { views: _, ...content } = publication;
  const hash = createHash('sha256').update(JSON.stringify([content, more]));
  return `W/"${hash.digest('base64url').slice(0, 22)}"`;
}
