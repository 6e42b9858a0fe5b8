import type { Locale } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { cspHash, pagePolicy } from '../security-headers.js';
import { Html, html, type Part, trusted } from './html.js';
import { PAGE_SCRIPT, PAGE_STYLE } from './style.js';
import { words } from './words.js';

/** Of the site, the same on every page. */
export interface Site {
  name: string;
  /** Origin of every link. */
  url: string;
  /** ICP filing number; empty when there is none. */
  icpNumber: string;
  /** Whether there is something at `/terms`, at `/privacy`. */
  hasTerms: boolean;
  hasPrivacy: boolean;
}

/** A feed that belongs to a page. */
export interface FeedLink {
  title: string;
  /** Of the RSS feed; the JSON feed is beside it. */
  path: string;
}

export interface Page {
  locale: Locale;
  title: string;
  description?: string;
  /** Absolute; also og:url. */
  canonical?: string;
  /** The same text in other languages, itself among them; absolute. */
  alternates?: { locale: Locale; url: string }[];
  feed?: FeedLink;
  /** Kept out of search engines: errors, unlisted articles, empty lists. */
  isHidden?: boolean;
  /** More for the head: og:*, JSON-LD. */
  head?: Part;
  body: Part;
}

/** Hashes instead of a nonce: the bytes are the same for every reader. */
const HASHES = { style: cspHash(PAGE_STYLE), script: cspHash(PAGE_SCRIPT) };
export const PAGE_POLICY = pagePolicy(HASHES);
/** For a page with a form. */
export const FORM_POLICY = pagePolicy({ ...HASHES, form: true });

/** A whole page. */
export function layout(site: Site, page: Page): string {
  const { locale } = page;
  const to = { locale };
  const title = page.title === site.name ? site.name : `${page.title} · ${site.name}`;
  const document: Html = html`<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
${page.description && html`<meta name="description" content="${page.description}">`}
${page.canonical && html`<link rel="canonical" href="${page.canonical}">`}
${page.isHidden && html`<meta name="robots" content="noindex">`}
${page.alternates?.map(({ locale: of, url }) => html`<link rel="alternate" hreflang="${of}" href="${url}">`)}
${page.feed && feedLinks(page.feed)}
<meta property="og:site_name" content="${site.name}">
<meta property="og:title" content="${page.title}">
<meta property="og:locale" content="${locale.replace('-', '_')}">
${page.description && html`<meta property="og:description" content="${page.description}">`}
${page.canonical && html`<meta property="og:url" content="${page.canonical}">`}
${page.head}
<script>${trusted(PAGE_SCRIPT)}</script>
<style>${trusted(PAGE_STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">${m.page_skip_to_content({}, to)}</a>
<header class="bar"><a href="/">${site.name}</a><button type="button" id="theme" hidden>${m.page_theme_toggle({}, to)}</button></header>
<main id="main">
${page.body}
</main>
${footer(site, locale)}
</body>
</html>
`;
  return document.text;
}

function feedLinks({ title, path }: FeedLink): Html {
  const json = path.replace(/xml$/, 'json');
  return html`<link rel="alternate" type="application/rss+xml" title="${title}" href="${path}">
<link rel="alternate" type="application/feed+json" title="${title}" href="${json}">`;
}

function footer(site: Site, locale: Locale): Html {
  const { terms, privacy } = words(locale);
  const links = [
    site.hasTerms && html`<a href="/terms">${terms}</a>`,
    site.hasPrivacy && html`<a href="/privacy">${privacy}</a>`,
    site.icpNumber &&
      html`<a href="https://beian.miit.gov.cn/" rel="noopener">${site.icpNumber}</a>`,
  ].filter((link) => link instanceof Html);
  return html`<footer class="foot">${m.page_powered_by({ app: site.name }, { locale })}${links.map((link) => html` · ${link}`)}</footer>`;
}
