import { createHash } from 'node:crypto';
import { getSiteSettings } from '@ainotebook/api';
import { languageOf } from '@ainotebook/text/search';
import { type RequestHandler, Router } from 'express';
import type { AppDeps } from '../app.js';
import type { SendErrorPage } from '../errors.js';
import { localeOf } from '../locale.js';
import { html, trusted } from './html.js';
import { layout } from './layout.js';
import { prepare } from './page-requests.js';
import type { Renderer } from './renderer.js';
import type { SiteReader } from './site.js';
import { words } from './words.js';

/** `/terms` and `/privacy`, which an administrator writes in Markdown. */
export function siteRoutes(
  { services }: AppDeps,
  parts: { site: SiteReader; render: Renderer; limited: RequestHandler; sendError: SendErrorPage },
): Router {
  const { site, render, limited, sendError } = parts;
  const router = Router();
  for (const name of ['terms', 'privacy'] as const) {
    router.get(`/${name}`, limited, async (req, res) => {
      const { [name]: markdown } = await getSiteSettings(services);
      if (markdown === '') return sendError(req, res, 404);
      const locale = localeOf(req);
      const shown = await site.read();
      prepare(res);
      const version = JSON.stringify([services.config.version, locale, shown, markdown]);
      const hash = createHash('sha256').update(version).digest('base64url');
      res.setHeader('ETag', `"${hash.slice(0, 22)}"`);
      if (req.fresh) return res.status(304).end();
      const language = languageOf(markdown);
      const body = await render({ markdown, locale: language });
      const title = words(locale)[name];
      return res.send(
        layout(shown, {
          locale,
          title,
          canonical: `${shown.url}/${name}`,
          body: html`<article><h1>${title}</h1>
<div class="prose" lang="${language}">
${trusted(body.html)}
</div></article>`,
        }),
      );
    });
  }
  return router;
}
