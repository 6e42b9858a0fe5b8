import { countPublicArticles, readSitemapPart, type SitemapEntry } from '@ainotebook/api';
import { type RequestHandler, Router } from 'express';
import type { AppDeps } from '../app.js';
import type { SendErrorPage } from '../errors.js';
import { html } from './html.js';
import { pathPart } from './page-requests.js';

/** Entries of one file; the protocol allows 50,000. @see https://www.sitemaps.org/protocol.html */
const PART_SIZE = 10_000;
/** Crawlers come for these rarely and take a day for fresh. */
const MAX_AGE_S = 3_600;

/** `/sitemap.xml` lists `/sitemap-1.xml` and so on, `/robots.txt` lists the first. */
export function sitemapRoutes(
  { services }: AppDeps,
  { limited, sendError }: { limited: RequestHandler; sendError: SendErrorPage },
): Router {
  const { db, config } = services;
  const router = Router();
  const send = (res: Parameters<RequestHandler>[1], text: string) => {
    res.setHeader('Content-Type', 'application/xml; charset=utf-8');
    res.setHeader('Cache-Control', `public, max-age=${MAX_AGE_S}`);
    res.send(text);
  };

  router.get('/robots.txt', (_req, res) => {
    res.setHeader('Content-Type', 'text/plain; charset=utf-8');
    res.setHeader('Cache-Control', `public, max-age=${MAX_AGE_S}`);
    res.send(`User-agent: *\nDisallow: /api/\n\nSitemap: ${config.appUrl}/sitemap.xml\n`);
  });

  router.get('/sitemap.xml', limited, async (_req, res) => {
    const parts = Math.max(1, Math.ceil((await countPublicArticles(db)) / PART_SIZE));
    const locations = Array.from(
      { length: parts },
      (_, i) => html`<sitemap><loc>${config.appUrl}/sitemap-${i + 1}.xml</loc></sitemap>\n`,
    );
    send(
      res,
      html`<?xml version="1.0" encoding="UTF-8"?>
<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${locations}</sitemapindex>
`.text,
    );
  });

  router.get('/sitemap-:part.xml', limited, async (req, res) => {
    const part = pathPart(req, 'part');
    const isNumber = /^[1-9]\d{0,5}$/.test(part);
    const entries = isNumber
      ? await readSitemapPart(db, { part: Number(part), size: PART_SIZE })
      : [];
    // The first is there even when nothing is public: the index names it.
    if (entries.length === 0 && part !== '1') return sendError(req, res, 404);
    send(res, sitemapPart(config.appUrl, entries, part === '1'));
  });

  return router;
}

function sitemapPart(appUrl: string, entries: SitemapEntry[], isFirst: boolean): string {
  const address = (slug: string) => `${appUrl}/p/${encodeURIComponent(slug)}`;
  const urls = entries.map((entry) => {
    const all = entry.alternates.length > 0 ? [entry, ...entry.alternates] : [];
    const alternates = all.map(
      ({ language, slug }) =>
        html`<xhtml:link rel="alternate" hreflang="${language}" href="${address(slug)}"/>`,
    );
    return html`<url><loc>${address(entry.slug)}</loc><lastmod>${entry.updatedAt.toISOString()}</lastmod>${alternates}</url>\n`;
  });
  return html`<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">
${isFirst && html`<url><loc>${appUrl}/</loc></url>\n`}${urls}</urlset>
`.text;
}
