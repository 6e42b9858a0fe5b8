import { LONGEST_TTL_MS } from './cache-class.js';
import type { Clock } from './clock.js';
import type { Floors } from './floors.js';
import type { SharedValues } from './shared-values.js';

const BATCH = 100;
const RETRY_MS = 300;
/** More changes than this are not kept for a Redis that does not answer. */
const MAX_OWED = 100_000;

/** Tells Redis the changes it is owed, until it was told. */
export class Teller {
  readonly #floors: Floors;
  readonly #shared: SharedValues;
  readonly #clock: Clock;
  #isTelling = false;
  #isClosed = false;

  constructor(floors: Floors, shared: SharedValues, clock: Clock) {
    this.#floors = floors;
    this.#shared = shared;
    this.#clock = clock;
  }

  /** Starts telling, unless it is being told already. */
  tell(): void {
    if (this.#isTelling || this.#isClosed) return;
    if (this.#floors.owing > MAX_OWED) {
      this.#floors.forgive(this.#clock.now());
      this.#shared.distrust(LONGEST_TTL_MS);
    }
    this.#isTelling = true;
    void this.#tellAll().then((isDone) => {
      this.#isTelling = false;
      if (!isDone) this.#clock.after(RETRY_MS, () => this.tell());
    });
  }

  close(): void {
    this.#isClosed = true;
  }

  async #tellAll(): Promise<boolean> {
    while (this.#floors.owing > 0 && !this.#isClosed) {
      const changes = this.#floors.owed(BATCH);
      if (!(await this.#shared.invalidate(changes))) return false;
      this.#floors.settle(changes, this.#clock.now());
    }
    return true;
  }
}
