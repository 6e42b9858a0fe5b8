import type { PublicArticleSummary } from '@ainotebook/api';
import type { Locale } from '@ainotebook/contract';
import { Feed } from 'feed';
import { aiNotice } from '../ai-notice.js';
import { html } from './html.js';
import type { Site } from './layout.js';
import { words } from './words.js';
import { xmlText } from './xml.js';

/** An article of a feed with what everybody may read of it, as HTML. */
export interface FeedArticle extends PublicArticleSummary {
  html: string;
}

export interface FeedSource {
  title: string;
  description: string;
  locale: Locale;
  /** Path of the page the feed belongs to. */
  page: string;
  /** Path of the RSS feed; the JSON feed is beside it. */
  path: string;
  articles: FeedArticle[];
}

/** A feed as RSS 2.0 (`xml`) or JSON Feed 1.1 (`json`). */
export function writeFeed(site: Site, source: FeedSource, format: 'xml' | 'json'): string {
  const feed = new Feed({
    id: `${site.url}${source.page}`,
    link: `${site.url}${source.page}`,
    title: xmlText(source.title),
    description: xmlText(source.description),
    language: source.locale,
    generator: false,
    ...(source.articles[0] ? { updated: newest(source.articles) } : {}),
    feedLinks: {
      rss: `${site.url}${source.path}`,
      json: `${site.url}${source.path.replace(/xml$/, 'json')}`,
    },
  });
  for (const article of source.articles) {
    const link = `${site.url}/p/${encodeURIComponent(article.slug)}`;
    feed.addItem({
      id: link,
      link,
      title: xmlText(article.title),
      description: xmlText(article.excerpt),
      content: xmlText(
        aiNote(article) +
          withAbsoluteAddresses(article.html, link) +
          invitation(source, article, link),
      ),
      published: article.publishedAt,
      date: article.updatedAt,
      author: [
        {
          name: xmlText(article.author.displayName),
          link: `${site.url}/u/${article.author.handle}`,
        },
      ],
      category: article.tags.map((tag) => ({ name: xmlText(tag) })),
    });
  }
  return format === 'json' ? feed.json1() : feed.rss2();
}

/** The text is read away from here, and so takes it along. */
function aiNote({ ai, language }: FeedArticle): string {
  const notice = aiNotice(ai, language);
  return notice ? html`<p><em>${notice.words}</em></p>`.text : '';
}

/** Where the rest is read, of an article that is not for everybody. */
function invitation({ locale }: FeedSource, article: FeedArticle, link: string): string {
  if (!article.isMembersOnly) return '';
  return html`<p><a href="${link}">${words(locale).readOn}</a></p>`.text;
}

function newest(articles: FeedArticle[]): Date {
  return new Date(Math.max(...articles.map(({ updatedAt }) => updatedAt.getTime())));
}

/**
 * A reader shows the text away from here: `#note` and `/file` lead to the article's own address.
 * Only links and images of rendered Markdown have addresses; `<` inside texts is escaped there.
 */
function withAbsoluteAddresses(html: string, base: string): string {
  return html.replace(/<(?:a|img) [^>]*>/g, (tag) =>
    tag.replace(/( (?:href|src)=")([#/][^"]*)/, (whole, start: string, address: string) =>
      // `//%` is an address to Markdown and to nobody else.
      URL.canParse(address, base) ? `${start}${new URL(address, base).href}` : whole,
    ),
  );
}
