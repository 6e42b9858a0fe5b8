import { LRUCache } from 'lru-cache';

/** What this process knows of a key: nothing older may be read any more. */
interface Floor {
  ver: bigint;
  /** The row was gone at `ver`: a value has to be newer than that. */
  isGone: boolean;
  /** When, in the order of this process, it was raised. */
  order: number;
  expiresAt: number;
  /** The highest change Redis is still to be told; 0: none. */
  owed: bigint;
  /** When, in the order of this process, the last of them was heard of. */
  owedOrder: number;
  /** The last changes that Redis was or is to be told: they are told of more than once. */
  heard: bigint[];
  /** The other processes are to hear of it through Redis. */
  isHinting: boolean;
}

const MAX_HEARD = 16;

/** A change Redis is to be told. */
export interface OwedChange {
  key: string;
  ver: bigint;
  isGone: boolean;
  isHinting: boolean;
  /** When it was heard of. */
  order: number;
}

/**
 * The lowest version of each key that may still be read here, raised by changes and by every value
 * that was returned. A floor is forgotten after `floorMs`, but never while Redis is still to be told:
 * until then Redis may hold an older value.
 */
export class Floors {
  readonly #floors: LRUCache<string, Floor>;
  /** Keys whose absence was returned: only Postgres may say otherwise. Apart, since anyone may ask for any id. */
  readonly #seals: LRUCache<string, { order: number; expiresAt: number }>;
  readonly #owing = new Map<string, Floor>();
  #order = 0;

  constructor(
    readonly floorMs: number,
    max: number,
  ) {
    this.#floors = new LRUCache({ max });
    this.#seals = new LRUCache({ max });
  }

  /** A moment in the order of this process: before a load starts, between two changes. */
  tick(): number {
    this.#order += 1;
    return this.#order;
  }

  /** How many changes Redis is still to be told. */
  get owing(): number {
    return this.#owing.size;
  }

  /** The version at which the row is known to be gone, else 0. */
  goneAt(key: string, now: number): bigint {
    const floor = this.#live(key, now);
    return floor?.isGone ? floor.ver : 0n;
  }

  /**
   * May this version (`null`: absent) be read?
   * @param loadOrder the `tick` before it was loaded, when it comes from Postgres itself
   */
  accepts(key: string, ver: bigint | null, now: number, loadOrder?: number): boolean {
    const floor = this.#live(key, now);
    const seal = this.#seal(key, now);
    if (loadOrder !== undefined && loadOrder > Math.max(floor?.order ?? 0, seal?.order ?? 0)) {
      return true;
    }
    if (ver === null) return floor?.isGone ?? true;
    if (seal) return false;
    if (!floor) return true;
    return floor.isGone ? ver > floor.ver : ver >= floor.ver;
  }

  /** Raises the floor. @returns whether it was lower */
  raise(key: string, ver: bigint, isGone: boolean, now: number): boolean {
    const floor = this.#live(key, now);
    const expiresAt = now + this.floorMs;
    if (!floor) {
      const order = this.tick();
      const owing = { owed: 0n, owedOrder: 0, heard: [], isHinting: false };
      this.#floors.set(key, { ver, isGone, order, expiresAt, ...owing });
      return true;
    }
    if (floor.ver > ver) return false;
    floor.expiresAt = expiresAt;
    if (floor.ver === ver && (floor.isGone || !isGone)) return false;
    // A deletion told under the version it deleted is news for Redis too.
    if (floor.ver === ver) floor.heard = [];
    floor.ver = ver;
    floor.isGone = isGone;
    floor.order = this.tick();
    return true;
  }

  /**
   * Notes that Redis is to be told of a change for which the floor was raised. The version of a scope is
   * that of a transaction, so a lower one may come later and be news all the same.
   */
  owe(key: string, ver: bigint, now: number, isHinting: boolean): void {
    const floor = this.#live(key, now);
    if (!floor || floor.heard.includes(ver)) return;
    floor.heard = [...floor.heard.slice(1 - MAX_HEARD), ver];
    if (ver > floor.owed) floor.owed = ver;
    floor.owedOrder = this.tick();
    floor.isHinting ||= isHinting;
    this.#floors.delete(key);
    this.#owing.set(key, floor);
  }

  /** The oldest changes Redis is to be told. */
  owed(max: number): OwedChange[] {
    const changes: OwedChange[] = [];
    for (const [key, { owed, owedOrder, ver, isGone, isHinting }] of this.#owing) {
      changes.push({ key, ver: owed, isGone: isGone && ver === owed, isHinting, order: owedOrder });
      if (changes.length === max) break;
    }
    return changes;
  }

  /** Redis was told; from now on these floors may be forgotten. */
  settle(changes: readonly OwedChange[], now: number): void {
    for (const { key, order } of changes) {
      const floor = this.#owing.get(key);
      // Something was heard of while it was being told.
      if (!floor || floor.owedOrder > order) continue;
      floor.owed = 0n;
      floor.isHinting = false;
      floor.expiresAt = now + this.floorMs;
      this.#owing.delete(key);
      this.#floors.set(key, floor);
    }
  }

  /** Gives up telling Redis: the caller has stopped reading it. */
  forgive(now: number): void {
    this.settle(this.owed(Number.POSITIVE_INFINITY), now);
  }

  /** Notes what was returned to a reader; see `accepts`. @returns whether the floor was lower */
  returned(key: string, ver: bigint | null, now: number, loadOrder?: number): boolean {
    if (ver === null) {
      const floor = this.#live(key, now);
      const order = this.tick();
      this.#seals.set(key, { order, expiresAt: now + this.floorMs });
      // Looked for before the row came, it says nothing of the row; but somebody was told that there is none.
      const isOfBefore = floor && loadOrder !== undefined && loadOrder < floor.order;
      if (floor && !floor.isGone && !isOfBefore) {
        floor.isGone = true;
        floor.order = order;
      }
      return false;
    }
    const seal = this.#seal(key, now);
    if (seal && loadOrder !== undefined && loadOrder > seal.order) this.#seals.delete(key);
    return this.raise(key, ver, false, now);
  }

  #live(key: string, now: number): Floor | undefined {
    const owing = this.#owing.get(key);
    if (owing) return owing;
    const floor = this.#floors.get(key);
    if (floor && floor.expiresAt <= now) {
      this.#floors.delete(key);
      return undefined;
    }
    return floor;
  }

  #seal(key: string, now: number): { order: number } | undefined {
    const seal = this.#seals.get(key);
    return seal && seal.expiresAt > now ? seal : undefined;
  }
}
