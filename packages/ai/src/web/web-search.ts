import type { AiError } from '../ai-error.js';
import { refusalError } from '../failures.js';
import { callJson } from '../http.js';
import { type EngineName, engines, type Since } from './engines.js';
import { tidyResults, type WebResult } from './results.js';

/** A search engine, and how long it is waited for. */
export interface WebSearchOptions {
  provider: EngineName;
  /** Null for SearXNG, which asks for none. */
  apiKey: string | null;
  /** Another address than the engine's own; SearXNG has none of its own. Without a slash at the end. */
  baseUrl?: string;
  /** Default 8,000. */
  timeoutMs?: number;
  /** Results at most. Default 8. */
  maxResults?: number;
}

/** Looks something up in the web. */
export interface WebSearch {
  readonly provider: EngineName;
  /**
   * Pages with an address of the web, each once, best first. What they say is what strangers wrote.
   * @throws AiError
   */
  search(query: string, options?: { since?: Since; signal?: AbortSignal }): Promise<WebResult[]>;
}

const MAX_QUERY_LENGTH = 400;
const MAX_BYTES = 4 * 2 ** 20;

/** One of five search engines. Nothing is connected before the first call. */
export function createWebSearch(options: WebSearchOptions): WebSearch {
  const { provider, timeoutMs = 8_000, maxResults = 8 } = options;
  const engine = engines[provider];
  const baseUrl = options.baseUrl ?? engine.baseUrl;
  if (baseUrl === null) throw new TypeError(`${provider} needs a baseUrl`);
  const explain = (status: number): AiError | null => engine.explain?.(status) ?? null;
  return {
    provider,
    async search(query, { since, signal } = {}) {
      const asked = { query: query.slice(0, MAX_QUERY_LENGTH), count: maxResults, since };
      const { path, headers, body } = engine.request(asked, options.apiKey ?? '');
      const url = baseUrl + path;
      const answer = await callJson(
        { provider, url, headers, body, timeoutMs, maxBytes: MAX_BYTES, signal },
        explain,
      );
      const refused = engine.refusalIn?.(answer);
      if (refused) throw refusalError(provider, refused);
      return tidyResults(engine.read(answer), maxResults);
    },
  };
}
