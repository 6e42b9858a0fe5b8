import { setTimeout as sleep } from 'node:timers/promises';

/** Time that never steps back, in ms. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<unknown>;
  /** Runs `task` later, without keeping the process alive; returns how to cancel it. */
  after(ms: number, task: () => void): () => void;
}

export const realClock: Clock = {
  now: () => performance.now(),
  sleep: (ms) => sleep(ms),
  after(ms, task) {
    const timer = setTimeout(task, ms).unref();
    return () => clearTimeout(timer);
  },
};
