import { Cache } from './cache.js';
import { padVer } from './entry.js';
import type { ChangeListener } from './feed.js';
import type { OwedChange } from './floors.js';
import { BOUND_MS, isScope, type LogRow, type Model } from './model-support.js';
import type { Look, SharedStore } from './shared-store.js';

const TIMEOUT_MS = 100;
const LEASE_MS = 10_000;

/** One process with its cache, its poller and what its readers have seen. */
export class Process implements SharedStore {
  cache: Cache;
  isCut = false;
  isDeaf = false;
  #listener: ChangeListener | undefined;
  #isPolling = false;
  #isBooted = false;
  #position = 0;
  #lastId = 0;
  #polling = Promise.resolve();
  #seen = new Map<string, bigint>();
  #own = new Map<string, bigint>();

  constructor(
    readonly model: Model,
    readonly index: number,
  ) {
    this.cache = this.#start();
  }

  /** A new process in its place. What the old one was doing goes on, unheard. */
  restart(): void {
    this.cache.close();
    this.cache = this.#start();
  }

  #start(): Cache {
    const { clock, options, strict } = this.model;
    this.#isPolling = false;
    this.#isBooted = false;
    this.#position = 0;
    this.#lastId = 0;
    this.#polling = Promise.resolve();
    this.#seen = new Map();
    this.#own = new Map();
    const { missing } = options;
    return new Cache({
      classes: [strict],
      feed: {
        subscribe: (listener) => {
          this.#listener = listener;
          return () => {
            if (this.#listener === listener) this.#listener = undefined;
          };
        },
        nudge: () => undefined,
      },
      maxLoads: 100,
      store: this,
      clock,
      random: () => 0.5,
      floorMs: options.floorMs,
      maxFloors: 100,
      maxEntries: 20,
      ...(missing === 'proof' || missing === 'floors' || missing === 'poison'
        ? { without: missing }
        : {}),
    });
  }

  poll(): void {
    const { cache } = this;
    this.#polling = this.#polling.then(() => this.#poll(cache));
  }

  /** A poll over a network that takes no time. */
  pollAtOnce(): void {
    if (!this.#isPolling && !this.model.isPostgresDown) this.#query()(this.model.now);
  }

  async #poll(cache: Cache): Promise<void> {
    const { model } = this;
    const issuedAt = model.now;
    this.#isPolling = true;
    await model.travel('poll');
    const take = model.isPostgresDown ? undefined : this.#query();
    await model.travel('changes');
    if (this.cache !== cache) return;
    this.#isPolling = false;
    take?.(issuedAt);
  }

  /** Reads the log; what it returns takes the changes in. */
  #query(): (issuedAt: number) => void {
    const { log, options } = this.model;
    const { missing } = options;
    const isFirst = !this.#isBooted;
    let rows: LogRow[] = log.slice(this.#position);
    if (missing === 'gapless poll') rows = log.filter(({ id }) => id > this.#lastId);
    if ((missing === 'replay' && isFirst) || (missing === 'poll' && !isFirst)) rows = [];
    const position = log.length;
    const lastId = Math.max(this.#lastId, ...log.map(({ id }) => id));
    return (issuedAt) => {
      this.#position = position;
      this.#isBooted = true;
      this.#lastId = lastId;
      this.#listener?.onChanges(rows);
      this.#listener?.onProof(issuedAt);
    };
  }

  async read(key: string): Promise<void> {
    const { model, cache } = this;
    const startedAt = model.now;
    const seen = this.#seen.get(key) ?? 0n;
    const own = this.#own.get(key) ?? 0n;
    const commits = model.commitsOf(key);
    const due = commits.findLast(({ at }) => at <= startedAt - BOUND_MS)?.ver ?? 0n;
    let value: string | null;
    try {
      value = await cache.get(model.strict, key, () => model.load(key));
    } catch {
      return;
    }
    if (this.cache !== cache) return;
    model.reads += 1;
    const least = [due, own, seen].reduce((most, ver) => (ver > most ? ver : most));
    // "There is none" may mean any deletion: what would break no promise, else the newest.
    const gone = [0n, ...commits.filter(({ isGone }) => isGone).map(({ ver: at }) => at)];
    const ver =
      value === null ? (gone.find((at) => at >= least) ?? gone.at(-1) ?? 0n) : BigInt(value);
    const where = `process ${this.index}, key ${key}, read ${value}, began at ${startedAt}`;
    if (ver < due) model.broken.push(`older than the bound: ${where}, due ${due}`);
    if (ver < own) model.broken.push(`own write not read: ${where}, wrote ${own}`);
    // Two readings of a scope may have one version, though a transaction ended between them.
    if (ver < seen && !isScope(key)) model.broken.push(`back in time: ${where}, had seen ${seen}`);
    if (ver > (this.#seen.get(key) ?? 0n)) this.#seen.set(key, ver);
  }

  /** @param isForgotten the process dies, as it were, before it hears of its own commit */
  async write(key: string, isGone: boolean, isForgotten: boolean): Promise<void> {
    const { cache } = this;
    const { change, ver } = await this.model.commit(key, isGone && !isScope(key));
    if (isForgotten || this.cache !== cache) return;
    cache.apply([change]);
    if (ver > (this.#own.get(key) ?? 0n)) this.#own.set(key, ver);
  }

  look(key: string, token: string): Promise<Look> {
    return this.#ask('look', () => {
      const value = this.#value(key);
      if (value) return { text: value.text, ttlMs: value.endsAt - this.model.now, hasLease: false };
      return { text: null, ttlMs: 0, hasLease: this.#lease(key, token) };
    });
  }

  lease(key: string, token: string): Promise<boolean> {
    return this.#ask('lease', () => this.#lease(key, token));
  }

  fill(key: string, token: string, text: string, ttlMs: number): Promise<boolean> {
    const { model } = this;
    const { missing } = model.options;
    return this.#ask('fill', () => {
      const lease = model.leases.get(key);
      if (missing !== 'lease') {
        const isAlive = lease && lease.endsAt > model.now;
        if (!isAlive || (missing !== 'token' && lease.token !== token)) return false;
        model.leases.delete(key);
        const held = this.#value(key)?.text ?? '';
        if (held.slice(0, 20) > text.slice(0, 20)) return false;
      }
      model.values.set(key, { text, endsAt: model.now + ttlMs });
      return true;
    });
  }

  release(key: string, token: string): Promise<unknown> {
    const { leases } = this.model;
    return this.#ask('release', () => leases.get(key)?.token === token && leases.delete(key));
  }

  invalidate(changes: readonly OwedChange[]): Promise<unknown> {
    const { model } = this;
    return this.#ask('invalidate', () => {
      for (const { key, ver, isGone, isHinting } of changes) {
        const held = this.#value(key)?.text.slice(0, 20);
        const least = padVer(ver);
        if (held && (held < least || (isGone && held === least))) model.values.delete(key);
        model.leases.delete(key);
        if (isHinting) model.hint(this, { key, ver, deleted: isGone });
      }
      return true;
    });
  }

  close(): void {}

  /** A command may be carried out and its answer lost, or be carried out long after it was given up. */
  async #ask<T>(what: string, execute: () => T): Promise<T> {
    const { model } = this;
    const askedAt = model.now;
    await model.travel(what, what === 'fill' ? 4 : 1);
    if (model.isRedisDown) throw new Error('no Redis');
    const answer = execute();
    await model.travel(`answer of ${what}`);
    if (this.isCut || model.now - askedAt > TIMEOUT_MS) throw new Error('Command timed out');
    return answer;
  }

  #value(key: string): { text: string; endsAt: number } | undefined {
    const value = this.model.values.get(key);
    return value && value.endsAt > this.model.now ? value : undefined;
  }

  #lease(key: string, token: string): boolean {
    const { leases, now } = this.model;
    if (this.model.options.missing === 'lease') return true;
    const lease = leases.get(key);
    if (lease && lease.endsAt > now) return false;
    leases.set(key, { token, endsAt: now + LEASE_MS });
    return true;
  }
}
