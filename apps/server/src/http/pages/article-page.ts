import type { LivePublication } from '@ainotebook/api';
import type { Locale } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import type { RenderedMarkdown } from '@ainotebook/text/html';
import { aiNotice } from '../ai-notice.js';
import { type Html, html, jsonLd, trusted } from './html.js';
import { layout, type Site } from './layout.js';
import { tagList } from './list-pages.js';
import { formatDay, readingMinutes, words } from './words.js';

const MIN_HEADINGS_FOR_CONTENTS = 3;

/** To whom the rest of an article is not shown. */
interface Invitation {
  /** That it is for; null: for any. */
  plan: { name: string; isActive: boolean } | null;
  isSignedIn: boolean;
}

/**
 * A published article; `body` is its content, rendered in the article's own language. With an
 * `invitation` it is the beginning.
 */
export function articlePage(
  site: Site,
  locale: Locale,
  {
    article,
    body,
    invitation,
  }: { article: LivePublication; body: RenderedMarkdown; invitation: Invitation | null },
): string {
  const to = { locale };
  const { language } = article;
  const isUnlisted = article.visibility === 'unlisted';
  const url = addressOf(site, article.slug);
  const title = article.title || m.page_untitled({}, to);
  const published = article.publishedAt.toISOString();
  const authorUrl = `/u/${article.author.handle}`;

  return layout(site, {
    locale,
    title,
    description: article.excerpt,
    canonical: article.canonicalUrl ?? url,
    alternates: alternatesOf(site, article),
    feed: {
      title: words(locale).feedOf(article.author.displayName),
      path: `${authorUrl}/feed.xml`,
    },
    isHidden: isUnlisted,
    head: articleHead(site, { article, title, url }),
    body: html`<article>
<h1 lang="${language}">${title}</h1>
<p class="meta"><a rel="author" href="${authorUrl}">${article.author.displayName}</a>
<time datetime="${published}">${formatDay(article.publishedAt, locale)}</time>
<span>${m.page_minutes({ count: readingMinutes(article.wordCount, language) }, to)}</span>
<span>${m.page_views({ count: article.views }, to)}</span>
${isUnlisted && html`<span>${m.page_unlisted({}, to)}</span>`}
${article.access.kind !== 'everyone' && html`<span>${words(locale).forMembers}</span>`}
${otherLanguages(article, locale)}</p>
${aiNote(article)}
${article.coverUrl && html`<img class="cover" src="${article.coverUrl}" alt="" referrerpolicy="no-referrer">`}
${contents(body, locale)}
<div class="prose" lang="${language}">
${trusted(body.html)}
</div>
${invitation && invitationTo(article.slug, locale, invitation)}
${article.tags.length > 0 && tagList(article.tags, m.page_tags({}, to))}
${articleEnd(article, url, locale)}
${neighbours(article, locale)}
</article>`,
  });
}

/** In the language of the text, which it is about. */
function aiNote({ ai, language }: LivePublication): Html | false {
  const notice = aiNotice(ai, language);
  return notice !== null && html`<p class="ai" lang="${language}">${notice.words}</p>`;
}

/** What stands where the part begins that is not for everybody. */
function invitationTo(slug: string, locale: Locale, { plan, isSignedIn }: Invitation): Html {
  const to = words(locale);
  const back = encodeURIComponent(`/p/${encodeURIComponent(slug)}`);
  const how = plan === null ? to.membersText : to.planText(plan);
  const isSold = plan === null || plan.isActive;
  return html`<aside class="members"><p><strong>${plan === null ? to.membersOnly : to.planOnly(plan.name)}</strong></p>
<p>${how}${!isSignedIn && to.signInFirst}</p>
<div class="go">${isSold && html`<a href="/pricing?from=${back}">${to.seePlans}</a>`}${!isSignedIn && html`<a href="/login?to=${back}">${to.signIn}</a>`}</div></aside>`;
}

const addressOf = (site: Site, slug: string) => `${site.url}/p/${encodeURIComponent(slug)}`;

function alternatesOf(site: Site, article: LivePublication): { locale: Locale; url: string }[] {
  if (article.translations.length === 0) return [];
  return [article, ...article.translations].map(({ language, slug }) => ({
    locale: language,
    url: addressOf(site, slug),
  }));
}

function articleHead(
  site: Site,
  { article, title, url }: { article: LivePublication; title: string; url: string },
): Html {
  const published = article.publishedAt.toISOString();
  const updated = article.updatedAt.toISOString();
  const authorUrl = `${site.url}/u/${article.author.handle}`;
  const notice = aiNotice(article.ai, article.language);
  const image = article.imageVersion && `${url}/og.png?v=${article.imageVersion}`;
  const author = { '@type': 'Person', name: article.author.displayName, url: authorUrl };
  const crumbs = [
    [site.name, `${site.url}/`],
    [article.author.displayName, authorUrl],
    [title, url],
  ];
  return html`<meta property="og:type" content="article">
<meta property="article:published_time" content="${published}">
<meta property="article:modified_time" content="${updated}">
${article.tags.map((tag) => html`<meta property="article:tag" content="${tag}">`)}
<meta name="author" content="${article.author.displayName}">
${notice && html`<meta name="digital-source-type" content="${notice.sourceType}">`}
${image && html`<meta property="og:image" content="${image}"><meta property="og:image:width" content="1200"><meta property="og:image:height" content="630"><meta property="og:image:alt" content="${title}">`}
<meta name="twitter:card" content="${image ? 'summary_large_image' : 'summary'}">
${jsonLd({
  '@context': 'https://schema.org',
  '@graph': [
    {
      '@type': 'Article',
      headline: title,
      description: article.excerpt,
      inLanguage: article.language,
      datePublished: published,
      dateModified: updated,
      isAccessibleForFree: article.access.kind === 'everyone',
      url,
      mainEntityOfPage: article.canonicalUrl ?? url,
      keywords: article.tags,
      ...(notice ? { digitalSourceType: notice.schemaType } : {}),
      image: [image, article.coverUrl].filter(Boolean),
      author,
      publisher: { '@type': 'Organization', name: site.name, url: `${site.url}/` },
    },
    {
      '@type': 'BreadcrumbList',
      itemListElement: crumbs.map(([name, item], index) => ({
        '@type': 'ListItem',
        position: index + 1,
        name,
        item,
      })),
    },
  ],
})}`;
}

function contents(body: RenderedMarkdown, locale: Locale): Html | false {
  const headings = body.headings.filter(({ depth }) => depth <= 4);
  if (headings.length < MIN_HEADINGS_FOR_CONTENTS) return false;
  const label = m.page_contents({}, { locale });
  return html`<nav class="toc" aria-label="${label}"><details open><summary>${label}</summary><ol>
${headings.map((heading) => html`<li class="d${heading.depth}"><a href="#${heading.id}">${heading.text}</a></li>`)}
</ol></details></nav>`;
}

function otherLanguages(article: LivePublication, locale: Locale): Html | false {
  if (article.translations.length === 0) return false;
  const { languages, readIn } = words(locale);
  return html`<span>${readIn} ${article.translations.map(
    ({ slug, language }) =>
      html`<a rel="alternate" hreflang="${language}" lang="${language}" href="/p/${encodeURIComponent(slug)}">${languages[language]}</a> `,
  )}</span>`;
}

/** What a reader may do at the end: copy the address, show it to a phone, complain. */
function articleEnd(article: LivePublication, url: string, locale: Locale): Html {
  const { copyLink, copied, qrCode, qrAlt, report, canonical } = words(locale);
  const path = `/p/${encodeURIComponent(article.slug)}`;
  const elsewhere = article.canonicalUrl && new URL(article.canonicalUrl).host;
  return html`<div class="end"><button type="button" data-copy="${url}" data-done="${copied}" hidden>${copyLink}</button>
<details><summary>${qrCode}</summary><img src="${path}/qr.svg" alt="${qrAlt}" width="176" height="176" loading="lazy"></details>
${article.canonicalUrl && html`<span>${canonical} <a href="${article.canonicalUrl}" rel="noopener">${elsewhere}</a></span>`}
<a href="${path}/report" rel="nofollow">${report}</a></div>`;
}

function neighbours(article: LivePublication, locale: Locale): Html | false {
  const { previous, next } = article;
  if (!previous && !next) return false;
  const to = words(locale);
  const link = (rel: string, word: string, { slug, title }: { slug: string; title: string }) =>
    html`<a rel="${rel}" href="/p/${encodeURIComponent(slug)}"><span>${word}</span>${title || m.page_untitled({}, { locale })}</a>`;
  return html`<nav class="turn" aria-label="${to.neighbours}">
${previous ? link('prev', to.previous, previous) : html`<i></i>`}
${next && link('next', to.next, next)}</nav>`;
}
