import type { Egress } from '@ainotebook/egress';
import pLimit from 'p-limit';
import { storable, type WebResult } from './results.js';

/** The text of a page that was found. */
export interface WebPage extends WebResult {
  /** Readable text, cut at `maxLength`; what the engine showed where the page could not be read. */
  text: string;
  /** Whether `text` is the page's own. */
  isRead: boolean;
  fetchedAt: Date;
}

/** HTML to the text of its article, and nothing of what stands around it. */
export type ReadHtml = (page: {
  bytes: Uint8Array;
  url: string;
  /** From the header; null where it says none. */
  charset: string | null;
}) => Promise<string>;

export interface ReadPagesOptions {
  egress: Pick<Egress, 'fetch'>;
  readHtml: ReadHtml;
  /** Characters of a page. Default 8,000. */
  maxLength?: number;
  /** Longest for one page. Default 6,000. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

const MAX_BYTES = 3 * 2 ** 20;
const CONCURRENCY = 4;
const TYPES = ['text/html', 'application/xhtml+xml', 'text/plain'];
const CHARSET = /charset\s*=\s*"?([\w-]{2,30})/i;

/**
 * The texts of pages, fetched by the one guarded fetch: a search engine may be led to name addresses inside. A page
 * that cannot be read keeps what the engine showed.
 * @throws the reason of `signal` when that ended it
 */
export async function readPages(
  results: readonly WebResult[],
  options: ReadPagesOptions,
): Promise<WebPage[]> {
  const limit = pLimit(CONCURRENCY);
  const { maxLength = 8_000, signal } = options;
  const pages = await Promise.all(
    results.map((result) =>
      limit(async () => {
        const text = signal?.aborted ? null : await readPage(result.url, options);
        const isRead = text !== null && text.trim() !== '';
        const shown = storable((isRead ? text : result.snippet).slice(0, maxLength));
        return { ...result, text: shown, isRead, fetchedAt: new Date() };
      }),
    ),
  );
  signal?.throwIfAborted();
  return pages;
}

/** Null for whatever is wrong with a page: there are others. */
async function readPage(url: string, options: ReadPagesOptions): Promise<string | null> {
  const { egress, readHtml, timeoutMs = 6_000, signal } = options;
  try {
    const answer = await egress.fetch(url, {
      maxBytes: MAX_BYTES,
      types: TYPES,
      timeoutMs,
      headers: { accept: 'text/html,text/plain;q=0.8' },
      ...(signal ? { signal } : {}),
    });
    if (answer.status !== 200) {
      await answer.body.cancel();
      return null;
    }
    const bytes = new Uint8Array(await new Response(answer.body).arrayBuffer());
    const charset = CHARSET.exec(answer.headers.get('content-type') ?? '')?.[1] ?? null;
    if (answer.mediaType === 'text/plain') return decoded(bytes, charset);
    return await readHtml({ bytes, url: answer.url, charset });
  } catch {
    return null;
  }
}

/** @throws RangeError for a charset that is none */
function decoded(bytes: Uint8Array, charset: string | null): string {
  return new TextDecoder(charset ?? 'utf-8').decode(bytes);
}
