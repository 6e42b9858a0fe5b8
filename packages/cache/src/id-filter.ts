import { Bloom, uuidWords } from './bloom.js';
import { type Clock, realClock } from './clock.js';
import type { ChangeFeed } from './feed.js';

/** From making an id to its commit, with the difference of two clocks. */
const COMMIT_MS = 60_000;
const BOUND_MS = 2_000;
const HEADROOM = 1.5;
const MIN_CAPACITY = 10_000;

export interface IdFilterOptions {
  feed: ChangeFeed;
  /** The key of an id is `<prefix>:<id>`. */
  prefix: string;
  /** How many ids there are, about. */
  count: () => Promise<number>;
  /** All ids, in batches; at least those that were committed when it was called. */
  load: () => AsyncIterable<readonly string[]>;
  /** Share of unknown ids that are let through; 0.01. */
  errorRate?: number;
  /** Only for tests. */
  clock?: Clock & { wallNow(): number };
}

/**
 * Knows without I/O that an id was never given, so that guessing ids costs Postgres nothing. It answers
 * "no" only where it must know: while it hears every change, for ids made (by their UUIDv7 time) more than a
 * minute before what it has heard of. A younger id may be on its way to the commit, so it is let through.
 */
export interface IdFilter {
  /** False: there is no such id. */
  mayExist(id: string): boolean;
  /** Lets an id through at once: for ids that are committed long after they were made, such as imports. */
  add(id: string): void;
  /**
   * Loads all ids anew: at boot, until then every id is let through; later to forget deleted ones.
   * @throws what `count` or `load` throws; the filter stays as it was
   */
  rebuild(): Promise<void>;
  stats(): { ids: number; bytes: number; refused: number; isFull: boolean };
  close(): void;
}

const wallClock = { ...realClock, wallNow: () => Date.now() };

/** Makes a filter that lets everything through until `rebuild` has ended. */
export function createIdFilter(options: IdFilterOptions): IdFilter {
  const { feed, prefix, count, load, errorRate = 0.01, clock = wallClock } = options;
  let current: Bloom | undefined;
  let building: Bloom | undefined;
  let provenAt = Number.NEGATIVE_INFINITY;
  let refused = 0;
  let rebuilding: Promise<void> | undefined;
  // A clock that is set later does not move what was made when.
  const offsetMs = clock.wallNow() - clock.now();

  const add = (id: string) => {
    const words = uuidWords(id);
    if (!words) return;
    current?.add(words);
    building?.add(words);
  };
  const stop = feed.subscribe({
    onChanges(changes) {
      for (const { key, deleted } of changes) {
        if (!deleted && key.startsWith(`${prefix}:`)) add(key.slice(prefix.length + 1));
      }
    },
    onProof(issuedAtMs) {
      provenAt = Math.max(provenAt, issuedAtMs);
    },
  });

  /** Was it made so long before the last proof that its commit has been heard of? */
  const isOld = ([high, rest]: readonly [number, number, ...number[]]) => {
    const isVersion7 = ((rest >>> 12) & 0xf) === 7;
    const madeAt = high * 0x1_0000 + (rest >>> 16);
    const heardUntil = provenAt + Math.min(offsetMs, clock.wallNow() - clock.now());
    return isVersion7 && madeAt < heardUntil - COMMIT_MS;
  };

  const rebuild = async () => {
    const bloom = new Bloom(Math.max(MIN_CAPACITY, (await count()) * HEADROOM), errorRate);
    // What is told from now on may be missing in what is loaded.
    building = bloom;
    try {
      for await (const ids of load()) {
        for (const id of ids) {
          const words = uuidWords(id);
          if (words) bloom.add(words);
        }
      }
      current = bloom;
    } finally {
      building = undefined;
    }
  };

  return {
    mayExist(id) {
      const words = uuidWords(id);
      if (!words || !current || clock.now() - provenAt > BOUND_MS) return true;
      if (!isOld(words) || current.has(words)) return true;
      refused += 1;
      return false;
    },
    add,
    rebuild: () => {
      rebuilding ??= rebuild().finally(() => {
        rebuilding = undefined;
      });
      return rebuilding;
    },
    stats: () => ({
      ids: current?.added ?? 0,
      bytes: current?.bytes ?? 0,
      refused,
      isFull: current !== undefined && current.added > current.capacity,
    }),
    close: stop,
  };
}
