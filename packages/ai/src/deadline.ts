import type { AiFailure } from './ai-error.js';

/**
 * Ends a call from outside, and remembers why: the caller's signal (`aborted`), the time for all of it
 * (`timeout`), or the time for one step of it. Timers run only while a step is waited for, so that a slow reader
 * is not taken for a slow provider.
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #total: NodeJS.Timeout;
  readonly #callers: AbortSignal | undefined;
  #why: AiFailure | undefined;

  constructor(totalMs: number, callers?: AbortSignal) {
    this.#total = setTimeout(() => this.#end('timeout'), totalMs);
    this.#callers = callers;
    if (callers?.aborted) this.#end('aborted');
    else callers?.addEventListener('abort', this.#abort, { once: true });
  }

  /** Aborted when the call must end. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why it ended; undefined while it may go on. */
  get why(): AiFailure | undefined {
    return this.#why;
  }

  /** Waits for a step that listens to `signal`, at most `ms`. */
  async within<T>(ms: number, kind: AiFailure, step: PromiseLike<T>): Promise<T> {
    const timer = setTimeout(() => this.#end(kind), ms);
    try {
      return await step;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends whatever still runs, and lets go of the caller's signal. */
  close(): void {
    clearTimeout(this.#total);
    this.#callers?.removeEventListener('abort', this.#abort);
    this.#controller.abort();
  }

  readonly #abort = () => this.#end('aborted');

  #end(kind: AiFailure): void {
    this.#why ??= kind;
    this.#controller.abort();
  }
}
