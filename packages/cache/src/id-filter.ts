import { Bloom } from './bloom.js';
import { type Clock, realClock } from './clock.js';
import type { ChangeFeed } from './feed.js';

/** Two proofs further apart: the log of changes may have been cut in between. */
const GAP_MS = 600_000;
/** A refusal waits so long at most for the proof it needs; then the question goes to Postgres. */
const WAIT_MS = 1_000;
/** Polls for the sake of unknown ids are so far apart, however many are asked for. */
const POLL_MS = 200;
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
 * Knows that an id was never given, so that guessing ids costs Postgres nothing. It says "no" only when a
 * poll of the change feed that began after the question has told of no such id: what was committed when
 * somebody asked is never refused, whichever process or hand made it.
 */
export interface IdFilter {
  /** False: when it was called, there was no such id. An unknown id waits for the next poll. */
  mayExist(id: string): Promise<boolean>;
  /**
   * Loads all ids anew: at boot, until then every id is let through; later to forget deleted ones.
   * @throws what `count` or `load` throws; the filter stays as it was
   */
  rebuild(): Promise<void>;
  stats(): { ids: number; bytes: number; refused: number; isReady: boolean };
  close(): void;
}

const wallClock = { ...realClock, wallNow: () => Date.now() };

/** Makes a filter that lets everything through until `rebuild` has ended. */
export function createIdFilter(options: IdFilterOptions): IdFilter {
  const { feed, prefix, count, load, errorRate = 0.01, clock = wallClock } = options;
  const waiting = new Set<{ since: number; resolve: (isProven: boolean) => void }>();
  let current: Bloom | undefined;
  let building: Bloom | undefined;
  let rebuilding: Promise<void> | undefined;
  // As if there had been one: nothing was loaded before.
  let provenAt = clock.now();
  let provenWall = clock.wallNow();
  let isAsked = false;
  let refused = 0;

  const stop = feed.subscribe({
    onChanges(changes) {
      for (const { key, deleted } of changes) {
        if (deleted || !key.startsWith(`${prefix}:`)) continue;
        const id = key.slice(prefix.length + 1);
        current?.add(id);
        building?.add(id);
      }
    },
    onProof(issuedAtMs) {
      // A machine that slept counts its sleep on one of the two clocks only.
      const gapMs = Math.max(issuedAtMs - provenAt, clock.wallNow() - provenWall);
      if (gapMs > GAP_MS) {
        current = undefined;
        building = undefined;
      }
      provenAt = Math.max(provenAt, issuedAtMs);
      provenWall = clock.wallNow();
      for (const one of waiting) if (one.since <= issuedAtMs) one.resolve(true);
    },
  });

  /** Asks for a poll, unless there was one just now. */
  function ask(): void {
    if (isAsked) return;
    isAsked = true;
    clock.after(Math.max(0, POLL_MS - (clock.now() - provenAt)), () => {
      isAsked = false;
      feed.nudge();
    });
  }

  /** Waits for the first poll that begins after now. @returns false when none comes in time */
  function nextProof(): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (isProven: boolean) => {
        cancel();
        waiting.delete(one);
        resolve(isProven);
      };
      const one = { since: clock.now(), resolve: done };
      const cancel = clock.after(WAIT_MS, () => done(false));
      waiting.add(one);
      ask();
    });
  }

  async function build(): Promise<void> {
    const bloom = new Bloom(Math.max(MIN_CAPACITY, (await count()) * HEADROOM), errorRate);
    // What is told from now on may be missing in what is loaded.
    building = bloom;
    try {
      for await (const ids of load()) for (const id of ids) bloom.add(id);
      // Otherwise the feed had a gap, and what it did not tell may be missing.
      if (building === bloom) current = bloom;
    } finally {
      building = undefined;
    }
  }

  return {
    async mayExist(id) {
      if (!current || current.has(id)) return true;
      if (!(await nextProof())) return true;
      // Looked up again: it may have been told, replaced or given up meanwhile.
      if (!current || current.has(id)) return true;
      refused += 1;
      return false;
    },
    rebuild: () => {
      rebuilding ??= build().finally(() => {
        rebuilding = undefined;
      });
      return rebuilding;
    },
    stats: () => ({
      ids: current?.added ?? 0,
      bytes: current?.bytes ?? 0,
      refused,
      isReady: current !== undefined,
    }),
    close() {
      stop();
      current = undefined;
      for (const one of waiting) one.resolve(false);
    },
  };
}
