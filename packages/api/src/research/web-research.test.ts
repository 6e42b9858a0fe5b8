import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createWebSearch } from '@ainotebook/ai';
import { createEgress } from '@ainotebook/egress';
import { type SearchStandIn, startSearchEngines } from '@ainotebook/testkit';
import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from '../auth/test-client.js';
import { readOn } from '../conversations/test-support.js';
import { useApi } from '../test-support.js';
import { callsOf, monthRow } from '../usage/test-support.js';
import { bestPassages } from './best-passages.js';
import { createWebResearch, type WebResearch } from './web-research.js';

const KEY = 'key-of-the-engine';
const TEA = '岩茶要用沸水，水温低了，岩骨花香出不来。';
const visits: string[] = [];
let site: http.Server;
let engines: SearchStandIn;
let research: WebResearch;
const t = useApi({
  prices: new Map([['bocha', { input: 0, cached: 0, output: 0, call: 36_000 }]]),
  config: { hasWebSearch: true },
  research: { find: (...asked) => research.find(...asked) },
});

const somebody = async () => ({
  userId: (await t.user()).id,
  signal: new AbortController().signal,
});

beforeAll(async () => {
  site = http.createServer((req, res) => {
    visits.push(req.url ?? '');
    res.setHeader('content-type', 'text/html; charset=utf-8');
    // A page of the web may hold what no database takes.
    res.end(req.url === '/tea' ? TEA : '天气很好，\0与茶无关。');
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const { port } = site.address() as AddressInfo;
  const page = (name: string) => ({
    title: name,
    url: `http://${name}.example.org:${port}/${name}`,
    snippet: '摘要',
  });
  engines = await startSearchEngines({ apiKey: KEY, pages: [page('weather'), page('tea')] });
  research = createWebResearch({
    ledger: t.services().ledger,
    search: createWebSearch({ provider: 'bocha', apiKey: KEY, baseUrl: `${engines.url}/bocha` }),
    egress: createEgress({
      resolve: async () => ['127.0.0.1'],
      ports: [port],
      privateHosts: ['tea.example.org', 'weather.example.org'].map((host) => `${host}:${port}`),
    }),
    readHtml: async ({ bytes }) => new TextDecoder().decode(bytes),
  });
});
beforeEach(() => {
  visits.length = 0;
  engines.requests.length = 0;
});
afterAll(async () => {
  site.close();
  await engines.stop();
});

describe('looking a question up in the web', () => {
  it('reads the pages that are found, and puts first what says most of it', async () => {
    const found = await research.find('岩茶用什么水？', await somebody());
    expect(found).toMatchObject({ engine: 'bocha', found: 2, read: 2 });
    expect(found.passages[0]).toMatchObject({ number: 1, title: 'tea', quote: TEA });
    expect(found.passages[0]?.fetchedAt).toBeInstanceOf(Date);
    expect(visits.sort()).toEqual(['/tea', '/weather']);
  });

  it('costs what a call of its engine costs, whoever asks', async () => {
    const [asking, other] = [await somebody(), await somebody()];
    await research.find('绿茶要多少度的水？', asking);
    expect(await callsOf(t, asking.userId)).toMatchObject([
      { feature: 'web_search', provider: 'bocha', model: 'bocha', costMicroYuan: 36_000 },
    ]);
    expect((await monthRow(t, asking.userId)).microYuan).toBe(36_000);
    expect(await callsOf(t, other.userId)).toEqual([]);
  });

  it('asks for the same again once in ten minutes', async () => {
    const first = await research.find('普洱  怎么存？', await somebody());
    expect(await research.find('普洱 怎么存？', await somebody())).toEqual(first);
    expect(engines.requests).toHaveLength(1);
  });

  it('takes at most three passages of one page, and the beginning of one that says nothing of it', () => {
    const long = Array.from({ length: 9 }, (_, i) => `## ${i}\n\n${TEA.repeat(40)}`).join('\n\n');
    const page = { snippet: '', publishedAt: null, isRead: true, fetchedAt: new Date() };
    const passages = bestPassages(
      '岩茶 沸水',
      [
        { ...page, title: 'a', url: 'https://a.example/', text: long },
        { ...page, title: 'b', url: 'https://b.example/', text: 'Nothing of it.' },
        { ...page, title: 'c', url: 'https://c.example/', text: '' },
      ],
      8,
    );
    expect(passages.map(({ title }) => title)).toEqual(['a', 'a', 'a', 'b']);
  });
});

describe('a conversation with the web', () => {
  it('cites pages by their addresses, and nothing of anybody’s notes', async () => {
    const user = await t.user();
    await user.api.articles.create({ title: '密', content: '岩茶的沸水密码是一九八四。' });
    const { id } = await user.api.conversations.create({ scope: { kind: 'web' } });
    const asked = { conversationId: id, id: v7(), parentId: null, content: '岩茶用什么水泡？' };
    const sent = await user.api.messages.send(asked);
    const { answer } = await readOn(user, sent.answer.id);
    expect(answer.receipt).toMatchObject({
      retrieval: null,
      web: { engine: 'bocha', found: 2, read: 2 },
    });
    expect(answer.citations[0]).toMatchObject({
      articleId: null,
      url: expect.stringContaining('tea.example.org'),
      state: 'unchanged',
      quote: TEA,
    });
    expect(JSON.stringify(answer)).not.toContain('一九八四');
    const other = await t.user();
    expect(await codeOf(other.api.conversations.get({ id }))).toBe('not_found');
  });

  it('says why when the engine does not answer', async () => {
    const user = await t.user();
    const { id } = await user.api.conversations.create({ scope: { kind: 'web' } });
    const working = research;
    research = createWebResearch({
      ledger: t.services().ledger,
      search: createWebSearch({ provider: 'bocha', apiKey: 'x', baseUrl: `${engines.url}/bocha` }),
      egress: createEgress(),
      readHtml: async () => '',
    });
    const asked = { conversationId: id, id: v7(), parentId: null, content: '今天有什么新闻？' };
    const sent = await user.api.messages.send(asked);
    const { answer } = await readOn(user, sent.answer.id);
    research = working;
    expect(answer).toMatchObject({ status: 'failed', failure: 'bad_key' });
  });
});
