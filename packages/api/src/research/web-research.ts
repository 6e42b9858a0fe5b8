import { type ReadHtml, readPages, type WebPage, type WebSearch } from '@ainotebook/ai';
import { LIMITS } from '@ainotebook/contract';
import type { Egress } from '@ainotebook/egress';
import { LRUCache } from 'lru-cache';
import type { Ledger } from '../usage/ledger.js';
import { meterCall } from '../usage/metered-call.js';
import { bestPassages } from './best-passages.js';

/** A question's pages are asked for once in so long, whoever asks. */
const CACHED_MS = 600_000;
const CACHED_QUESTIONS = 200;
/** Pages that are opened. */
const PAGES = 5;
/** Passages that an answer may stand on. */
const PASSAGES = 8;

/** What a page of the web says, in the words it had when it was fetched. */
export interface WebPassage {
  number: number;
  title: string;
  url: string;
  headingPath: string[];
  quote: string;
  fetchedAt: Date;
}

/** What was looked up, and where. */
export interface Research {
  passages: WebPassage[];
  engine: string;
  /** Pages found, and those of them whose text could be read. */
  found: number;
  read: number;
}

/** Looks questions up in the web. */
export interface WebResearch {
  /**
   * @throws AiError (of the search engine), AppError budget_spent; the reason of `signal` when that ended it
   */
  find(question: string, asked: { userId: string; signal: AbortSignal }): Promise<Research>;
}

interface Ports {
  search: WebSearch;
  ledger: Ledger;
  /** Reaches no address inside: a search engine may be led to name one. */
  egress: Pick<Egress, 'fetch'>;
  readHtml: ReadHtml;
}

export function createWebResearch({ search, ledger, egress, readHtml }: Ports): WebResearch {
  const kept = new LRUCache<string, WebPage[]>({ max: CACHED_QUESTIONS, ttl: CACHED_MS });

  async function pagesOf(
    query: string,
    { userId, signal }: { userId: string; signal: AbortSignal },
  ): Promise<WebPage[]> {
    const known = kept.get(query);
    if (known) return known;
    // An engine has one price, under its name.
    const by = { provider: search.provider, model: search.provider };
    const call = { userId, feature: 'web_search' as const, models: [by] as const, inputTokens: 0 };
    const results = await meterCall(ledger, call, async () => ({
      value: await search.search(query, { signal }),
      tokens: 0,
    }));
    const pages = await readPages(results.slice(0, PAGES), { egress, readHtml, signal });
    if (pages.length > 0) kept.set(query, pages);
    return pages;
  }

  return {
    async find(question, asked) {
      const query = question.replaceAll(/\s+/g, ' ').trim().slice(0, LIMITS.questionLength);
      const pages = await pagesOf(query, asked);
      const passages = bestPassages(query, pages, PASSAGES).map((passage, index) => ({
        ...passage,
        number: index + 1,
      }));
      const read = pages.filter(({ isRead }) => isRead).length;
      return { passages, engine: search.provider, found: pages.length, read };
    },
  };
}
