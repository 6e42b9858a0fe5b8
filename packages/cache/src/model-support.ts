import type { Scheduler } from 'fast-check';
import { type CacheClass, cacheClass, type Loaded } from './cache-class.js';
import type { Ablation } from './cache-parts.js';
import type { Clock } from './clock.js';
import type { Change } from './feed.js';
import { Process } from './model-process-support.js';

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
/** A list: its version is the last transaction before which all had ended when it was read. */
export const isScope = (key: string) => key === 's';

interface Commit {
  /** Grows with every commit of a row; of a scope, which commit of it this is. */
  ver: bigint;
  at: number;
  isGone: boolean;
}
export interface LogRow extends Change {
  /** Of the transaction, drawn when it began: not in the order of the commits. */
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
  readonly #active = new Set<number>();
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

  /** A transaction: its id is drawn when it begins, the version of a row when it commits. */
  async commit(key: string, isGone: boolean): Promise<{ change: Change; ver: bigint }> {
    await this.travel('begin');
    this.#id += 1;
    const id = this.#id;
    this.#active.add(id);
    await this.travel('commit');
    this.#active.delete(id);
    this.#ver += 1n;
    const commits = this.commitsOf(key);
    const ver = isScope(key) ? BigInt(commits.length + 1) : this.#ver;
    commits.push({ ver, at: this.now, isGone });
    const change = { key: `k:${key}`, ver: isScope(key) ? BigInt(id) : ver, deleted: isGone };
    this.log.push({ id, ...change });
    await this.travel('committed');
    return { change, ver };
  }

  async load(key: string): Promise<Loaded<string> | null> {
    await this.travel('query');
    if (this.isPostgresDown) throw new Error('no Postgres');
    const last = this.commitsOf(key).at(-1);
    // All transactions before this one have ended.
    const ended = BigInt(Math.min(this.#id + 1, ...this.#active) - 1);
    await this.travel('rows', 2);
    if (isScope(key)) return { ver: ended, value: String(last?.ver ?? 0n) };
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

/** Lets everything run that waits for nothing outside. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
