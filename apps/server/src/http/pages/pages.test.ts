import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { BROWSER, bearer, dataOf, type Person, useServer } from '../../test-support.js';
import { cspHash } from '../security-headers.js';

const HOSTILE = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '[a](javascript:alert(1)) [b](JaVa\tscript:alert(1)) [c](data:text/html,<script>alert(1)</script>)',
  '![x](javascript:alert(1))',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '</div></article></main><style>@import "//evil.example"</style>',
  '</script><script>alert(1)</script>',
].join('\n\n');

describe('public pages', () => {
  const server = useServer();
  const other = useServer();

  async function publish(
    author: Person,
    fields: { title: string; content: string; slug?: string; tags?: string[]; visibility?: string },
  ): Promise<{ id: string; slug: string }> {
    const { title, content, tags = [], ...publication } = fields;
    const made = await server.mutate('articles.create', { title, content, tags }, bearer(author));
    const { id } = dataOf(made) as { id: string };
    const live = await server.mutate(
      'publications.publish',
      { articleId: id, ...publication },
      bearer(author),
    );
    if (live.status !== 200) throw new Error(live.text);
    return { id, slug: (dataOf(live) as { slug: string }).slug };
  }

  const viewsOf = async (author: Person, articleId: string) => {
    // Counted after the answer.
    await sleep(150);
    const answer = await server.query('articles.get', { id: articleId }, bearer(author));
    return (dataOf(answer) as { views: number }).views;
  };

  it('has feeds whatever one author links to', async () => {
    const author = await server.register();
    const content = '[a](//%) ![b](//[) [c](/p/%) [d](#%) [e](//a:b) [f](https://%) [g](/kept)';
    await publish(author, { title: 'no addresses', content });
    for (const path of ['/feed.xml', '/feed.json', `/u/${author.handle}/feed.xml`]) {
      const { status, text } = await server.page(path);
      expect([path, status]).toEqual([path, 200]);
      expect(text).toMatch(/https:\/\/[^/]+\/kept/);
    }
  });

  it('says of a text of an AI what it is, to readers, crawlers and feeds, where its author lets it', async () => {
    const author = await server.register();
    const { id, slug } = await publish(author, { title: '茶', content: '水温不要太高。' });
    const { handle } = author;
    const declare = async (declared: 'partly' | 'mostly', hasAiLabel: boolean) => {
      await server.mutate('provenance.declare', { articleId: id, declared }, bearer(author));
      const again = { articleId: id, hasAiLabel };
      await server.mutate('publications.publish', again, bearer(author));
    };
    const seen = async () => {
      const [page, feed] = [
        await server.page(`/p/${slug}`),
        await server.page(`/u/${handle}/feed.xml`),
      ];
      return page.text + feed.text;
    };
    const marks = /由 AI 生成|digital-?source-?type/i;
    expect(await seen()).not.toMatch(marks);
    await declare('partly', true);
    const { text } = await server.page(`/p/${slug}`, { 'accept-language': 'en' });
    // In the language of the text.
    expect(text).toContain('<p class="ai" lang="zh-CN">本文部分内容由 AI 生成</p>');
    expect(text).toContain(
      '<meta name="digital-source-type" content="http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia">',
    );
    expect(text).toContain(
      '"digitalSourceType":"https://schema.org/CompositeWithTrainedAlgorithmicMediaDigitalSource"',
    );
    expect((await server.page(`/u/${handle}/feed.xml`)).text).toContain('本文部分内容由 AI 生成');
    await declare('mostly', true);
    expect(await seen()).toContain('本文大部分内容由 AI 生成');
    expect(await seen()).toContain('"https://schema.org/TrainedAlgorithmicMediaDigitalSource"');
    await declare('mostly', false);
    expect(await seen()).not.toMatch(marks);
  });

  it('shows a published article with everything a reader and a crawler need', async () => {
    const author = await server.register({}, { displayName: '读书人' });
    const { slug } = await publish(author, {
      title: '六大茶类 & 冲泡',
      content: `## 绿茶\n\n${'水温不要太高。'.repeat(60)}\n\n## 红茶\n\n全发酵。\n\n### 祁门\n\n| a | b |\n|---|---|\n| 1 | 2 |`,
      tags: ['茶', '"引号"'],
      slug: 'liu-da-cha-lei',
    });
    const { status, headers, text } = await server.page(`/p/${slug}`, {
      'accept-language': 'zh-CN,zh;q=0.9',
    });
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(text).toContain('<html lang="zh-CN">');
    expect(text).toContain('<h1 lang="zh-CN">六大茶类 &amp; 冲泡</h1>');
    expect(text).toContain('<title>六大茶类 &amp; 冲泡 · AI-NoteBook</title>');
    expect(text).toContain('<link rel="canonical" href="https://notes.test/p/liu-da-cha-lei">');
    expect(text).toContain('<meta property="og:title" content="六大茶类 &amp; 冲泡">');
    expect(text).toContain('<meta property="og:type" content="article">');
    expect(text).toContain(`<a rel="author" href="/u/${author.handle}">读书人</a>`);
    expect(text).toContain('约 1 分钟读完');
    expect(text).toMatch(/<nav class="toc"[\s\S]*绿茶[\s\S]*红茶[\s\S]*祁门[\s\S]*<\/nav>/);
    expect(text).toContain('>&quot;引号&quot;</a></li>');
    expect(text).toContain('<table>');
    const ld = JSON.parse(
      /<script type="application\/ld\+json">(.*?)<\/script>/.exec(text)?.[1] ?? '',
    );
    expect(ld['@graph'][0]).toMatchObject({
      '@type': 'Article',
      headline: '六大茶类 & 冲泡',
      inLanguage: 'zh-CN',
    });
    // Ids of private things never reach the world.
    expect(text).not.toContain(author.id);
    expect(text).not.toContain(author.email);
  });

  it('speaks the language of the reader', async () => {
    const author = await server.register();
    const { slug } = await publish(author, {
      title: 'Plain bread',
      content: 'Flour, water, salt.',
    });
    const english = await server.page(`/p/${slug}`, { 'accept-language': 'en-GB,en;q=0.8' });
    expect(english.text).toContain('<html lang="en">');
    expect(english.text).toContain('1 min read');
    expect(english.text).not.toContain('class="toc"');
    const chosen = await server.page(`/p/${slug}`, {
      'accept-language': 'en',
      cookie: 'locale=zh-CN',
    });
    expect(chosen.text).toContain('<html lang="zh-CN">');
    expect(chosen.text).toContain('<div class="prose" lang="en">');
  });

  it('keeps hostile texts inert wherever they stand', async () => {
    const author = await server.register({}, { displayName: '"><script>alert(1)</script>' });
    const { slug } = await publish(author, {
      title: '</title><script>alert(1)</script>"onload="alert(1)',
      content: HOSTILE,
      tags: ['<b onclick=alert(1)>'],
    });
    for (const target of [`/p/${slug}`, `/u/${author.handle}`, '/']) {
      const { text, headers } = await server.page(target);
      const scripts = [...text.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((match) => match[1]);
      expect(scripts).toHaveLength(1);
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain(`script-src ${cspHash(scripts[0] ?? '')};`);
      expect(text.match(/<script/g)).toHaveLength(target.startsWith('/p/') ? 2 : 1);
      expect(text).not.toMatch(/<(img|svg|iframe|noscript|b)[^>]* on\w+=/i);
      expect(text).not.toMatch(/(href|src)="(javascript|data:text)/i);
      expect(text.match(/<style/g)).toHaveLength(1);
      expect(text.match(/<\/title>/g)).toHaveLength(1);
    }
  });

  it('answers 304 to who has the page, until it changes', async () => {
    const author = await server.register();
    const { id, slug } = await publish(author, { title: 'Changing', content: 'first' });
    const first = await server.page(`/p/${slug}`);
    const etag = String(first.headers.etag);
    expect(first.headers['cache-control']).toBe('public, no-cache');
    const again = await server.page(`/p/${slug}`, { 'if-none-match': etag });
    expect(again.status).toBe(304);
    expect(again.text).toBe('');
    await server.mutate(
      'articles.save',
      { id, data: { title: 'Changing', content: 'second' }, baseRevision: 1 },
      bearer(author),
    );
    expect((await server.page(`/p/${slug}`, { 'if-none-match': etag })).status).toBe(304);
    await server.mutate('publications.publish', { articleId: id }, bearer(author));
    const changed = await server.page(`/p/${slug}`, { 'if-none-match': etag });
    expect(changed.status).toBe(200);
    expect(changed.text).toContain('second');
  });

  it('leads a former address to the new one', async () => {
    const author = await server.register();
    const { id } = await publish(author, { title: 'x', content: 'x', slug: '旧地址' });
    await server.mutate('publications.publish', { articleId: id, slug: '新地址' }, bearer(author));
    const answer = await server.page(`/p/${encodeURIComponent('旧地址')}`);
    expect(answer.status).toBe(301);
    expect(answer.headers.location).toBe(`/p/${encodeURIComponent('新地址')}`);
  });

  it('says 410 for what was withdrawn', async () => {
    const author = await server.register();
    const { id, slug } = await publish(author, { title: 'Gone', content: 'secret text' });
    await server.mutate('publications.unpublish', { articleId: id }, bearer(author));
    const answer = await server.page(`/p/${slug}`, { 'accept-language': 'en' });
    expect(answer.status).toBe(410);
    expect(answer.text).toContain(`href="/u/${author.handle}"`);
    expect(answer.text).not.toContain('secret text');
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('shows one page for what is private and for what never was', async () => {
    const author = await server.register();
    const made = await server.mutate(
      'articles.create',
      { title: 'private thing', content: 'x' },
      bearer(author),
    );
    const { id } = dataOf(made) as { id: string };
    const withoutId = (text: string) => text.replaceAll(/[0-9a-f-]{36}/g, '');
    const hidden = await server.page('/p/private-thing');
    const missing = await server.page('/p/never-was');
    const byId = await server.page(`/p/${id}`);
    expect([hidden.status, missing.status, byId.status]).toEqual([404, 404, 404]);
    expect(withoutId(hidden.text)).toBe(withoutId(missing.text));
    expect(withoutId(byId.text)).toBe(withoutId(missing.text));
  });

  it('keeps unlisted articles out of lists and search engines', async () => {
    const author = await server.register();
    const { slug } = await publish(author, {
      title: 'By link only',
      content: 'x',
      visibility: 'unlisted',
    });
    const page = await server.page(`/p/${slug}`);
    expect(page.status).toBe(200);
    expect(page.text).toContain('<meta name="robots" content="noindex">');
    expect((await server.page(`/u/${author.handle}`)).text).not.toContain('By link only');
    expect((await server.page('/')).text).not.toContain('By link only');
  });

  it('carry the name and the filing number an administrator gave the site', async () => {
    const value = { siteName: '山居笔记', icpNumber: '京ICP备00000000号' };
    const { pool } = other.database();
    await pool.query("insert into site_settings (key, value) values ('site', $1)", [value]);
    const { text } = await other.page('/');
    expect(text).toContain('<title>山居笔记</title>');
    expect(text).toContain(
      '<a href="https://beian.miit.gov.cn/" rel="noopener">京ICP备00000000号</a>',
    );
    expect((await other.page('/p/none')).text).toContain('京ICP备00000000号');
  });

  it('pages through the articles of an author by link', async () => {
    const author = await server.register();
    for (let i = 1; i <= 21; i++) await publish(author, { title: `No ${i}.`, content: 'x' });
    const first = await server.page(`/u/${author.handle}`);
    expect(first.text).toContain('No 21.');
    expect(first.text).not.toContain('>No 1.<');
    const next =
      /<a rel="next" href="([^"]+)"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const second = await server.page(next);
    expect(second.text).toContain('>No 1.<');
    expect(second.text).not.toContain('rel="next"');
    expect((await server.page(`/u/${author.handle}?cursor=forged`)).status).toBe(400);
  });

  it('shows visitors the newest articles at /, and the web app to who has a session', async () => {
    const author = await server.register();
    await publish(author, { title: 'Newest of all', content: 'x' });
    const landing = await server.page('/', { 'accept-language': 'en' });
    expect(landing.status).toBe(200);
    expect(landing.text).toContain('Newest of all');
    expect(landing.text).toContain('href="/login"');
    expect(landing.text).toContain('href="/register"');
    const app = await server.page('/', { cookie: author.cookie });
    expect(app.text).toContain('has not been built');
  });

  it('counts a reader once a day, and neither programs, prefetches nor the author', async () => {
    const author = await server.register();
    const reader = await server.register();
    const { id, slug } = await publish(author, { title: 'Counted', content: 'x' });
    await server.page(`/p/${slug}`);
    await server.page(`/p/${slug}`);
    expect(await viewsOf(author, id)).toBe(1);
    await server.page(`/p/${slug}`, { 'user-agent': 'Googlebot/2.1' });
    await server.page(`/p/${slug}`, { 'user-agent': 'curl/8.0' });
    await server.page(`/p/${slug}`, { 'user-agent': '' });
    await server.page(`/p/${slug}`, { 'user-agent': `${BROWSER} 2`, 'sec-purpose': 'prefetch' });
    await server.send({
      path: `/p/${slug}`,
      method: 'HEAD',
      headers: { 'user-agent': `${BROWSER} 3` },
    });
    await server.page(`/p/${slug}`, { cookie: author.cookie, 'user-agent': `${BROWSER} 4` });
    expect(await viewsOf(author, id)).toBe(1);
    await server.page(`/p/${slug}`, { cookie: reader.cookie });
    await server.page(`/p/${slug}`, { cookie: reader.cookie, 'user-agent': `${BROWSER} 5` });
    expect(await viewsOf(author, id)).toBe(2);
    expect((await server.page(`/p/${slug}`, { 'accept-language': 'en' })).text).toContain(
      '2 views',
    );
  });

  it('never fails a reader because a view could not be counted', async () => {
    const author = await server.register();
    const { slug } = await publish(author, { title: 'Still readable', content: 'x' });
    await server.database().pool.query('alter table view_day rename to view_day_away');
    const answer = await server.page(`/p/${slug}`, { 'user-agent': `${BROWSER} 6` });
    await sleep(150);
    await server.database().pool.query('alter table view_day_away rename to view_day');
    expect(answer.status).toBe(200);
    const warning = server.log.lines.find((line) => line.message === 'A view could not be counted');
    expect(warning?.level).toBe('warn');
  });
});
