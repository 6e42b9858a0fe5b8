import { Piscina } from 'piscina';

/** Reached from `src` and from `dist` alike: a thread runs what was built. */
const WORKER = new URL('../../dist/work/worker.js', import.meta.url).href;
/** A task that needs more memory than this ends its thread, not the process. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 256 };
/** A second thread, so that one heavy text does not keep all others waiting. */
const THREADS = 2;
const IDLE_MS = 60_000;
/** A new thread loads its modules first; on a busy machine that takes seconds. */
const LOADING_MS = 15_000;

/** Raised for the heaviest task when too many wait. */
export class TooMuchWork extends Error {
  override name = 'TooMuchWork';
}

/** A task of `worker.ts`. */
export interface Work {
  name: 'render' | 'card' | 'image' | 'avif' | 'plain' | 'docx' | 'source' | 'page';
  input: unknown;
  /** Light tasks go first, and the heaviest is refused when too many wait; any unit. */
  weight: number;
  /** From its start in a thread that is loaded; then the task is cut off with its thread. */
  timeoutMs: number;
}

/** Threads for work that would keep the thread of the requests busy. */
export interface WorkPool {
  /** Runs a task. @throws TooMuchWork, an AbortError after its time, what the task throws */
  run<Output>(work: Work): Promise<Output>;
  close(): Promise<void>;
}

interface Waiting {
  work: Work;
  resolve: (output: unknown) => void;
  reject: (error: unknown) => void;
}

/** Starts threads when there is work and ends them when there is none. */
export function createWorkPool(options: { maxQueued?: number; threads?: number } = {}): WorkPool {
  const { maxQueued = 50, threads = THREADS } = options;
  const pool = new Piscina({
    filename: WORKER,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: IDLE_MS,
    resourceLimits: RESOURCE_LIMITS,
  });
  // Each task reports its own failure.
  pool.on('error', () => undefined);
  // Ordered by weight, here: Piscina takes tasks that can be cut off in the order they came.
  const waiting: Waiting[] = [];
  let running = 0;

  function next(): void {
    if (running >= threads) return;
    const task = waiting.shift();
    if (!task) return;
    const { name, input, timeoutMs } = task.work;
    const loadingMs = pool.threads.length > running ? 0 : LOADING_MS;
    running += 1;
    pool
      .run(input, { name, signal: AbortSignal.timeout(timeoutMs + loadingMs) })
      .then(task.resolve, task.reject)
      .finally(() => {
        running -= 1;
        next();
      });
  }

  return {
    run: <Output>(work: Work) =>
      new Promise<Output>((resolve, reject) => {
        const heavier = waiting.findIndex((other) => other.work.weight > work.weight);
        const at = heavier < 0 ? waiting.length : heavier;
        // What a task answers is between it and who asks for it.
        waiting.splice(at, 0, { work, resolve: resolve as (output: unknown) => void, reject });
        next();
        if (waiting.length > maxQueued) waiting.pop()?.reject(new TooMuchWork());
      }),
    close: () => pool.destroy(),
  };
}
