import type { Logger } from '../logger.js';
import { type CdnOptions, checkCdn } from './check-cdn.js';

const EVERY_MS = 60_000;

/**
 * Says whether pages may name the CDN: only while it has this very build and lets pages of this origin use
 * it. Else they name this server, which has it too: a build that was not sent yet, or a CDN that fails, leaves
 * no page blank.
 * @returns `base`: the address, or null; `check`: asks now
 */
export function watchCdn(options: CdnOptions & { log: Logger }): {
  base: () => string | null;
  check: () => Promise<void>;
  stop: () => void;
} {
  const { log, base } = options;
  let last: string | null | undefined;
  async function check(): Promise<void> {
    const problem = await checkCdn(options);
    if (problem !== last) {
      if (problem === null) log.info('The web app is loaded from the CDN', { base });
      else log.warn('The web app is not loaded from the CDN', { problem });
    }
    last = problem;
  }
  const timer = setInterval(() => void check(), EVERY_MS);
  timer.unref();
  return {
    base: () => (last === null ? base : null),
    check,
    stop: () => clearInterval(timer),
  };
}
