import type { JobEvent } from './events.js';

const MAX_POLL_BACKOFF_MS = 10_000;

/** Asks again and again for work. */
export interface Poller {
  start(): void;
  /** No poll begins afterwards; resolves when the last one has ended. */
  stop(): Promise<void>;
  nudge(): void;
  /** Polls now, after the poll under way: two at once would both count on the same free places. */
  poll(): Promise<number>;
}

/**
 * Calls `take` every `pollMs`, at once after a nudge while `mayTakeMore`, and less often while it
 * fails; it never throws by itself.
 */
export function createPoller(options: {
  take: () => Promise<number>;
  mayTakeMore: (wasNudged: boolean) => boolean;
  pollMs: number;
  emit: (event: JobEvent) => void;
}): Poller {
  const { take, mayTakeMore, pollMs, emit } = options;
  let state: 'idle' | 'running' | 'stopped' = 'idle';
  let isNudged = false;
  let wake: () => void = () => {};
  let looping: Promise<void> = Promise.resolve();
  let lastPoll: Promise<unknown> = Promise.resolve();

  function poll(): Promise<number> {
    const next = lastPoll.then(take);
    lastPoll = next.catch(() => {});
    return next;
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function loop(): Promise<void> {
    let failures = 0;
    while (state === 'running') {
      isNudged = false;
      try {
        await poll();
        if (failures > 0) emit({ type: 'poll-recovered', failures });
        failures = 0;
      } catch (error) {
        if (failures === 0) emit({ type: 'poll-failed', error });
        failures += 1;
      }
      if (state !== 'running') return;
      if (failures > 0) await pause(Math.min(pollMs * 2 ** failures, MAX_POLL_BACKOFF_MS));
      else if (!mayTakeMore(isNudged)) await pause(pollMs);
    }
  }

  return {
    start() {
      if (state !== 'idle') return;
      state = 'running';
      looping = loop();
    },
    async stop() {
      state = 'stopped';
      wake();
      await looping;
      await lastPoll;
    },
    nudge() {
      isNudged = true;
      wake();
    },
    poll,
  };
}
