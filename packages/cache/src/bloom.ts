import { randomInt } from 'node:crypto';

const MAX_WORD = 0xffff_ffff;

/** Four numbers of a UUID's 128 bits, or undefined for anything else. */
export function uuidWords(id: string): [number, number, number, number] | undefined {
  if (!/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(id)) return undefined;
  const digits = id.replaceAll('-', '');
  const word = (at: number) => Number.parseInt(digits.slice(at, at + 8), 16);
  return [word(0), word(8), word(16), word(24)];
}

/** MurmurHash3 of four words. */
function hash(words: readonly number[], seed: number): number {
  let h = seed;
  for (const word of words) {
    let k = Math.imul(word, 0xcc9e2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    h ^= k;
    h = Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64;
  }
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * A Bloom filter of UUIDs: never says no to one that was added, and yes to one that was not in `errorRate` of
 * the cases. Its seeds are drawn, so that nobody can make ids that it takes for known.
 */
export class Bloom {
  readonly #bits: Uint32Array;
  readonly #size: number;
  readonly #hashes: number;
  readonly #seeds = [randomInt(MAX_WORD), randomInt(MAX_WORD)] as const;
  added = 0;

  constructor(
    readonly capacity: number,
    errorRate: number,
  ) {
    const bitsEach = -Math.log(errorRate) / Math.LN2 ** 2;
    this.#size = Math.max(64, Math.ceil(capacity * bitsEach));
    this.#bits = new Uint32Array(Math.ceil(this.#size / 32));
    this.#hashes = Math.max(1, Math.round(bitsEach * Math.LN2));
  }

  get bytes(): number {
    return this.#bits.byteLength;
  }

  add(words: readonly number[]): void {
    let isNew = false;
    for (const bit of this.#places(words)) {
      const word = this.#bits[bit >>> 5] ?? 0;
      const withBit = (word | (1 << (bit & 31))) >>> 0;
      if (withBit !== word) isNew = true;
      this.#bits[bit >>> 5] = withBit;
    }
    if (isNew) this.added += 1;
  }

  has(words: readonly number[]): boolean {
    for (const bit of this.#places(words)) {
      if ((((this.#bits[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 0) return false;
    }
    return true;
  }

  /** Two hashes make all of them (Kirsch and Mitzenmacher). */
  *#places(words: readonly number[]): Generator<number> {
    const first = hash(words, this.#seeds[0]);
    const second = hash(words, this.#seeds[1]);
    for (let i = 0; i < this.#hashes; i += 1) {
      yield (first + i * second) % this.#size;
    }
  }
}
