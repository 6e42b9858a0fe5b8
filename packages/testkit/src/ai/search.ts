import type { IncomingMessage, ServerResponse } from 'node:http';
import { listenOnLoopback, readBody } from '../payments/http.js';

/** What a search stand-in finds; each engine gets it in its own shape. */
export interface FoundPage {
  title: string;
  url: string;
  /** May hold HTML, as Brave's do. */
  snippet: string;
}

/** One request that had the right key, address and shape. */
export interface SearchRequest {
  path: string;
  query: string;
  /** Of the body, or of the address. */
  parameters: Record<string, unknown>;
}

/** Stands for five search engines, each under its name: `<url>/bocha`. */
export interface SearchStandIn {
  url: string;
  requests: SearchRequest[];
  stop(): Promise<void>;
}

const BAD = { error: { code: 'BadRequest', message: 'not what this engine is asked with' } };

interface Call {
  req: IncomingMessage;
  address: URL;
  body: Record<string, unknown>;
  apiKey: string;
}

interface Engine {
  method: 'GET' | 'POST';
  path: string;
  query(call: Call): unknown;
  hasKey(call: Call): boolean;
  /** What a wrong key is answered with. */
  badKey: [status: number, body: unknown];
  noCredit: [status: number, body: unknown];
  answer(pages: readonly FoundPage[]): unknown;
}

const hasBearer = ({ req, apiKey }: Call) => req.headers.authorization === `Bearer ${apiKey}`;

const ENGINES: Record<string, Engine> = {
  bocha: {
    method: 'POST',
    path: '/v1/web-search',
    query: ({ body }) => body.query,
    hasKey: hasBearer,
    badKey: [401, { code: '401', message: 'Invalid API KEY', log_id: 'log-1' }],
    // A success by its status, a refusal by its code.
    noCredit: [200, { code: 403, message: 'You do not have enough money', log_id: 'log-1' }],
    answer: (pages) => ({
      code: 200,
      log_id: 'log-1',
      data: {
        webPages: {
          value: pages.map(({ title, url, snippet }) => ({ name: title, url, summary: snippet })),
        },
      },
    }),
  },
  tavily: {
    method: 'POST',
    path: '/search',
    query: ({ body }) => body.query,
    hasKey: hasBearer,
    badKey: [401, { detail: { error: 'Unauthorized: missing or invalid API key.' } }],
    noCredit: [432, { detail: { error: 'This request exceeds your plan’s set usage limit.' } }],
    answer: (pages) => ({
      results: pages.map(({ title, url, snippet }) => ({ title, url, content: snippet, score: 1 })),
    }),
  },
  serper: {
    method: 'POST',
    path: '/search',
    query: ({ body }) => body.q,
    hasKey: ({ req, apiKey }) => req.headers['x-api-key'] === apiKey,
    badKey: [403, { message: 'Unauthorized.', statusCode: 403 }],
    noCredit: [400, { message: 'Not enough credits', statusCode: 400 }],
    answer: (pages) => ({
      organic: pages.map(({ title, url, snippet }) => ({ title, link: url, snippet })),
    }),
  },
  brave: {
    method: 'GET',
    path: '/res/v1/web/search',
    query: ({ address }) => address.searchParams.get('q'),
    hasKey: ({ req, apiKey }) => req.headers['x-subscription-token'] === apiKey,
    badKey: [422, { type: 'ErrorResponse', error: { code: 'SUBSCRIPTION_TOKEN_INVALID' } }],
    noCredit: [402, { type: 'ErrorResponse', error: { code: 'PAYMENT_REQUIRED' } }],
    answer: (pages) => ({
      web: { results: pages.map(({ snippet, ...page }) => ({ ...page, description: snippet })) },
    }),
  },
  searxng: {
    method: 'GET',
    path: '/search',
    query: ({ address }) =>
      address.searchParams.get('format') === 'json' ? address.searchParams.get('q') : null,
    hasKey: () => true,
    badKey: [403, {}],
    noCredit: [403, {}],
    answer: (pages) => ({
      results: pages.map(({ snippet, ...page }) => ({ ...page, content: snippet })),
    }),
  },
};

/**
 * Answers every query with `pages`, but for queries that are the name of a fault: `429`, `500`, `credit`, `hang`,
 * `html`, `forbidden`.
 */
export async function startSearchEngines(options: {
  apiKey: string;
  pages: readonly FoundPage[];
}): Promise<SearchStandIn> {
  const requests: SearchRequest[] = [];
  const { url, stop } = await listenOnLoopback(async (req, res) => {
    const address = new URL(req.url ?? '/', 'http://engine');
    const [, name = '', ...rest] = address.pathname.split('/');
    const engine = ENGINES[name];
    const text = await readBody(req);
    const body: Record<string, unknown> = text === '' ? {} : JSON.parse(text);
    const call: Call = { req, address, body, apiKey: options.apiKey };
    if (!engine || req.method !== engine.method || `/${rest.join('/')}` !== engine.path)
      return send(res, 404, BAD);
    if (!engine.hasKey(call)) return send(res, ...engine.badKey);
    const query = engine.query(call);
    if (typeof query !== 'string' || query === '') return send(res, 400, BAD);
    const parameters = text === '' ? Object.fromEntries(address.searchParams) : body;
    requests.push({ path: address.pathname, query, parameters });
    if (query === 'hang') return;
    if (query === '429') return send(res, 429, BAD);
    if (query === '500') return send(res, 500, BAD);
    if (query === 'forbidden') return send(res, 403, {});
    if (query === 'credit') return send(res, ...engine.noCredit);
    if (query === 'html') return void res.end('<p>no JSON</p>');
    send(res, 200, engine.answer(options.pages));
  });
  return { url, requests, stop };
}

function send(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
