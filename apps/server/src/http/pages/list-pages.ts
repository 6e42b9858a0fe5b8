import type { PublicArticleSummary, PublicTag } from '@ainotebook/api';
import type { Locale, PublicProfile } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { type Html, html } from './html.js';
import { layout, type Site } from './layout.js';
import { formatDay, words } from './words.js';

function articleList(items: PublicArticleSummary[], locale: Locale, withAuthor: boolean): Html {
  if (items.length === 0) {
    return html`<p class="empty">${m.page_no_articles({}, { locale })}</p>`;
  }
  return html`<ul class="list">
${items.map((item) => {
  const day = html`<time datetime="${item.publishedAt.toISOString()}">${formatDay(item.publishedAt, locale)}</time>`;
  const author = html` · <a href="/u/${item.author.handle}">${item.author.displayName}</a>`;
  return html`<li lang="${item.language}">
<h2><a href="/p/${encodeURIComponent(item.slug)}">${item.title || m.page_untitled({}, { locale })}</a></h2>
<p>${item.excerpt}</p>
<p>${day}${withAuthor && author}${item.isMembersOnly && html` · <span lang="${locale}">${words(locale).forMembers}</span>`}</p>
</li>`;
})}
</ul>`;
}

/** An author with the published articles, newest first. */
export function authorPage(
  site: Site,
  locale: Locale,
  author: PublicProfile,
  list: { items: PublicArticleSummary[]; nextCursor: string | null; isFirst: boolean },
): string {
  const address = `/u/${author.handle}`;
  const next = list.nextCursor;
  return layout(site, {
    locale,
    title: m.page_articles_of({ name: author.displayName }, { locale }),
    ...(author.bio ? { description: author.bio.slice(0, 160) } : {}),
    ...(list.isFirst ? { canonical: `${site.url}${address}` } : {}),
    isHidden: list.items.length === 0 || !list.isFirst,
    feed: { title: words(locale).feedOf(author.displayName), path: `${address}/feed.xml` },
    head: html`<meta property="og:type" content="profile">`,
    body: html`<h1>${author.displayName}</h1>
${author.bio && html`<p class="meta">${author.bio}</p>`}
<p class="meta"><a href="${address}/feed.xml">${words(locale).feed}</a></p>
${articleList(list.items, locale, false)}
${next && html`<p><a rel="next" href="${address}?cursor=${encodeURIComponent(next)}">${words(locale).older}</a></p>`}`,
  });
}

/** What a visitor who is not signed in sees at `/`. */
export function landingPage(
  site: Site,
  locale: Locale,
  options: { items: PublicArticleSummary[]; tags: PublicTag[]; canRegister: boolean },
): string {
  const { signIn, register, feed } = words(locale);
  return layout(site, {
    locale,
    title: site.name,
    description: m.app_tagline({}, { locale }),
    canonical: `${site.url}/`,
    feed: { title: site.name, path: '/feed.xml' },
    head: html`<meta property="og:type" content="website">`,
    body: html`<section class="hero"><h1>${site.name}</h1>
<p>${m.app_tagline({}, { locale })}</p>
<div class="go"><a href="/login">${signIn}</a>${options.canRegister && html`<a href="/register">${register}</a>`}</div></section>
<section aria-labelledby="latest"><h2 id="latest">${m.page_latest({}, { locale })}</h2>
${articleList(options.items, locale, true)}
<p class="meta"><a href="/feed.xml">${feed}</a></p></section>
${options.tags.length > 0 && html`<section aria-labelledby="tags"><h2 id="tags">${words(locale).allTags}</h2>${tagList(options.tags.map(({ name }) => name))}</section>`}`,
  });
}

/** The public articles under a tag, newest first. */
export function tagPage(
  site: Site,
  locale: Locale,
  tag: string,
  list: { items: PublicArticleSummary[]; nextCursor: string | null; isFirst: boolean },
): string {
  const address = `/tag/${encodeURIComponent(tag)}`;
  const title = words(locale).tagged(tag);
  const next = list.nextCursor;
  return layout(site, {
    locale,
    title,
    ...(list.isFirst ? { canonical: `${site.url}${address}` } : {}),
    isHidden: !list.isFirst,
    head: html`<meta property="og:type" content="website">`,
    body: html`<h1>${title}</h1>
${articleList(list.items, locale, true)}
${next && html`<p><a rel="next" href="${address}?cursor=${encodeURIComponent(next)}">${words(locale).older}</a></p>`}`,
  });
}

/** Tags as links to their pages. */
export function tagList(tags: readonly string[], label?: string): Html {
  const items = tags.map(
    (tag) => html`<li><a rel="tag" href="/tag/${encodeURIComponent(tag)}">${tag}</a></li>`,
  );
  return html`<ul class="tags"${label && html` aria-label="${label}"`}>${items}</ul>`;
}
