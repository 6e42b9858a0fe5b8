const HOUR_MS = 3_600_000;
/** The longest life of a shared value. The change log has to be kept 10 minutes longer. */
export const LONGEST_TTL_MS = 4_200_000;
const SPREAD = 0.1;

/** JSON as TypeScript sees it: what comes back from Redis is what went in. */
type Plain<T> = T extends string | number | boolean | null
  ? T
  : T extends bigint | symbol | undefined | Date | ((...args: never[]) => unknown)
    ? never
    : { [K in keyof T]: Plain<T[K]> };

/** A cached value is shared by all readers and frozen. */
export type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

/** What a loader found: the value and the version that was read with it, in one statement. */
export interface Loaded<T> {
  ver: bigint;
  value: T;
}

export interface CacheClassOptions {
  /**
   * Sessions, permissions, plans: without a proof of freshness Postgres is asked, and its failure is an
   * error. Other classes may then be served up to five minutes old.
   */
  isStrict?: boolean;
  /** Life of a shared value; one hour. */
  ttlMs?: number;
  /** Added to `ttlMs` at random, from none to all of it; without it lives differ by 10 % to both sides. */
  jitterMs?: number;
  /** Life in this process; one minute. */
  localTtlMs?: number;
  /** Life of "there is none"; one minute. */
  absentTtlMs?: number;
  /** The key of an id as the change feed names it; `<name>:<id>`. */
  key?: (id: string) => string;
  /** What comes before the first colon of its keys, where `key` makes more than one kind of them. */
  prefixes?: readonly string[];
}

/** A kind of cached value. `T` is JSON: no dates, no bigints, no `undefined` that means something. */
export interface CacheClass<T> {
  readonly name: string;
  readonly isStrict: boolean;
  /** Of the keys whose changes matter. */
  readonly prefixes: readonly string[];
  key(id: string): string;
  /** @param random in [0, 1) */
  sharedTtlMs(isAbsent: boolean, random: number): number;
  /** @param random in [0, 1) */
  localTtlMs(isAbsent: boolean, random: number): number;
  /** Only a type. */
  readonly value?: T;
}

/**
 * Defines a kind of cached value.
 * @throws RangeError when its values would outlive the change log
 */
export function cacheClass<T>(
  name: [T] extends [Plain<T>] ? string : never,
  options: CacheClassOptions = {},
): CacheClass<T> {
  const { ttlMs = HOUR_MS, jitterMs, localTtlMs = 60_000, absentTtlMs = 60_000 } = options;
  const longest = jitterMs === undefined ? ttlMs * (1 + SPREAD) : ttlMs + jitterMs;
  if (longest > LONGEST_TTL_MS) {
    throw new RangeError(`Values of ${name} would live longer than ${LONGEST_TTL_MS} ms`);
  }
  const key = options.key ?? ((id) => `${name}:${id}`);
  const spread = (ms: number, random: number) =>
    Math.round(ms * (1 - SPREAD + 2 * SPREAD * random));
  return {
    name,
    isStrict: options.isStrict ?? false,
    prefixes: options.prefixes ?? [prefixOf(key(''))],
    key,
    sharedTtlMs(isAbsent, random) {
      if (isAbsent) return spread(absentTtlMs, random);
      return jitterMs === undefined ? spread(ttlMs, random) : ttlMs + Math.round(jitterMs * random);
    },
    localTtlMs: (isAbsent, random) => spread(isAbsent ? absentTtlMs : localTtlMs, random),
  };
}

/** What comes before the first colon of a key; the whole key where there is none. */
export const prefixOf = (key: string): string => key.split(':', 1)[0] ?? '';
