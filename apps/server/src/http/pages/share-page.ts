import {
  countShareView,
  isUnlocked,
  openShare,
  readPictures,
  type SharedArticle,
  signFileAddresses,
  unlockShare,
} from '@ainotebook/api';
import type { Locale } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { languageOf } from '@ainotebook/text/search';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { AppDeps } from '../app.js';
import { readPageCookie, writePageCookie } from '../cookies.js';
import type { SendErrorPage } from '../errors.js';
import { localeOf } from '../locale.js';
import { html, trusted } from './html.js';
import { layout, type Site } from './layout.js';
import { field, formOf, pathPart, preparePrivate } from './page-requests.js';
import type { Renderer } from './renderer.js';
import type { SiteReader } from './site.js';
import { isPerson, viewerIdOf } from './views.js';
import { formatDay, words } from './words.js';

const COOKIE = 'share';

/** Articles opened by a link that its holder was given; the draft as it is now. */
export function shareRoutes(
  { services, log }: AppDeps,
  parts: { site: SiteReader; render: Renderer; limited: RequestHandler; sendError: SendErrorPage },
): Router {
  const { site, render, limited, sendError } = parts;
  const { appUrl } = services.config;
  const router = Router();

  /** Every way in which a link opens nothing looks the same. */
  async function find(req: Request, res: Response): Promise<SharedArticle | null> {
    res.setHeader('Referrer-Policy', 'no-referrer');
    const share = await openShare(services, pathPart(req, 'token'));
    if (!share) sendError(req, res, 404);
    else preparePrivate(res);
    return share;
  }

  function countOpening(req: Request, res: Response, share: SharedArticle): void {
    if (!isPerson(req)) return;
    res.once('finish', () => {
      viewerIdOf(req, services)
        .then(async (viewerId) => {
          if (viewerId !== share.authorId) await countShareView(services.db, share.shareId);
        })
        .catch((error: unknown) => {
          log.warn('The opening of a share could not be counted', { err: error });
        });
    });
  }

  router.get('/s/:token', limited, async (req, res) => {
    const share = await find(req, res);
    if (!share) return;
    const locale = localeOf(req);
    const shown = await site.read();
    if (!isUnlocked(services, share, readPageCookie(req, COOKIE))) {
      return void res.status(401).send(lockedPage(shown, locale, false));
    }
    countOpening(req, res, share);
    const { content: markdown } = share;
    const pictures = await readPictures(services.db, share);
    const body = await render({ markdown, locale: languageOf(markdown), pictures });
    const withFiles = await signFileAddresses(services, share.authorId, body.html);
    res.send(sharedPage(shown, locale, share, withFiles));
  });

  router.post('/s/:token', limited, formOf(appUrl), async (req: Request, res: Response) => {
    const share = await find(req, res);
    if (!share) return;
    const attempt = { password: field(req, 'password'), address: req.ip ?? '' };
    const proof = await unlockShare(services, share, attempt);
    if (proof === null) {
      return void res.status(401).send(lockedPage(await site.read(), localeOf(req), true));
    }
    const path = `/s/${encodeURIComponent(pathPart(req, 'token'))}`;
    writePageCookie(req, res, { name: COOKIE, value: proof, path, appUrl });
    res.redirect(303, path);
  });

  return router;
}

function lockedPage(site: Site, locale: Locale, isWrong: boolean): string {
  const to = words(locale);
  return layout(site, {
    locale,
    title: to.shareLocked,
    isHidden: true,
    body: html`<h1>${to.shareLocked}</h1>
<p>${to.shareLockedText}</p>
<form class="form" method="post">${isWrong && html`<p class="wrong" id="wrong" role="alert">${to.wrongPassword}</p>`}
<label>${to.password}<input type="password" name="password" maxlength="256" required autofocus autocomplete="off"${isWrong && html` aria-describedby="wrong" aria-invalid="true"`}></label>
<button>${to.open}</button></form>`,
  });
}

function sharedPage(site: Site, locale: Locale, share: SharedArticle, body: string): string {
  const to = words(locale);
  const language = languageOf(share.content || share.title);
  const title = share.title || m.page_untitled({}, { locale });
  return layout(site, {
    locale,
    title,
    isHidden: true,
    body: html`<article><h1 lang="${language}">${title}</h1>
<p class="meta"><span>${to.sharedBy(share.authorName)}</span>
<time datetime="${share.updatedAt.toISOString()}">${to.updatedOn(formatDay(share.updatedAt, locale))}</time></p>
<div class="prose" lang="${language}">
${trusted(body)}
</div></article>`,
  });
}
