import { Redis, type RedisOptions, type Result } from 'ioredis';
import { padVer } from './entry.js';
import type { Change } from './feed.js';
import type { OwedChange } from './floors.js';
import { FILL, INVALIDATE, LOOK } from './scripts.js';
import type { Look, SharedStore } from './shared-store.js';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    cacheLook(...args: string[]): Result<[string | null, number, number], Context>;
    cacheFill(...args: string[]): Result<number, Context>;
    cacheInvalidate(...args: (string | number)[]): Result<number, Context>;
  }
}

/** The longest a value may be rebuilt before others do it too; a holder that died blocks nobody longer. */
const LEASE_MS = 10_000;
const PING_MS = 10_000;

/** Told when Redis goes and comes back. */
export interface StoreLog {
  warn(message: string, details?: object): void;
  info(message: string): void;
}

export interface RedisStoreOptions {
  url: string;
  /** Starts every key: values of another release are never read. */
  prefix: string;
  commandTimeoutMs: number;
  log?: StoreLog | undefined;
  onHint(change: Change): void;
}

const SETTINGS = {
  connectTimeout: 2_000,
  // A connection on which nothing comes back is given up.
  socketTimeout: 3_000,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 1,
  // What was not answered is not sent again; and a failed re-subscription would be nobody's error.
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  lazyConnect: true,
  retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
} satisfies RedisOptions;

/** The shared store in Redis: one connection for commands, one for hints. No command waits for long. */
export class RedisStore implements SharedStore {
  readonly #redis: Redis;
  readonly #hints: Redis;
  readonly #prefix: string;
  readonly #channel: string;
  readonly #ping: NodeJS.Timeout;

  constructor({ url, prefix, commandTimeoutMs, log, onHint }: RedisStoreOptions) {
    this.#prefix = prefix;
    this.#channel = `${prefix}hints`;
    const settings = { ...SETTINGS, commandTimeout: commandTimeoutMs };
    this.#redis = new Redis(url, {
      ...settings,
      scripts: {
        cacheLook: { lua: LOOK, numberOfKeys: 2 },
        cacheFill: { lua: FILL, numberOfKeys: 2 },
        cacheInvalidate: { lua: INVALIDATE },
      },
    });
    this.#hints = new Redis(url, { ...settings, commandTimeout: 2_000 });
    let isDown = false;
    this.#redis.on('error', (error) => {
      if (!isDown) log?.warn('The cache Redis does not answer', { err: error });
      isDown = true;
    });
    this.#redis.on('ready', () => {
      if (isDown) log?.info('The cache Redis answers again');
      isDown = false;
    });
    // Told by the other connection; without hints the feed alone tells of changes.
    const ignore = () => undefined;
    this.#hints.on('error', ignore);
    this.#hints.on('ready', () => this.#hints.subscribe(this.#channel).catch(ignore));
    this.#hints.on('message', (_, message: string) => onHint(parseHint(message)));
    this.#redis.connect().catch(ignore);
    this.#hints.connect().catch(ignore);
    // A silent connection may be a dead one: the ping makes it fail and connect again.
    this.#ping = setInterval(() => this.#hints.ping().catch(ignore), PING_MS).unref();
  }

  async look(key: string, token: string): Promise<Look> {
    const [text, ttlMs, leased] = await this.#redis.cacheLook(
      ...this.#keys(key),
      token,
      String(LEASE_MS),
    );
    return { text, ttlMs, hasLease: leased === 1 };
  }

  async lease(key: string, token: string): Promise<boolean> {
    const [, lease] = this.#keys(key);
    return (await this.#redis.set(lease, token, 'PX', LEASE_MS, 'NX')) === 'OK';
  }

  async fill(key: string, token: string, text: string, ttlMs: number): Promise<boolean> {
    return (await this.#redis.cacheFill(...this.#keys(key), token, text, String(ttlMs))) === 1;
  }

  release(key: string, token: string): Promise<unknown> {
    return this.#redis.cacheFill(...this.#keys(key), token, '', '0');
  }

  invalidate(changes: readonly OwedChange[]): Promise<unknown> {
    return this.#redis.cacheInvalidate(
      2 * changes.length,
      ...changes.flatMap(({ key }) => this.#keys(key)),
      this.#channel,
      ...changes.flatMap(({ key, ver, isGone, isHinting }) => [
        padVer(ver),
        isGone ? '1' : '0',
        isHinting ? '1' : '0',
        key,
      ]),
    );
  }

  close(): void {
    clearInterval(this.#ping);
    this.#redis.disconnect();
    this.#hints.disconnect();
  }

  #keys(key: string): [value: string, lease: string] {
    return [`${this.#prefix}${key}`, `${this.#prefix}lease:${key}`];
  }
}

function parseHint(message: string): Change {
  return {
    key: message.slice(21),
    ver: BigInt(message.slice(0, 20)),
    deleted: message[20] === '1',
  };
}
