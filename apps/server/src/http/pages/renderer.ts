import { createHash } from 'node:crypto';
import { AppError } from '@ainotebook/api';
import type { Pictures, RenderedMarkdown, RenderLocale } from '@ainotebook/text/html';
import { renderAsWritten } from '@ainotebook/text/plain';
import { LRUCache } from 'lru-cache';
import type { Logger } from '../../logger.js';
import { TooMuchWork, type WorkPool } from '../../work/pool.js';

/** How long a text that could not be rendered is shown as it was written, before it is tried again. */
const FAILURE_MS = 60_000;

export interface RenderSource {
  markdown: string;
  locale: RenderLocale;
  /** Where wiki links lead, by title key; nowhere without it. */
  links?: Record<string, string>;
  /** Sizes of the pictures in it. */
  pictures?: Pictures;
}

export interface RendererOptions {
  work: WorkPool;
  log: Pick<Logger, 'warn'>;
  /** A text that takes longer is shown as it was written. */
  timeoutMs?: number;
  /** Sum of the lengths of what is kept, in UTF-16 units. */
  keptLength?: number;
}

/** Renders a text. @throws AppError unavailable (too many wait) */
export type Renderer = (source: RenderSource) => Promise<RenderedMarkdown>;

/**
 * Renders in threads of their own, since parsing a hostile text takes seconds, once for all who ask;
 * the texts shown last are kept.
 */
export function createRenderer(options: RendererOptions): Renderer {
  const { work, log, timeoutMs = 10_000, keptLength = 8_000_000 } = options;
  const kept = new LRUCache<string, RenderedMarkdown>({
    maxSize: keptLength,
    sizeCalculation: ({ html }) => html.length + 1,
  });
  const underWay = new Map<string, Promise<RenderedMarkdown>>();

  async function render(key: string, source: RenderSource): Promise<RenderedMarkdown> {
    const weight = source.markdown.length;
    try {
      const rendered = await work.run<RenderedMarkdown>({
        name: 'render',
        input: source,
        weight,
        timeoutMs,
      });
      kept.set(key, rendered);
      return rendered;
    } catch (error) {
      if (error instanceof TooMuchWork) {
        throw new AppError('unavailable', 'The server is busy; try again shortly', {
          retryAfterMs: 1000,
        });
      }
      log.warn('An article could not be rendered', { err: error, length: weight });
      const asWritten = renderAsWritten(source.markdown);
      kept.set(key, asWritten, { ttl: FAILURE_MS });
      return asWritten;
    }
  }

  return async (source) => {
    const hash = createHash('sha256')
      .update(JSON.stringify([source.markdown, source.links, source.pictures]))
      .digest('base64url');
    const key = `${source.locale} ${hash}`;
    const known = kept.get(key) ?? underWay.get(key);
    if (known) return known;
    const rendering = render(key, source).finally(() => underWay.delete(key));
    underWay.set(key, rendering);
    return rendering;
  };
}
