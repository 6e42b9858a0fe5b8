import type { LivePublication } from '@ainotebook/api';
import type { Locale } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import type { RenderedMarkdown } from '@ainotebook/text/html';
import { html, jsonLd, trusted } from './html.js';
import { layout, type Site } from './layout.js';
import { formatDay, readingMinutes, textLanguage } from './words.js';

const MIN_HEADINGS_FOR_CONTENTS = 3;

/** The language an article is written in. */
export function languageOf(article: LivePublication): Locale {
  return textLanguage(article.content || article.title);
}

/** A published article; `body` is its content, rendered in the article's own language. */
export function articlePage(
  site: Site,
  locale: Locale,
  { article, body }: { article: LivePublication; body: RenderedMarkdown },
): string {
  const to = { locale };
  const isUnlisted = article.visibility === 'unlisted';
  const url = `${site.url}/p/${encodeURIComponent(article.slug)}`;
  const language = languageOf(article);
  const title = article.title || m.page_untitled({}, to);
  const published = article.publishedAt.toISOString();
  const updated = article.updatedAt.toISOString();
  const authorUrl = `/u/${article.author.handle}`;
  const headings = body.headings.filter(({ depth }) => depth <= 4);

  const contents =
    headings.length >= MIN_HEADINGS_FOR_CONTENTS &&
    html`<nav class="toc" aria-label="${m.page_contents({}, to)}"><details open><summary>${m.page_contents({}, to)}</summary><ol>
${headings.map((heading) => html`<li class="d${heading.depth}"><a href="#${heading.id}">${heading.text}</a></li>`)}
</ol></details></nav>`;

  const head = html`<meta property="og:type" content="article">
<meta property="article:published_time" content="${published}">
<meta property="article:modified_time" content="${updated}">
${article.tags.map((tag) => html`<meta property="article:tag" content="${tag}">`)}
<meta name="author" content="${article.author.displayName}">
<meta name="twitter:card" content="summary">
${jsonLd({
  '@context': 'https://schema.org',
  '@type': 'Article',
  headline: title,
  description: article.excerpt,
  inLanguage: language,
  datePublished: published,
  dateModified: updated,
  url,
  keywords: article.tags,
  author: {
    '@type': 'Person',
    name: article.author.displayName,
    url: `${site.url}${authorUrl}`,
  },
})}`;

  return layout(site, {
    locale,
    title,
    description: article.excerpt,
    canonical: url,
    isHidden: isUnlisted,
    head,
    body: html`<article>
<h1 lang="${language}">${title}</h1>
<p class="meta"><a rel="author" href="${authorUrl}">${article.author.displayName}</a>
<time datetime="${published}">${formatDay(article.publishedAt, locale)}</time>
<span>${m.page_minutes({ count: readingMinutes(article.wordCount, language) }, to)}</span>
<span>${m.page_views({ count: article.views }, to)}</span>
${isUnlisted && html`<span>${m.page_unlisted({}, to)}</span>`}</p>
${contents}
<div class="prose" lang="${language}">
${trusted(body.html)}
</div>
${article.tags.length > 0 && html`<ul class="tags" aria-label="${m.page_tags({}, to)}">${article.tags.map((tag) => html`<li>${tag}</li>`)}</ul>`}
</article>`,
  });
}
