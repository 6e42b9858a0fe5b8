import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { AppError } from '@ainotebook/api';
import { type RenderedMarkdown, type RenderLocale, renderMarkdown } from '@ainotebook/text/html';
import type { Logger } from '../../logger.js';

/** Reached from `src` and from `dist` alike: a thread runs what was built. */
const WORKER = new URL('../../../dist/http/pages/render-worker.js', import.meta.url);
/** A text that needs more memory than this ends its thread, not the process. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 256 };

export interface RenderSource {
  markdown: string;
  locale: RenderLocale;
}

export interface RendererOptions {
  log: Pick<Logger, 'warn' | 'error'>;
  /** Beyond so many the longest text is refused. */
  maxQueued?: number;
  /** A text that takes longer is shown as it was written. */
  timeoutMs?: number;
  /** Sum of the lengths of what is kept, in UTF-16 units. */
  keptLength?: number;
}

/** Renders a text. @throws AppError unavailable (too many wait) */
export type Renderer = (source: RenderSource) => Promise<RenderedMarkdown>;

interface Job extends RenderSource {
  resolve: (rendered: RenderedMarkdown) => void;
  reject: (error: AppError) => void;
}

/**
 * Renders in a thread of its own, one text at a time: parsing a hostile one takes seconds, in which
 * the thread of the requests would answer nobody. Short texts go first, so that long ones wait for
 * each other only; the texts shown last are kept.
 */
export function createRenderer(options: RendererOptions): Renderer {
  const { log, maxQueued = 50, timeoutMs = 10_000, keptLength = 8_000_000 } = options;
  const waiting: Job[] = [];
  const underWay = new Map<string, Promise<RenderedMarkdown>>();
  const kept = keptTexts(keptLength);
  let worker: Worker | null = null;
  let current: { job: Job; timer: NodeJS.Timeout } | null = null;

  function start(): Worker {
    const made = new Worker(WORKER, { resourceLimits: RESOURCE_LIMITS });
    // An idle thread must not keep the process from ending.
    made.unref();
    made.on('message', (rendered: RenderedMarkdown) => {
      if (worker === made) settle(rendered);
    });
    made.on('error', (error) => {
      log.error('The thread that renders articles failed', { err: error });
      if (worker === made) giveUp();
    });
    return made;
  }

  function settle(rendered: RenderedMarkdown): void {
    if (!current) return;
    const { job, timer } = current;
    clearTimeout(timer);
    current = null;
    job.resolve(rendered);
    next();
  }

  /** Shows the text of the present job as it was written, and goes on with a new thread. */
  function giveUp(): void {
    void worker?.terminate();
    worker = null;
    if (!current) return;
    const { markdown, locale } = current.job;
    log.warn('An article could not be rendered', { length: markdown.length });
    settle(renderMarkdown(markdown, { locale, maxLength: 0 }));
  }

  function next(): void {
    if (current) return;
    const job = takeBy(waiting, (a, b) => a.markdown.length < b.markdown.length);
    if (!job) return;
    worker ??= start();
    current = { job, timer: setTimeout(giveUp, timeoutMs) };
    worker.postMessage({ markdown: job.markdown, locale: job.locale } satisfies RenderSource);
  }

  function enqueue({ markdown, locale }: RenderSource): Promise<RenderedMarkdown> {
    return new Promise((resolve, reject) => {
      waiting.push({ markdown, locale, resolve, reject });
      if (waiting.length > maxQueued) {
        takeBy(waiting, (a, b) => a.markdown.length > b.markdown.length)?.reject(
          new AppError('unavailable', 'The server is busy; try again shortly', {
            retryAfterMs: 1000,
          }),
        );
      }
      next();
    });
  }

  return async (source) => {
    const hash = createHash('sha256').update(source.markdown).digest('base64url');
    const key = `${source.locale} ${hash}`;
    const known = kept.get(key) ?? underWay.get(key);
    if (known) return known;
    const rendering = enqueue(source);
    underWay.set(key, rendering);
    try {
      const rendered = await rendering;
      kept.set(key, rendered);
      return rendered;
    } finally {
      underWay.delete(key);
    }
  };
}

/** Takes the first of all by `isBefore` out of a list; of equals the one that came first. */
function takeBy<T>(list: T[], isBefore: (a: T, b: T) => boolean): T | undefined {
  let at = 0;
  list.forEach((item, index) => {
    const best = list[at];
    if (best !== undefined && isBefore(item, best)) at = index;
  });
  return list.splice(at, 1)[0];
}

/** The texts used last whose lengths together stay below `maxLength`. */
function keptTexts(maxLength: number) {
  // A Map iterates in the order of insertion: the first is the one used longest ago.
  const texts = new Map<string, RenderedMarkdown>();
  let length = 0;
  return {
    get: (key: string) => {
      const found = texts.get(key);
      if (found) {
        texts.delete(key);
        texts.set(key, found);
      }
      return found;
    },
    set: (key: string, rendered: RenderedMarkdown) => {
      texts.set(key, rendered);
      length += rendered.html.length;
      for (const [oldest, { html }] of texts) {
        if (length <= maxLength) break;
        texts.delete(oldest);
        length -= html.length;
      }
    },
  };
}
