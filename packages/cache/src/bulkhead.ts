import type { Clock } from './clock.js';
import { CacheUnavailableError } from './errors.js';

/**
 * At most `places` loads at once, so that a cold cache takes no more of the pool. Who finds no place
 * waits a little, in a line of bounded length.
 */
export class Bulkhead {
  #taken = 0;
  readonly #line = new Set<(isFree: boolean) => void>();

  constructor(
    readonly places: number,
    readonly waitMs: number,
    readonly clock: Clock,
  ) {}

  get taken(): number {
    return this.#taken;
  }

  /** @throws CacheUnavailableError when there is no place in time */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#taken < this.places) this.#taken += 1;
    else if (!(await this.#waitInLine())) throw new CacheUnavailableError('Too many loads at once');
    try {
      return await task();
    } finally {
      const [next] = this.#line;
      // The place is handed over: `taken` stays as it is.
      if (next) next(true);
      else this.#taken -= 1;
    }
  }

  #waitInLine(): Promise<boolean> {
    if (this.#line.size >= this.places * 8) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = (isFree: boolean) => {
        this.#line.delete(end);
        cancel();
        resolve(isFree);
      };
      const cancel = this.clock.after(this.waitMs, () => end(false));
      this.#line.add(end);
    });
  }
}
