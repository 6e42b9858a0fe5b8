import { randomUUID } from 'node:crypto';
import { Breaker } from './breaker.js';
import type { Clock } from './clock.js';
import { decode, type Entry, encode } from './entry.js';
import type { OwedChange } from './floors.js';
import type { SharedStore } from './shared-store.js';

/** A look into Redis: an entry with the time it ends, a lease to fill the gap, or neither. */
export interface SharedLook {
  entry?: Entry;
  endsAt: number;
  lease?: Lease;
}

/** The right to fill one key. */
export interface Lease {
  token: string;
  key: string;
  /** Later than this nothing is filled. */
  deadline: number;
}

/** From the lease to the fill. Far below the life of a lease, so that a paused process does not come too late. */
const FILL_MS = 2_500;

/** An answer that waited longer in a stopped process is none: floors may have been forgotten meanwhile. */
const OLDEST_ANSWER_MS = 1_000;

/** Redis as it may be used here: an answer in time, or none; asked rarely while it does not answer. */
export class SharedValues {
  readonly #store: SharedStore;
  readonly #clock: Clock;
  readonly #breaker = new Breaker();
  #distrustedUntil = 0;
  /** Commands without an answer, and those that were not sent since nothing answers. */
  failures = 0;

  constructor(store: SharedStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  get isOpen(): boolean {
    return this.#breaker.isOpen;
  }

  /** @returns undefined when Redis does not answer */
  async look(key: string): Promise<SharedLook | undefined> {
    if (this.#clock.now() < this.#distrustedUntil) return undefined;
    const lease = this.#newLease(key);
    const look = await this.#ask(() => this.#store.look(key, lease.token));
    if (!look) return undefined;
    if (look.hasLease) return { endsAt: 0, lease };
    const entry = look.text === null ? undefined : decode(look.text);
    return entry ? { entry, endsAt: this.#clock.now() + look.ttlMs } : { endsAt: 0 };
  }

  /** @returns undefined when somebody else holds it or Redis does not answer */
  async lease(key: string): Promise<Lease | undefined> {
    if (this.#clock.now() < this.#distrustedUntil) return undefined;
    const lease = this.#newLease(key);
    return (await this.#ask(() => this.#store.lease(key, lease.token))) ? lease : undefined;
  }

  /** @returns whether it was filled */
  async fill(lease: Lease, entry: Entry, ttlMs: number): Promise<boolean> {
    if (this.#clock.now() > lease.deadline) return false;
    const fill = () => this.#store.fill(lease.key, lease.token, encode(entry), ttlMs);
    return (await this.#ask(fill)) ?? false;
  }

  async release(lease: Lease): Promise<void> {
    await this.#ask(() => this.#store.release(lease.key, lease.token));
  }

  /** @returns whether Redis was told */
  async invalidate(changes: readonly OwedChange[]): Promise<boolean> {
    const tell = async () => {
      await this.#store.invalidate(changes);
      return true;
    };
    return (await this.#ask(tell)) ?? false;
  }

  /** Reads and fills nothing for so long: Redis may hold values of which it will not be told. */
  distrust(ms: number): void {
    this.#distrustedUntil = this.#clock.now() + ms;
  }

  close(): void {
    this.#store.close();
  }

  #newLease(key: string): Lease {
    return { token: randomUUID(), key, deadline: this.#clock.now() + FILL_MS };
  }

  /** The answer, if it comes in time. */
  async #ask<T>(call: () => Promise<T>): Promise<T | undefined> {
    const askedAt = this.#clock.now();
    if (!this.#breaker.allows(askedAt)) {
      this.failures += 1;
      return undefined;
    }
    let answer: T | undefined;
    try {
      answer = await call();
    } catch {
      answer = undefined; // counted by the breaker, logged by the store
    }
    const now = this.#clock.now();
    if (answer === undefined || now - askedAt > OLDEST_ANSWER_MS) {
      this.#breaker.failed(now);
      this.failures += 1;
      return undefined;
    }
    this.#breaker.succeeded();
    return answer;
  }
}
