import { createHash } from 'node:crypto';
import {
  type PublicArticleSummary,
  readProfile,
  readPublicContents,
  readPublicList,
} from '@ainotebook/api';
import { m } from '@ainotebook/messages';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { AppDeps } from '../app.js';
import type { SendErrorPage } from '../errors.js';
import { localeOf } from '../locale.js';
import { type FeedSource, writeFeed } from './feeds.js';
import { pathPart } from './page-requests.js';
import type { Renderer } from './renderer.js';
import type { SiteReader } from './site.js';
import { words } from './words.js';

/** Articles of a feed, each with all that everybody may read. */
const FEED_SIZE = 20;

const MEDIA_TYPES = {
  xml: 'application/rss+xml; charset=utf-8',
  json: 'application/feed+json; charset=utf-8',
};

/** The feeds of the site and of each author. */
export function feedRoutes(
  { services }: AppDeps,
  parts: { site: SiteReader; render: Renderer; limited: RequestHandler; sendError: SendErrorPage },
): Router {
  const { db, config } = services;
  const { site, render, limited, sendError } = parts;
  const router = Router();

  async function send(
    req: Request,
    res: Response,
    source: Omit<FeedSource, 'articles' | 'locale' | 'path'> & { handle?: string },
  ): Promise<void> {
    const format = req.path.endsWith('.json') ? 'json' : 'xml';
    const { handle, ...about } = source;
    const { items } = await readPublicList(services, {
      limit: FEED_SIZE,
      ...(handle ? { handle } : {}),
    });
    const shown = await site.read();
    const locale = localeOf(req);
    res.setHeader('Content-Type', MEDIA_TYPES[format]);
    res.setHeader('Cache-Control', 'public, no-cache');
    res.setHeader('Vary', 'Accept-Language, Cookie');
    const contents = await readPublicContents(
      db,
      items.map(({ slug }) => slug),
    );
    // With the texts: what everybody may read of an article changes without it.
    const text = JSON.stringify([shown, about, [...contents]]);
    res.setHeader('ETag', etagOf(items, [config.version, locale, text]));
    if (req.fresh) {
      res.status(304).end();
      return;
    }
    const articles = await Promise.all(
      items.map(async (item) => {
        const markdown = contents.get(item.slug) ?? '';
        const { html } = await render({ markdown, locale: item.language });
        return { ...item, html };
      }),
    );
    const path = req.path.replace(/json$/, 'xml');
    res.send(writeFeed(shown, { ...about, path, locale, articles }, format));
  }

  router.get(['/feed.xml', '/feed.json'], limited, async (req, res) => {
    const { name } = await site.read();
    const description = m.app_tagline({}, { locale: localeOf(req) });
    await send(req, res, { title: name, description, page: '/' });
  });

  router.get(['/u/:handle/feed.xml', '/u/:handle/feed.json'], limited, async (req, res) => {
    const author = await readProfile(services, pathPart(req, 'handle'));
    if (!author) return sendError(req, res, 404);
    const locale = localeOf(req);
    await send(req, res, {
      title: m.page_articles_of({ name: author.displayName }, { locale }),
      description: author.bio || words(locale).feedOf(author.displayName),
      page: `/u/${author.handle}`,
      handle: author.handle,
    });
  });

  return router;
}

function etagOf(items: PublicArticleSummary[], more: string[]): string {
  const content = items.map(({ views: _, ...item }) => item);
  const hash = createHash('sha256').update(JSON.stringify([content, more]));
  return `W/"${hash.digest('base64url').slice(0, 22)}"`;
}
