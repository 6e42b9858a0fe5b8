import { Bulkhead } from './bulkhead.js';
import { type CacheClass, type Frozen, type Loaded, prefixOf } from './cache-class.js';
import type { CacheParts } from './cache-parts.js';
import { type Clock, realClock } from './clock.js';
import { type Known, toEntry } from './entry.js';
import type { Change, ChangeFeed } from './feed.js';
import { type Flight, Flights, type Landed } from './flights.js';
import { Floors } from './floors.js';
import { type LocalEntry, LocalValues } from './local-values.js';
import { type Question, Reading } from './reading.js';
import { SharedValues } from './shared-values.js';
import { type CacheStats, type ClassCounts, countAnswer, noCounts } from './stats.js';
import { Teller } from './teller.js';

/** The promise: no value is older than this. */
const BOUND_MS = 2_000;
/** How long a value may be served that could not be proven fresh, when Postgres fails. */
const STALE_MS = 300_000;
/** Twice the bound and more than the life of a lease. */
const FLOOR_MS = 15_000;
const MAX_FLOORS = 100_000;
const TRIES = 3;

/** The cache; see `createCache`. */
export class Cache {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #floors: Floors;
  readonly #flights: Flights;
  readonly #local: LocalValues;
  readonly #shared: SharedValues | undefined;
  readonly #bulkhead: Bulkhead;
  readonly #reading: Reading;
  readonly #teller: Teller | undefined;
  readonly #feed: ChangeFeed;
  readonly #stopFeed: () => void;
  readonly #without: CacheParts['without'];
  readonly #prefixes: ReadonlySet<string>;
  readonly #counts = new Map<string, ClassCounts>();
  #provenAt = Number.NEGATIVE_INFINITY;
  #refusedFills = 0;
  #refreshes = 0;

  constructor(parts: CacheParts) {
    const { classes, feed, maxLoads, store, clock = realClock, random = Math.random } = parts;
    const { maxEntries = 20_000, maxBytes = 64 << 20, maxValueBytes = 1 << 20 } = parts;
    this.#clock = clock;
    this.#random = random;
    this.#without = parts.without;
    this.#floors = new Floors(parts.floorMs ?? FLOOR_MS, parts.maxFloors ?? MAX_FLOORS);
    this.#flights = new Flights(clock);
    this.#local = new LocalValues(maxEntries, maxBytes);
    this.#shared = store && new SharedValues(store, clock);
    this.#bulkhead = new Bulkhead(maxLoads, parts.loadWaitMs ?? 500, clock);
    this.#reading = new Reading({
      clock,
      random,
      local: this.#local,
      floors: this.#floors,
      shared: this.#shared,
      bulkhead: this.#bulkhead,
      maxValueBytes,
      accepts: (key, entry, loadOrder) => this.#accepts(key, entry, loadOrder),
      onRefusedFill: () => {
        this.#refusedFills += 1;
      },
    });
    this.#teller = this.#shared && new Teller(this.#floors, this.#shared, clock);
    this.#prefixes = new Set(classes.flatMap((cls) => cls.prefixes));
    for (const { name } of classes) this.#counts.set(name, noCounts());
    this.#feed = feed;
    this.#stopFeed = feed.subscribe({
      onChanges: (changes) => this.#take(changes, false),
      onProof: (issuedAtMs) => {
        this.#provenAt = Math.max(this.#provenAt, issuedAtMs);
      },
    });
  }

  /**
   * The value of an id, at most two seconds older than Postgres, or `null` when there is none. It is
   * shared and frozen. `load` reads the value and its version in one statement; it serves all who ask at
   * the same time, so it must not depend on the caller's request or permissions.
   * @throws CacheUnavailableError when Postgres has no place for the load, what `load` throws, RangeError
   * for a key of whose changes the cache would not hear
   */
  async get<T>(
    cls: CacheClass<T>,
    id: string,
    load: () => Promise<Loaded<T> | null>,
  ): Promise<Frozen<T> | null> {
    const question: Question = { key: cls.key(id), cls, load };
    if (!this.#prefixes.has(prefixOf(question.key))) {
      throw new RangeError(`No class of this cache has keys such as ${prefixOf(question.key)}`);
    }
    const counts = this.#countsOf(cls);
    const now = this.#clock.now();
    if (this.#isFresh(now)) {
      const entry = this.#local.get(question.key);
      if (entry && entry.expiresAt > now) {
        countAnswer(counts, 'local');
        if (this.#isDue(entry, now)) this.#refresh(question, entry);
        return entry.value as Frozen<T> | null; // put there under a key of this class
      }
    }
    return (await this.#read(question, counts)) as Frozen<T> | null; // as above
  }

  /**
   * To be called after the commit with what it changed: this process reads nothing older from then on,
   * the others hear of it at once. `ver` of a deletion may be the version that was deleted.
   */
  apply(changes: readonly Change[]): void {
    this.#take(changes, true);
    this.#feed.nudge();
  }

  /**
   * `apply` of one change with the new value, which is then read from this process.
   * @param since `performance.now()` from before the transaction began
   */
  write<T>(cls: CacheClass<T>, id: string, loaded: Loaded<T>, since: number): void {
    const key = cls.key(id);
    this.apply([{ key, ver: loaded.ver, deleted: false }]);
    const now = this.#clock.now();
    const entry = toEntry(loaded, 0n, 0);
    // Of a later change that was heard of since then, the floor is still known.
    if (now - since >= this.#floors.floorMs || !this.#accepts(key, entry)) return;
    const expiresAt = now + cls.localTtlMs(false, this.#random());
    this.#local.put(key, entry, { expiresAt, endsAt: expiresAt });
  }

  /** Reads ids ahead, a few at a time. A failed load is counted and not repeated. */
  async warm<T>(
    cls: CacheClass<T>,
    ids: readonly string[],
    load: (id: string) => Promise<Loaded<T> | null>,
  ): Promise<{ warmed: number; failed: number }> {
    const done = { warmed: 0, failed: 0 };
    const left = ids.values();
    const work = async () => {
      for (const id of left) {
        try {
          await this.get(cls, id, () => load(id));
          done.warmed += 1;
        } catch {
          done.failed += 1;
        }
      }
    };
    await Promise.all([work(), work()]);
    return done;
  }

  stats(): CacheStats {
    return {
      classes: Object.fromEntries([...this.#counts].map(([name, counts]) => [name, { ...counts }])),
      ...this.#local.size,
      loads: this.#bulkhead.taken,
      refusedFills: this.#refusedFills,
      refreshes: this.#refreshes,
      owed: this.#floors.owing,
      isRedisDown: this.#shared?.isOpen ?? false,
      redisFailures: this.#shared?.failures ?? 0,
      proofAgeMs: this.#clock.now() - this.#provenAt,
    };
  }

  /** Stops listening and closes the connections. What is read afterwards comes from Postgres. */
  close(): void {
    this.#stopFeed();
    this.#provenAt = Number.NEGATIVE_INFINITY;
    this.#teller?.close();
    this.#shared?.close();
  }

  /** A hint of another process: the feed will tell the same. */
  hear(change: Change): void {
    if (!this.#prefixes.has(prefixOf(change.key))) return;
    this.#raise(change);
    this.#feed.nudge();
  }

  async #read(question: Question, counts: ClassCounts): Promise<unknown> {
    try {
      for (let attempt = 1; attempt < TRIES; attempt += 1) {
        const isFresh = this.#isFresh(this.#clock.now());
        const joined = this.#joinable(question.key, isFresh);
        const flight = joined ?? this.#fly(question, isFresh);
        const landed = await flight.landed;
        // What was loaded for this reader began after it asked; anything else must not be too old.
        const isOwnLoad = !joined && landed.loadOrder !== undefined;
        if (isOwnLoad || this.#accepts(question.key, landed.entry, landed.loadOrder)) {
          if (!isFresh) counts.bypassed += 1;
          return this.#return(question.key, landed, counts);
        }
      }
      return this.#return(question.key, await this.#reading.load(question), counts);
    } catch (error) {
      const stale = await this.#stale(question);
      if (!stale) {
        counts.failed += 1;
        throw error;
      }
      counts.stale += 1;
      return stale.value;
    }
  }

  #fly(question: Question, isFresh: boolean): Flight {
    return this.#flights.start(question.key, !isFresh, (flight) =>
      isFresh ? this.#reading.viaShared(question, flight) : this.#reading.direct(question, flight),
    );
  }

  /** A flight that serves a reader who asks now. */
  #joinable(key: string, isFresh: boolean): Flight | undefined {
    const flight = this.#flights.get(key);
    if (!flight || isFresh) return flight;
    const isYoung = this.#clock.now() - flight.startedAt < BOUND_MS;
    return flight.isDirect && isYoung ? flight : undefined;
  }

  #return(key: string, { entry, loadOrder }: Landed, counts: ClassCounts): unknown {
    countAnswer(counts, loadOrder === undefined ? 'shared' : 'loaded');
    const ver = entry.value === null ? null : entry.ver;
    const isRaised = this.#floors.returned(key, ver, this.#clock.now(), loadOrder);
    if (isRaised) this.#drop(key, entry.ver, false);
    return entry.value;
  }

  /** What may be served when Postgres fails: what was fresh some minutes ago. */
  async #stale({ key, cls }: Question): Promise<Known | undefined> {
    if (cls.isStrict || this.#clock.now() - this.#provenAt > STALE_MS) return undefined;
    const local = this.#local.get(key);
    if (local) return local;
    const look = await this.#shared?.look(key);
    if (look?.lease) await this.#shared?.release(look.lease);
    if (!look?.entry || !this.#accepts(key, look.entry)) return undefined;
    const { entry } = look;
    this.#floors.returned(key, entry.value === null ? null : entry.ver, this.#clock.now());
    return entry;
  }

  /** May a copy be trusted: are all changes known that are older than the bound? */
  #isFresh(now: number): boolean {
    return now - this.#provenAt < BOUND_MS || this.#without === 'proof';
  }

  #accepts(key: string, { ver, value }: Known, loadOrder?: number): boolean {
    if (this.#without === 'floors') return true;
    return this.#floors.accepts(key, value === null ? null : ver, this.#clock.now(), loadOrder);
  }

  #take(changes: readonly Change[], isOwn: boolean): void {
    const now = this.#clock.now();
    for (const change of changes) {
      if (!this.#prefixes.has(prefixOf(change.key))) continue;
      this.#raise(change);
      if (this.#teller) this.#floors.owe(change.key, change.ver, now, isOwn);
    }
    this.#teller?.tell();
  }

  #raise({ key, ver, deleted }: Change): void {
    this.#floors.raise(key, ver, deleted, this.#clock.now());
    // Also below a floor: of a scope, a transaction with a lower version may have ended later.
    this.#drop(key, ver, deleted);
  }

  /** Forgets what is older than a change, and lets nobody join a flight that may bring it. */
  #drop(key: string, ver: bigint, isGone: boolean): void {
    const isEnough = (entry: Known) => (isGone ? entry.ver > ver : entry.ver >= ver);
    const entry = this.#local.get(key);
    if (entry && !isEnough(entry)) this.#local.delete(key);
    if (this.#without !== 'poison') this.#flights.poison(key, isEnough);
  }

  /** XFetch: the nearer the end and the slower the load, the likelier one reader renews it early. */
  #isDue(entry: LocalEntry, now: number): boolean {
    const leftMs = entry.endsAt - now;
    return leftMs < entry.loadMs * 10 && -entry.loadMs * Math.log(this.#random()) >= leftMs;
  }

  #refresh(question: Question, entry: LocalEntry): void {
    if (this.#flights.get(question.key)) return;
    this.#refreshes += 1;
    this.#flights.start(question.key, false, (flight) =>
      this.#reading.refresh(question, flight, entry),
    );
  }

  #countsOf({ name }: CacheClass<unknown>): ClassCounts {
    const counts = this.#counts.get(name);
    if (!counts) throw new Error(`The cache was not made for ${name}`);
    return counts;
  }
}
