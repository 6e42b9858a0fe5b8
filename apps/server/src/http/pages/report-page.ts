import { createReport, readPage } from '@ainotebook/api';
import { createReportInput, LIMITS, type Locale, reportReasonSchema } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { AppDeps } from '../app.js';
import type { SendErrorPage } from '../errors.js';
import { localeOf } from '../locale.js';
import { html } from './html.js';
import { layout, type Site } from './layout.js';
import { field, formOf, pathPart, preparePrivate } from './page-requests.js';
import type { SiteReader } from './site.js';
import { viewerIdOf } from './views.js';
import { words } from './words.js';

interface Reported {
  slug: string;
  title: string;
}

/** Where a reader complains about an article; works without script. */
export function reportRoutes(
  { services }: AppDeps,
  parts: { site: SiteReader; limited: RequestHandler; sendError: SendErrorPage },
): Router {
  const { site, limited, sendError } = parts;
  const router = Router();

  async function find(req: Request, res: Response): Promise<Reported | null> {
    const found = await readPage(services, pathPart(req, 'slug'));
    if (found.kind !== 'live') {
      sendError(req, res, found.kind === 'gone' ? 410 : 404);
      return null;
    }
    preparePrivate(res);
    return found.publication;
  }

  router.get('/p/:slug/report', limited, async (req, res) => {
    const article = await find(req, res);
    if (article) res.send(formPage(await site.read(), localeOf(req), article, false));
  });

  router.post(
    '/p/:slug/report',
    limited,
    formOf(services.config.appUrl),
    async (req: Request, res: Response) => {
      const article = await find(req, res);
      if (!article) return;
      const shown = await site.read();
      const locale = localeOf(req);
      const input = createReportInput.safeParse({
        slug: article.slug,
        reason: field(req, 'reason'),
        detail: field(req, 'detail'),
        contact: field(req, 'contact'),
      });
      if (!input.success) return void res.status(400).send(formPage(shown, locale, article, true));
      const userId = await viewerIdOf(req, services);
      const request = { ip: req.ip ?? '' };
      const authenticate = async () => (userId ? { userId } : null);
      await createReport({ ...services, request, authenticate }, input.data);
      res.send(thanksPage(shown, locale, article));
    },
  );

  return router;
}

const addressOf = ({ slug }: Reported) => `/p/${encodeURIComponent(slug)}`;

function formPage(site: Site, locale: Locale, article: Reported, isWrong: boolean): string {
  const to = words(locale);
  const title = to.reportTitle(article.title || m.page_untitled({}, { locale }));
  const reasons = reportReasonSchema.options.map(
    (reason) =>
      html`<label><input type="radio" name="reason" value="${reason}" required>${to.reasons[reason]}</label>`,
  );
  return layout(site, {
    locale,
    title,
    isHidden: true,
    body: html`<h1>${title}</h1>
<p>${to.reportText}</p>
<form class="form" method="post">${isWrong && html`<p class="wrong" role="alert">${to.chooseReason}</p>`}
<fieldset><legend>${to.reportReason}</legend>${reasons}</fieldset>
<label>${to.reportDetail}<textarea name="detail" rows="5" maxlength="${LIMITS.reportDetailLength}"></textarea></label>
<label>${to.reportContact}<input name="contact" maxlength="${LIMITS.emailLength}" autocomplete="email"></label>
<button>${to.send}</button></form>
<p><a href="${addressOf(article)}">${to.backToArticle}</a></p>`,
  });
}

function thanksPage(site: Site, locale: Locale, article: Reported): string {
  const to = words(locale);
  return layout(site, {
    locale,
    title: to.reported,
    isHidden: true,
    body: html`<h1>${to.reported}</h1>
<p role="status">${to.reportedText}</p>
<p><a href="${addressOf(article)}">${to.backToArticle}</a></p>`,
  });
}
