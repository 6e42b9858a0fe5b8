import type { Bulkhead } from './bulkhead.js';
import type { CacheClass, Loaded } from './cache-class.js';
import type { Clock } from './clock.js';
import { type Entry, type Known, toEntry } from './entry.js';
import { CacheUnavailableError } from './errors.js';
import type { Flight, Landed } from './flights.js';
import type { Floors } from './floors.js';
import type { LocalEntry, LocalValues } from './local-values.js';
import type { Lease, SharedValues } from './shared-values.js';

/** One question: a key and how Postgres answers it. */
export interface Question {
  key: string;
  cls: CacheClass<unknown>;
  load: () => Promise<Loaded<unknown> | null>;
}

/** What a reading works with. */
export interface ReadingParts {
  clock: Clock;
  random: () => number;
  local: LocalValues;
  floors: Floors;
  shared: SharedValues | undefined;
  bulkhead: Bulkhead;
  maxValueBytes: number;
  accepts(key: string, entry: Known, loadOrder?: number): boolean;
  onRefusedFill(): void;
}

const WAIT_STEP_MS = 100;
const WAIT_STEPS = 4;
/** A shared copy that ends so much later was made anew. */
const LATER_MS = 1_000;
/** Pool and statement time-outs are shorter; this ends what they do not. */
const LOAD_MS = 15_000;

/** How a flight gets its value. */
export class Reading {
  readonly #parts: ReadingParts;

  constructor(parts: ReadingParts) {
    this.#parts = parts;
  }

  /** From Redis, else from Postgres with the licence to fill Redis. */
  async viaShared(question: Question, flight: Flight): Promise<Landed> {
    const { key } = question;
    let look = await this.#parts.shared?.look(key);
    for (let step = 0; look; step += 1) {
      if (look.lease) return this.#loadAndFill(question, flight, look.lease);
      if (look.entry) {
        const { entry, endsAt } = look;
        if (this.#parts.accepts(key, entry)) return this.#land(question, flight, { entry }, endsAt);
        // Older than what is known here: it is replaced.
        const lease = await this.#parts.shared?.lease(key);
        if (lease) return this.#loadAndFill(question, flight, lease);
      }
      // Somebody else is loading it; but nobody is waited for longer than this.
      if (step === WAIT_STEPS) break;
      await this.#parts.clock.sleep(WAIT_STEP_MS * (0.5 + 0.5 * this.#parts.random()));
      look = await this.#parts.shared?.look(key);
    }
    return this.direct(question, flight);
  }

  /** From Postgres, without filling Redis. */
  async direct(question: Question, flight: Flight): Promise<Landed> {
    const landed = await this.load(question);
    return this.#land(question, flight, landed);
  }

  /** Anew before it ends: from Postgres, unless another process has done or is doing that. */
  async refresh(question: Question, flight: Flight, current: LocalEntry): Promise<Landed> {
    const { shared, accepts } = this.#parts;
    if (!shared) return this.direct(question, flight);
    const look = await shared.look(question.key);
    if (look?.entry && look.endsAt > current.endsAt + LATER_MS) {
      const { entry, endsAt } = look;
      if (accepts(question.key, entry)) return this.#land(question, flight, { entry }, endsAt);
    }
    const lease = look?.lease ?? (await shared.lease(question.key));
    if (lease) return this.#loadAndFill(question, flight, lease);
    flight.entry = current;
    return { entry: current };
  }

  /** @throws CacheUnavailableError, or what the loader throws */
  async load({ key, load }: Question): Promise<Landed<Entry>> {
    const { bulkhead, clock, floors } = this.#parts;
    return bulkhead.run(async () => {
      const loadOrder = floors.tick();
      const startedAt = clock.now();
      const loaded = await this.#inTime(load());
      const now = clock.now();
      const entry = toEntry(loaded, floors.goneAt(key, now), now - startedAt);
      return { entry, loadOrder };
    });
  }

  async #loadAndFill(question: Question, flight: Flight, lease: Lease): Promise<Landed> {
    const { shared, maxValueBytes, random, clock } = this.#parts;
    let landed: Landed<Entry>;
    try {
      landed = await this.load(question);
    } catch (error) {
      await shared?.release(lease);
      throw error;
    }
    flight.entry = landed.entry;
    const { entry } = landed;
    if (entry.json.length > maxValueBytes) {
      await shared?.release(lease);
      return landed;
    }
    const ttlMs = question.cls.sharedTtlMs(entry.value === null, random());
    if (!(await shared?.fill(lease, entry, ttlMs))) this.#parts.onRefusedFill();
    return this.#land(question, flight, landed, clock.now() + ttlMs);
  }

  /** Keeps the value in this process, unless something newer is known. */
  #land({ key, cls }: Question, flight: Flight, landed: Landed<Entry>, endsAt?: number): Landed {
    const { entry, loadOrder } = landed;
    flight.entry = entry;
    const { local, floors, clock, random, accepts, maxValueBytes } = this.#parts;
    if (flight.isPoisoned || !accepts(key, entry, loadOrder)) return landed;
    if (entry.json.length > maxValueBytes) return landed;
    const now = clock.now();
    floors.returned(key, entry.value === null ? null : entry.ver, now, loadOrder);
    const expiresAt = now + cls.localTtlMs(entry.value === null, random());
    local.put(key, entry, { expiresAt, endsAt: endsAt ?? expiresAt });
    return landed;
  }

  async #inTime<T>(loading: Promise<T>): Promise<T> {
    let cancel = () => {};
    const tooLate = new Promise<never>((_, reject) => {
      cancel = this.#parts.clock.after(LOAD_MS, () =>
        reject(new CacheUnavailableError('A load did not end in time')),
      );
    });
    try {
      return await Promise.race([loading, tooLate]);
    } finally {
      cancel();
    }
  }
}
