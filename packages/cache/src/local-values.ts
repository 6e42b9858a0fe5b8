import { LRUCache } from 'lru-cache';
import type { Entry, Known } from './entry.js';

/** A value in this process; its text would double what it takes. */
export interface LocalEntry extends Known {
  /** When it is to be asked for again. */
  readonly expiresAt: number;
  /** When the shared copy ends. */
  readonly endsAt: number;
}

const OVERHEAD_BYTES = 300;
/** Of the capacity, for absent rows: asking for ids at random pushes out no real value. */
const ABSENT_SHARE = 0.1;

const sizeOf = (entry: Entry, key: string) => OVERHEAD_BYTES + 2 * (entry.json.length + key.length);

/**
 * The values of this process, bounded by count and bytes. Expired entries stay until their place is
 * needed: they may still be served when Postgres fails.
 */
export class LocalValues {
  readonly #present: LRUCache<string, LocalEntry>;
  readonly #absent: LRUCache<string, LocalEntry>;

  constructor(maxEntries: number, maxBytes: number) {
    const bounded = (share: number) =>
      new LRUCache<string, LocalEntry>({
        max: Math.ceil(maxEntries * share),
        maxSize: Math.ceil(maxBytes * share),
      });
    this.#present = bounded(1 - ABSENT_SHARE);
    this.#absent = bounded(ABSENT_SHARE);
  }

  /** The entry, expired or not. */
  get(key: string): LocalEntry | undefined {
    return this.#present.get(key) ?? this.#absent.get(key);
  }

  put(key: string, entry: Entry, times: Pick<LocalEntry, 'expiresAt' | 'endsAt'>): void {
    this.delete(key);
    const { ver, value, loadMs } = entry;
    const values = value === null ? this.#absent : this.#present;
    values.set(key, { ver, value, loadMs, ...times }, { size: sizeOf(entry, key) });
  }

  delete(key: string): void {
    this.#present.delete(key);
    this.#absent.delete(key);
  }

  get size(): { entries: number; absent: number; bytes: number } {
    return {
      entries: this.#present.size,
      absent: this.#absent.size,
      bytes: this.#present.calculatedSize + this.#absent.calculatedSize,
    };
  }
}
