import { createHash, randomBytes } from 'node:crypto';

/**
 * A Bloom filter of texts: never says no to one that was added, and yes to one that was not in `errorRate` of
 * the cases. Its seed is drawn, so that nobody can make texts that it takes for known.
 */
export class Bloom {
  readonly #bits: Uint32Array;
  readonly #size: number;
  readonly #hashes: number;
  readonly #seed = randomBytes(16);
  added = 0;

  constructor(capacity: number, errorRate: number) {
    const bitsEach = -Math.log(errorRate) / Math.LN2 ** 2;
    this.#size = Math.max(64, Math.ceil(capacity * bitsEach));
    this.#bits = new Uint32Array(Math.ceil(this.#size / 32));
    this.#hashes = Math.max(1, Math.round(bitsEach * Math.LN2));
  }

  get bytes(): number {
    return this.#bits.byteLength;
  }

  add(text: string): void {
    let isNew = false;
    for (const bit of this.#places(text)) {
      const word = this.#bits[bit >>> 5] ?? 0;
      const withBit = (word | (1 << (bit & 31))) >>> 0;
      if (withBit !== word) isNew = true;
      this.#bits[bit >>> 5] = withBit;
    }
    if (isNew) this.added += 1;
  }

  has(text: string): boolean {
    for (const bit of this.#places(text)) {
      if ((((this.#bits[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 0) return false;
    }
    return true;
  }

  /** Two hashes make all of them (Kirsch and Mitzenmacher). */
  *#places(text: string): Generator<number> {
    const digest = createHash('sha256').update(this.#seed).update(text).digest();
    const first = digest.readUInt32LE(0);
    // Odd, so that it is never zero.
    const second = digest.readUInt32LE(4) | 1;
    for (let i = 0; i < this.#hashes; i += 1) {
      yield (first + i * (second >>> 0)) % this.#size;
    }
  }
}
