import { schema } from '@ainotebook/db';
import { beforeAll, describe, expect, it } from 'vitest';
import { bearer, dataOf, type Person, useServer } from '../../test-support.js';

const server = useServer();
let author: Person;
let other: Person;

async function publish(
  user: Person,
  fields: { title: string; content?: string; tags?: string[] },
  settings: object = {},
): Promise<{ articleId: string; slug: string }> {
  const made = await server.mutate(
    'articles.create',
    { content: 'Words.', ...fields },
    bearer(user),
  );
  const { id: articleId } = dataOf(made) as { id: string };
  const live = await server.mutate(
    'publications.publish',
    { articleId, ...settings },
    bearer(user),
  );
  if (live.status !== 200) throw new Error(live.text);
  return { articleId, slug: (dataOf(live) as { slug: string }).slug };
}

const english = { 'accept-language': 'en' };

beforeAll(async () => {
  author = await server.register({}, { displayName: 'A & <B>' });
  other = await server.register();
  await publish(author, {
    title: 'Bread & <salt>',
    content: 'See [below](#end) and [a file](/api/files/1).\n\n`]]>` <b>\u0001 `<a href="/x">`',
    tags: ['Baking & more'],
  });
  await publish(other, { title: 'Of somebody else', tags: ['baking & MORE'] });
  await publish(author, { title: 'Unlisted', tags: ['hidden'] }, { visibility: 'unlisted' });
});

describe('feeds', () => {
  it('carry the public articles with their texts, safe inside XML', async () => {
    const { status, headers, text } = await server.page('/feed.xml', english);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/rss+xml; charset=utf-8');
    expect(text).toContain('<link>https://notes.test/p/of-somebody-else</link>');
    expect(text).toContain('<title><![CDATA[Bread & <salt>]]></title>');
    expect(text).toContain('href="https://notes.test/p/bread-salt#user-content-end"');
    expect(text).toContain('href="https://notes.test/api/files/1"');
    expect(text).toContain('&#x3C;a href="/x">');
    expect(text).toContain(']]]]><![CDATA[>');
    expect(text).not.toContain('\u0001');
    expect(text).not.toContain('unlisted');
  });

  it('are there as JSON and per author', async () => {
    const all = await server.page('/feed.json', english);
    expect(all.headers['content-type']).toBe('application/feed+json; charset=utf-8');
    const feed = all.json() as { version: string; items: { url: string; author: unknown }[] };
    expect(feed.version).toContain('jsonfeed.org/version/1');
    expect(feed.items.map(({ url }) => url)).toEqual([
      'https://notes.test/p/of-somebody-else',
      'https://notes.test/p/bread-salt',
    ]);
    const own = await server.page(`/u/${author.handle}/feed.json`, english);
    expect((own.json() as typeof feed).items.map(({ url }) => url)).toEqual([
      'https://notes.test/p/bread-salt',
    ]);
    expect((await server.page('/u/nobody-here/feed.xml')).status).toBe(404);
  });

  it('answer 304 until an article changes, and are named by the pages', async () => {
    const first = await server.page('/feed.xml', english);
    const headers = { ...english, 'if-none-match': String(first.headers.etag) };
    expect((await server.page('/feed.xml', headers)).status).toBe(304);
    const { text } = await server.page('/', english);
    expect(text).toContain('<link rel="alternate" type="application/rss+xml"');
    expect(text).toContain('href="/feed.json"');
  });
});

describe('a tag', () => {
  it('has a page of its articles, however it is written', async () => {
    const { status, text } = await server.page(
      `/tag/${encodeURIComponent('BAKING & more')}`,
      english,
    );
    expect(status).toBe(200);
    expect(text).toContain('href="/p/bread-salt"');
    expect(text).toContain('href="/p/of-somebody-else"');
  });

  it('of nothing public has none', async () => {
    expect((await server.page('/tag/hidden')).status).toBe(404);
    expect((await server.page('/tag/%00')).status).toBe(404);
    expect((await server.page(`/tag/${'x'.repeat(5000)}`)).status).toBe(404);
  });
});

describe('for search engines', () => {
  it('robots.txt leads to a sitemap of what is public', async () => {
    const robots = await server.page('/robots.txt');
    expect(robots.text).toContain('Sitemap: https://notes.test/sitemap.xml');
    const index = await server.page('/sitemap.xml');
    expect(index.headers['content-type']).toBe('application/xml; charset=utf-8');
    expect(index.text).toContain('<loc>https://notes.test/sitemap-1.xml</loc>');
    const part = await server.page('/sitemap-1.xml');
    expect(part.text).toContain('<loc>https://notes.test/p/bread-salt</loc><lastmod>20');
    expect(part.text).not.toContain('unlisted');
    for (const none of ['/sitemap-2.xml', '/sitemap-0.xml', '/sitemap-x.xml']) {
      expect((await server.page(none)).status).toBe(404);
    }
  });

  it('unlisted articles say noindex, also in a header', async () => {
    const { headers, text } = await server.page('/p/unlisted');
    expect(headers['x-robots-tag']).toBe('noindex');
    expect(text).toContain('<meta name="robots" content="noindex">');
  });

  it('translations name each other', async () => {
    const zh = await publish(author, { title: '面包', content: '水和盐。' });
    const en = await publish(author, { title: 'Loaf' }, { translationOf: zh.articleId });
    const { text } = await server.page(`/p/${en.slug}`, english);
    for (const [language, slug] of [
      ['en', en.slug],
      ['zh-CN', zh.slug],
    ]) {
      expect(text).toContain(
        `<link rel="alternate" hreflang="${language}" href="https://notes.test/p/${slug}">`,
      );
    }
    expect(text).toContain(`lang="zh-CN" href="/p/${zh.slug}">简体中文</a>`);
  });

  it('an article published elsewhere first names that address', async () => {
    const canonicalUrl = 'https://first.example/post';
    const { slug } = await publish(author, { title: 'Elsewhere' }, { canonicalUrl });
    const { text } = await server.page(`/p/${slug}`, english);
    expect(text).toContain(`<link rel="canonical" href="${canonicalUrl}">`);
    expect(text).toContain('>first.example</a>');
  });
});

describe('around an article', () => {
  it('stand the ones before and after it by the same author', async () => {
    const { text } = await server.page('/p/bread-salt', english);
    expect(text).toMatch(/<a rel="next" href="\/p\/[^"]+"><span>Next<\/span>/);
    expect(text).not.toContain('of-somebody-else');
  });

  it('stands its cover, without telling its host who reads', async () => {
    const coverUrl = 'https://pictures.example/a.png';
    const { slug } = await publish(author, { title: 'Covered' }, { coverUrl });
    const { text } = await server.page(`/p/${slug}`, english);
    expect(text).toContain(
      `<img class="cover" src="${coverUrl}" alt="" referrerpolicy="no-referrer">`,
    );
  });

  it('is a code for phones', async () => {
    const { headers, text } = await server.page('/p/bread-salt/qr.svg');
    expect(headers['content-type']).toContain('image/svg+xml');
    expect(text).toMatch(/^<svg/);
  });

  it('is a picture, once it is drawn, that goes when the article goes', async () => {
    const { articleId, slug } = await publish(author, { title: 'Drawn' });
    expect((await server.page(`/p/${slug}/og.png`)).status).toBe(404);
    const png = Buffer.from('not really a png');
    await server
      .database()
      .db.insert(schema.publicationImages)
      .values({ articleId, version: 'v1', png });
    const { text } = await server.page(`/p/${slug}`, english);
    expect(text).toContain(
      `<meta property="og:image" content="https://notes.test/p/${slug}/og.png?v=v1">`,
    );
    const image = await server.page(`/p/${slug}/og.png?v=v1`);
    expect(image).toMatchObject({ status: 200, text: 'not really a png' });
    expect(image.headers['cache-control']).toContain('immutable');
    const again = await server.page(`/p/${slug}/og.png`, { 'if-none-match': '"v1"' });
    expect(again.status).toBe(304);
    await server.mutate('publications.unpublish', { articleId }, bearer(author));
    expect((await server.page(`/p/${slug}/og.png?v=v1`)).status).toBe(404);
  });
});

describe('wiki links of a published article', () => {
  it('lead to what is public itself, and nowhere else', async () => {
    await publish(author, { title: 'Open target' });
    const draft = { title: 'Secret target', content: 'x' };
    await server.mutate('articles.create', draft, bearer(author));
    const content = '[[open target]] and [[Secret target]]';
    const { slug } = await publish(author, { title: 'Linking', content });
    await server.runJobs();
    const { text } = await server.page(`/p/${slug}`, english);
    expect(text).toContain('<a href="/p/open-target" class="wiki-link">open target</a>');
    expect(text).toContain('<span class="wiki-link-missing">Secret target</span>');
  });
});

describe('terms and privacy', () => {
  it('are pages once an administrator has written them', async () => {
    expect((await server.page('/terms')).status).toBe(404);
    const value = { terms: '## 一\n\n<script>alert(1)</script>', privacy: '' };
    await server.database().db.insert(schema.siteSettings).values({ key: 'site', value });
    const { status, headers, text } = await server.page('/terms', english);
    expect(status).toBe(200);
    expect(text).toContain('<h1>Terms</h1>');
    expect(text).not.toContain('<script>alert');
    const again = { ...english, 'if-none-match': String(headers.etag) };
    expect((await server.page('/terms', again)).status).toBe(304);
    expect((await server.page('/privacy')).status).toBe(404);
  });
});
