import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEgress, type Egress } from '@ainotebook/egress';
import { type SearchStandIn, startSearchEngines } from '@ainotebook/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AiError, type AiFailure } from '../ai-error.js';
import { everythingIn, failureOf, KEY } from '../test-support.js';
import type { EngineName } from './engines.js';
import { type ReadHtml, readPages } from './pages.js';
import { plainText, tidyResults } from './results.js';
import { createWebSearch } from './web-search.js';

const ENGINES: EngineName[] = ['bocha', 'tavily', 'serper', 'brave', 'searxng'];
const PAGES = [
  {
    title: '岩茶的<strong>冲泡</strong>',
    url: 'https://www.example.org/tea/?utm_source=x',
    snippet: '水要沸&amp;<b>快</b>',
  },
  { title: '同一页', url: 'http://example.org/tea#top', snippet: '再来一次' },
  { title: '脚本', url: 'javascript:alert(1)', snippet: '' },
  { title: '', url: 'https://example.com/b?id=2', snippet: '' },
];

let server: SearchStandIn;
beforeAll(async () => {
  server = await startSearchEngines({ apiKey: KEY, pages: PAGES });
});
beforeEach(() => {
  server.requests.length = 0;
});
afterAll(() => server.stop());

const search = (provider: EngineName, apiKey: string = KEY) =>
  createWebSearch({ provider, apiKey, baseUrl: `${server.url}/${provider}`, timeoutMs: 300 });

describe.each(ENGINES)('%s', (provider) => {
  it('finds pages of the web, each once, in plain text', async () => {
    expect(await search(provider).search('武夷岩茶怎么泡', { since: 'week' })).toEqual([
      {
        title: '岩茶的冲泡',
        url: 'https://www.example.org/tea/?utm_source=x',
        snippet: '水要沸&快',
        publishedAt: null,
      },
      {
        title: 'example.com',
        url: 'https://example.com/b?id=2',
        snippet: '',
        publishedAt: null,
      },
    ]);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({ query: '武夷岩茶怎么泡' });
  });

  it.each<[string, AiFailure]>([
    ['429', 'rate_limited'],
    ['500', 'unavailable'],
    ['hang', 'timeout'],
    ['html', 'bad_answer'],
  ])('that fails with %s fails as %s', async (fault, kind) => {
    const error = await failureOf(search(provider).search(fault));
    expect(error).toBeInstanceOf(AiError);
    expect(error).toMatchObject({ kind, provider });
    expect(everythingIn(error)).not.toContain(KEY);
  });

  it('is left by a caller who leaves', async () => {
    const signal = AbortSignal.timeout(50);
    expect(await failureOf(search(provider).search('hang', { signal }))).toMatchObject({
      kind: 'aborted',
    });
  });
});

describe.each(ENGINES.filter((name) => name !== 'searxng'))('%s', (provider) => {
  it('says that the key is wrong, and that nothing is left to pay with', async () => {
    expect(await failureOf(search(provider, 'wrong').search('茶'))).toMatchObject({
      kind: 'bad_key',
      provider,
    });
    expect(await failureOf(search(provider).search('credit'))).toMatchObject({
      kind: 'no_credit',
      provider,
    });
  });
});

describe('a search engine', () => {
  it('is told how old a page may be, in its own words', async () => {
    const told = async (provider: EngineName) => {
      await search(provider).search('tea', { since: 'month' });
      return server.requests.at(-1)?.parameters;
    };
    expect(await told('bocha')).toMatchObject({ freshness: 'oneMonth', count: 8, summary: true });
    expect(await told('tavily')).toMatchObject({ time_range: 'month', max_results: 8 });
    expect(await told('serper')).toMatchObject({ tbs: 'qdr:m', num: 8, hl: 'en' });
    expect(await told('brave')).toMatchObject({ freshness: 'pm', count: '8', search_lang: 'en' });
    expect(await told('searxng')).toMatchObject({ time_range: 'month', language: 'en' });
  });

  it('of one’s own that answers no JSON says which setting to change', async () => {
    expect(await failureOf(search('searxng').search('forbidden'))).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('search.formats'),
    });
  });

  it('may show anything, of which only plain text is taken', () => {
    expect(plainText('a&#60;b&#x3e;&nbsp;&unknown;<img src=x onerror=y>c', 100)).toBe(
      'a<b> &unknown;c',
    );
    expect(plainText({ no: 'text' }, 100)).toBe('');
    const address = `https://example.org/${'x'.repeat(3_000)}`;
    expect(tidyResults([{ title: 't', url: address, snippet: '' }], 8)).toEqual([]);
    expect(tidyResults([{ title: 't', url: 'https://u:p@example.org', snippet: '' }], 8)).toEqual(
      [],
    );
  });
});

describe('pages that were found', () => {
  let web: http.Server;
  let egress: Egress;
  let origin: string;
  beforeAll(async () => {
    web = http.createServer((request, response) => {
      if (request.url === '/hang') return;
      if (request.url === '/gone') return void response.writeHead(404).end('no');
      const isPlain = request.url === '/plain';
      response.setHeader('content-type', isPlain ? 'text/plain; charset=gb18030' : 'text/html');
      response.end(isPlain ? Buffer.from([0xc4, 0xe3, 0xba, 0xc3]) : '<p>article</p>');
    });
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    const { port } = web.address() as AddressInfo;
    origin = `http://web.test:${port}`;
    egress = createEgress({
      privateHosts: [`web.test:${port}`],
      resolve: async () => ['127.0.0.1'],
    });
  });
  afterAll(async () => {
    await egress.close();
    web.closeAllConnections();
    web.close();
  });

  const found = (path: string, base = origin) => ({
    title: path,
    url: base + path,
    snippet: 'what the engine showed',
    publishedAt: null,
  });
  const readHtml: ReadHtml = async ({ bytes }) =>
    Buffer.from(bytes).toString().replace(/<.*?>/g, '');

  it('are read where they can be, and keep what was shown where not', async () => {
    const inside = `http://127.0.0.1:${new URL(origin).port}`;
    const results = [
      found('/a'),
      found('/plain'),
      found('/gone'),
      found('/hang'),
      found('/a', inside),
    ];
    const pages = await readPages(results, { egress, readHtml, timeoutMs: 1_500 });
    expect(pages.map(({ text, isRead }) => [text, isRead])).toEqual([
      ['article', true],
      ['你好', true],
      ['what the engine showed', false],
      ['what the engine showed', false],
      ['what the engine showed', false],
    ]);
  });

  it('hold nothing that no database takes: neither NUL nor half a character', async () => {
    const odd: ReadHtml = async () => '茶\0水😀';
    const [page] = await readPages([found('/a')], { egress, readHtml: odd, maxLength: 4 });
    expect(page).toMatchObject({ text: '茶水\ufffd', isRead: true });
    const raw = { title: '题\0目&#xD83D;', url: 'https://example.org/', snippet: '\ud83d话' };
    expect(tidyResults([raw], 8)).toMatchObject([{ title: '题目\ufffd', snippet: '\ufffd话' }]);
  });

  it('are cut, and a page that breaks its reader is not read', async () => {
    const broken: ReadHtml = () => Promise.reject(new Error('too deep'));
    const [page] = await readPages([found('/a')], { egress, readHtml: broken, maxLength: 8 });
    expect(page).toMatchObject({ text: 'what the', isRead: false });
  });

  it('are no longer read for a caller who has left', async () => {
    const reason = new Error('left');
    const options = { egress, readHtml, signal: AbortSignal.abort(reason) };
    expect(await failureOf(readPages([found('/a')], options))).toBe(reason);
  });
});
