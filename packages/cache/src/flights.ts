import type { Clock } from './clock.js';
import type { Known } from './entry.js';

/** What a flight brought. */
export interface Landed<E extends Known = Known> {
  entry: E;
  /** The `tick` before it was loaded, when it came from Postgres and not from Redis. */
  loadOrder?: number;
}

/** One reading of a key for all who ask meanwhile. */
export interface Flight {
  readonly startedAt: number;
  /** It asks Postgres itself, for readers who trust no copy. */
  readonly isDirect: boolean;
  /** A change came in: what it brings is for those who asked before, and is kept nowhere. */
  isPoisoned: boolean;
  /** Its value, as soon as it is known. */
  entry?: Known;
  /** @throws what the loader threw */
  landed: Promise<Landed>;
}

const NOTHING = new Promise<Landed>(() => undefined);

/** How long a failure is the answer for all who ask for the key. */
const FAILURE_MS = 1_000;

/** The flights of this process, at most one a key. */
export class Flights {
  readonly #flights = new Map<string, Flight>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(key: string): Flight | undefined {
    return this.#flights.get(key);
  }

  /** Starts a flight in the place of any other: nobody joins that one any more. */
  start(key: string, isDirect: boolean, fly: (flight: Flight) => Promise<Landed>): Flight {
    this.#detach(key);
    const startedAt = this.#clock.now();
    const flight: Flight = { startedAt, isDirect, isPoisoned: false, landed: NOTHING };
    const end = () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    };
    flight.landed = fly(flight).finally(() => {
      if (flight.entry) end();
      else this.#clock.after(FAILURE_MS, end);
    });
    // A refresh has no reader who would hear of its failure; the cache counts it.
    flight.landed.catch(() => undefined);
    this.#flights.set(key, flight);
    return flight;
  }

  /** A change came in: whoever asks from now on joins no flight that may bring less. */
  poison(key: string, isEnough: (entry: Known) => boolean): void {
    const flight = this.#flights.get(key);
    if (flight && !(flight.entry && isEnough(flight.entry))) this.#detach(key);
  }

  #detach(key: string): void {
    const flight = this.#flights.get(key);
    if (!flight) return;
    flight.isPoisoned = true;
    this.#flights.delete(key);
  }
}
