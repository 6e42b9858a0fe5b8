import { languageOf } from '@ainotebook/text/search';
import { AiError } from '../ai-error.js';
import { asRecord, type Refusal } from '../failures.js';
import type { RawResult } from './results.js';

/** How old a page may be. */
export type Since = 'day' | 'week' | 'month' | 'year';

export type EngineName = 'bocha' | 'tavily' | 'serper' | 'brave' | 'searxng';

interface Asked {
  query: string;
  count: number;
  since: Since | undefined;
}

/** What one engine is asked with and answers. */
interface Engine {
  /** Null where everybody runs their own. */
  baseUrl: string | null;
  request(
    asked: Asked,
    apiKey: string,
  ): { path: string; headers?: Record<string, string>; body?: unknown };
  read(answer: unknown): RawResult[];
  /** A refusal that comes as a success. */
  refusalIn?(answer: unknown): Refusal | null;
  /** What a status means here and nowhere else. */
  explain?(status: number): AiError | null;
}

const bearer = (apiKey: string) => ({ authorization: `Bearer ${apiKey}` });

const listOf = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.map(asRecord) : [];

function queryString(parameters: Record<string, string | number | undefined>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) given.set(name, String(value));
  return given.toString();
}

const isChinese = (query: string) => languageOf(query) === 'zh-CN';

/** @see https://open.bochaai.com */
const bocha: Engine = {
  baseUrl: 'https://api.bocha.cn',
  request: ({ query, count, since }, apiKey) => ({
    path: '/v1/web-search',
    headers: bearer(apiKey),
    body: {
      query,
      count,
      summary: true,
      freshness: since ? `one${since.charAt(0).toUpperCase()}${since.slice(1)}` : 'noLimit',
    },
  }),
  refusalIn: (answer) => {
    const { code } = asRecord(answer);
    const status = Number(code);
    return code === undefined || status === 200
      ? null
      : { status: status >= 400 ? status : 502, body: JSON.stringify(answer) };
  },
  read: (answer) =>
    listOf(asRecord(asRecord(asRecord(answer).data).webPages).value).map((page) => ({
      title: page.name,
      url: page.url,
      snippet: page.summary || page.snippet,
      publishedAt: page.datePublished,
    })),
};

/** @see https://docs.tavily.com/documentation/api-reference/endpoint/search */
const tavily: Engine = {
  baseUrl: 'https://api.tavily.com',
  request: ({ query, count, since }, apiKey) => ({
    path: '/search',
    headers: bearer(apiKey),
    body: { query, max_results: Math.min(count, 20), search_depth: 'basic', time_range: since },
  }),
  read: (answer) =>
    listOf(asRecord(answer).results).map((page) => ({
      title: page.title,
      url: page.url,
      snippet: page.content,
      publishedAt: page.published_date,
    })),
};

/** @see https://serper.dev */
const serper: Engine = {
  baseUrl: 'https://google.serper.dev',
  request: ({ query, count, since }, apiKey) => ({
    path: '/search',
    headers: { 'x-api-key': apiKey },
    body: {
      q: query,
      num: count,
      hl: isChinese(query) ? 'zh-cn' : 'en',
      tbs: since && `qdr:${since.charAt(0)}`,
    },
  }),
  read: (answer) =>
    listOf(asRecord(answer).organic).map((page) => ({
      title: page.title,
      url: page.link,
      snippet: page.snippet,
      publishedAt: page.date,
    })),
};

/** @see https://api-dashboard.search.brave.com/app/documentation */
const brave: Engine = {
  baseUrl: 'https://api.search.brave.com',
  request: ({ query, count, since }, apiKey) => ({
    path: `/res/v1/web/search?${queryString({
      q: query,
      count: Math.min(count, 20),
      search_lang: isChinese(query) ? 'zh-hans' : 'en',
      freshness: since && `p${since.charAt(0)}`,
    })}`,
    headers: { 'x-subscription-token': apiKey },
  }),
  read: (answer) =>
    listOf(asRecord(asRecord(answer).web).results).map((page) => ({
      title: page.title,
      url: page.url,
      snippet: page.description,
      publishedAt: page.page_age,
    })),
};

/** @see https://docs.searxng.org/dev/search_api.html */
const searxng: Engine = {
  baseUrl: null,
  request: ({ query, since }) => ({
    path: `/search?${queryString({
      q: query,
      format: 'json',
      language: isChinese(query) ? 'zh-CN' : 'en',
      // It knows no week.
      time_range: since === 'week' ? 'month' : since,
    })}`,
  }),
  explain: (status) =>
    status === 403
      ? new AiError(
          'refused',
          'searxng does not answer in JSON: add json to search.formats in its settings.yml',
          'searxng',
          { status },
        )
      : null,
  read: (answer) =>
    listOf(asRecord(answer).results).map((page) => ({
      title: page.title,
      url: page.url,
      snippet: page.content,
      publishedAt: page.publishedDate,
    })),
};

export const engines: Record<EngineName, Engine> = { bocha, tavily, serper, brave, searxng };
