import type { Scheduler } from 'fast-check';
import { Cache } from './cache.js';
import { type CacheClass, cacheClass, type Loaded } from './cache-class.js';
import type { Ablation } from './cache-parts.js';
import type { Clock } from './clock.js';
import { padVer } from './entry.js';
import type { Change, ChangeListener } from './feed.js';
import type { OwedChange } from './floors.js';
import type { Look, SharedStore } from './shared-store.js';

/** A part that is taken out of the whole: of the cache, of Redis or of the feed. */
export type Missing = Ablation | 'lease' | 'token' | 'poll' | 'replay' | 'gapless poll';

export interface ModelOptions {
  processes: number;
  floorMs: number;
  /** How long values live, and how long in one process. */
  ttlMs: number;
  localTtlMs: number;
  missing?: Missing | undefined;
}

export const BOUND_MS = 2_000;
const TIMEOUT_MS = 100;
const LEASE_MS = 10_000;

interface Commit {
  ver: bigint;
  at: number;
  isGone: boolean;
}
interface LogRow extends Change {
  /** Taken when the transaction began: not the order of the commits. */
  id: number;
}
interface Timer {
  at: number;
  task: () => void;
}

/** Time, Postgres and Redis, in which a scheduler decides what happens first. */
export class Model {
  now = 0;
  isPostgresDown = false;
  isRedisDown = false;
  readonly strict: CacheClass<string>;
  readonly processes: Process[] = [];
  readonly broken: string[] = [];
  reads = 0;
  readonly commits = new Map<string, Commit[]>();
  readonly log: LogRow[] = [];
  readonly values = new Map<string, { text: string; endsAt: number }>();
  readonly leases = new Map<string, { token: string; endsAt: number }>();
  #ver = 0n;
  #id = 0;
  #timers: Timer[] = [];

  constructor(
    readonly scheduler: Scheduler,
    readonly options: ModelOptions,
  ) {
    const { ttlMs, localTtlMs } = options;
    // Strict: even a database that fails is no excuse for an old value.
    this.strict = cacheClass('k', { isStrict: true, ttlMs, localTtlMs, absentTtlMs: localTtlMs });
    for (let i = 0; i < options.processes; i += 1) this.processes.push(new Process(this, i));
  }

  readonly clock: Clock = {
    now: () => this.now,
    sleep: (ms) => new Promise<void>((resolve) => this.clock.after(ms, resolve)),
    after: (ms, task) => {
      const timer = { at: this.now + ms, task };
      this.#timers.push(timer);
      return () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      };
    },
  };

  /** One way over the network: the scheduler decides when it arrives; over more hops, rather late. */
  async travel(what: string, hops = 1): Promise<void> {
    for (let hop = 0; hop < hops; hop += 1) {
      await this.scheduler.schedule(Promise.resolve(), what);
    }
  }

  /** Lets so many things happen, in the scheduler's order. */
  async happen(count: number): Promise<void> {
    await settle();
    for (let i = 0; i < count && this.scheduler.count() > 0; i += 1) {
      await this.scheduler.waitOne();
      await settle();
    }
  }

  async advance(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      this.#timers.sort((a, b) => a.at - b.at);
      const [next] = this.#timers;
      if (!next || next.at > end) break;
      this.#timers.shift();
      this.now = Math.max(this.now, next.at);
      next.task();
      await settle();
    }
    this.now = end;
  }

  /** Runs until nothing is on its way any more. */
  async finish(): Promise<void> {
    for (let round = 0; round < 200; round += 1) {
      await this.happen(Number.POSITIVE_INFINITY);
      if (this.#timers.length === 0 && this.scheduler.count() === 0) return;
      await this.advance(200);
    }
  }

  /** A transaction: its number is drawn when it begins, its version when it commits. */
  async commit(key: string, isGone: boolean): Promise<bigint> {
    await this.travel('begin');
    this.#id += 1;
    const id = this.#id;
    await this.travel('commit');
    this.#ver += 1n;
    const ver = this.#ver;
    this.commitsOf(key).push({ ver, at: this.now, isGone });
    this.log.push({ id, key: `k:${key}`, ver, deleted: isGone });
    await this.travel('committed');
    return ver;
  }

  async load(key: string): Promise<Loaded<string> | null> {
    await this.travel('query');
    if (this.isPostgresDown) throw new Error('no Postgres');
    const last = this.commitsOf(key).at(-1);
    await this.travel('rows', 2);
    return !last || last.isGone ? null : { ver: last.ver, value: String(last.ver) };
  }

  commitsOf(key: string): Commit[] {
    const commits = this.commits.get(key) ?? [];
    this.commits.set(key, commits);
    return commits;
  }

  hint(from: Process, change: Change): void {
    for (const process of this.processes) {
      if (process === from) continue;
      const { cache } = process;
      void this.travel('hint').then(() => {
        if (process.cache === cache && !process.isDeaf) cache.hear(change);
      });
    }
  }
}

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
    if (ver < seen) model.broken.push(`back in time: ${where}, had seen ${seen}`);
    if (ver > (this.#seen.get(key) ?? 0n)) this.#seen.set(key, ver);
  }

  /** @param isForgotten the process dies, as it were, before it hears of its own commit */
  async write(key: string, isGone: boolean, isForgotten: boolean): Promise<void> {
    const { cache } = this;
    const ver = await this.model.commit(key, isGone);
    if (isForgotten || this.cache !== cache) return;
    cache.apply([{ key: `k:${key}`, ver, deleted: isGone }]);
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

/** Lets everything run that waits for nothing outside. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
