import { getHeapStatistics } from 'node:v8';
import type { Logger } from '../logger.js';

const CHECK_MS = 60_000;
const HIGH = 0.9;

/** Bytes in use, and what they must stay below. */
export interface MemoryUse {
  rss: number;
  rssLimit: number;
  heapUsed: number;
  heapLimit: number;
}

/** Reads this process's memory. `heapTotal` grows with use and says nothing; the limit does not. */
export function readMemory(rssLimit: number): MemoryUse {
  const { used_heap_size: heapUsed, heap_size_limit: heapLimit } = getHeapStatistics();
  return { rss: process.memoryUsage.rss(), rssLimit, heapUsed, heapLimit };
}

const isHigh = ({ rss, rssLimit, heapUsed, heapLimit }: MemoryUse) =>
  rss >= rssLimit * HIGH || heapUsed >= heapLimit * HIGH;

export interface MemoryGuard {
  /** True while memory is short: work that can wait is refused. */
  isShort(): boolean;
  stop(): void;
}

/**
 * Looks every minute. At 90 % of a limit: a warning, a collection where Node lets us ask for one
 * (`--expose-gc`), and less work; still so a minute later, and each minute on, `onStillShort` is told.
 */
export function watchMemory(options: {
  read: () => MemoryUse;
  log: Pick<Logger, 'warn' | 'info'>;
  onStillShort: () => void;
  checkMs?: number;
}): MemoryGuard {
  const { read, log, onStillShort, checkMs = CHECK_MS } = options;
  let isShort = false;
  const check = () => {
    const use = read();
    if (isHigh(use)) {
      log.warn('High memory usage', { ...use });
      globalThis.gc?.();
    }
    const isStillHigh = isHigh(read());
    if (isShort && isStillHigh) onStillShort();
    if (isShort && !isStillHigh) log.info('Memory usage is normal again');
    isShort = isStillHigh;
  };
  const timer = setInterval(check, checkMs);
  timer.unref();
  return { isShort: () => isShort, stop: () => clearInterval(timer) };
}
