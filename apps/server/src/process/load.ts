import { monitorEventLoopDelay } from 'node:perf_hooks';
import { AppError, type RateLimitClass, type RateLimits } from '@ainotebook/api';

const WINDOW_MS = 1000;
/** Windows in a row before anything is refused: one long task is no overload. */
const PATIENCE = 3;
const RETRY_AFTER_MS = 2000;

/** Mean delay of the event loop from which a class of calls is refused, in milliseconds. */
const LIMITS_MS: Readonly<Record<RateLimitClass, number>> = {
  report: 200,
  search: 200,
  read: 500,
  upload: 500,
  webhook: 500,
  // What people wrote comes in, and people can sign in, and money arrives, as long as anything does.
  register: 1000,
  mail: 1000,
  auth: 2000,
  order: 2000,
  notice: 2000,
  rejected_notice: 2000,
  write: 2000,
};

export interface LoadMeter {
  /** Milliseconds by which the event loop has been late for three seconds at least. */
  delayMs(): number;
  stop(): void;
}

/** Measures how late the event loop is: the one sign of too much work that every kind of work gives. */
export function measureLoad(): LoadMeter {
  const histogram = monitorEventLoopDelay({ resolution: 20 });
  histogram.enable();
  const windows: number[] = [];
  const timer = setInterval(() => {
    windows.push(histogram.mean / 1e6);
    if (windows.length > PATIENCE) windows.shift();
    histogram.reset();
  }, WINDOW_MS);
  timer.unref();
  return {
    delayMs: () => (windows.length < PATIENCE ? 0 : Math.min(...windows)),
    stop() {
      clearInterval(timer);
      histogram.disable();
    },
  };
}

/**
 * Refuses calls before the process is overwhelmed, the least urgent first, ahead of their count.
 * @param load how late the event loop is, and whether memory is short
 */
export function shedLoad(
  limits: RateLimits,
  load: { delayMs(): number; isMemoryShort(): boolean },
): RateLimits {
  return {
    ...limits,
    consume: async (limit, who) => {
      const isUrgent = LIMITS_MS[limit] >= LIMITS_MS.auth;
      if (load.delayMs() >= LIMITS_MS[limit] || (load.isMemoryShort() && !isUrgent)) {
        throw new AppError('unavailable', 'The server is busy; try again shortly', {
          retryAfterMs: RETRY_AFTER_MS,
        });
      }
      await limits.consume(limit, who);
    },
  };
}
