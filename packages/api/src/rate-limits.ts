import type { Database, Db } from '@ainotebook/db';
import { sql } from 'drizzle-orm';
import type { Redis } from 'ioredis';
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import { DELETE_BATCH, deleteInBatches } from './delete-in-batches.js';
import { AppError } from './errors.js';

/** Calls in `windowS` seconds, for one address and for one user. Addresses are shared by offices, hence more. */
const BUDGETS = {
  auth: { ip: 60, user: 30, windowS: 60 },
  /** New accounts; counted besides `auth`. */
  register: { ip: 30, user: 30, windowS: 3600 },
  /** Complaints of readers. */
  report: { ip: 20, user: 20, windowS: 3600 },
  /** Mails that a call causes. */
  mail: { ip: 30, user: 10, windowS: 3600 },
  /** Orders, each of which asks a channel. */
  order: { ip: 300, user: 60, windowS: 3600 },
  /** What payment channels tell us; both send from few addresses. */
  notice: { ip: 6000, user: 6000, windowS: 60 },
  /** Those that were not believed and are kept nevertheless, for one address and for all. */
  rejected_notice: { ip: 60, user: 120, windowS: 3600 },
  /** What is sent to others by hand. */
  webhook: { ip: 120, user: 30, windowS: 60 },
  upload: { ip: 600, user: 120, windowS: 60 },
  search: { ip: 600, user: 120, windowS: 60 },
  read: { ip: 3000, user: 1200, windowS: 60 },
  write: { ip: 1500, user: 600, windowS: 60 },
} as const;

export type RateLimitClass = keyof typeof BUDGETS;

/**
 * Calls of one API key in a minute, whatever it calls. All keys of a person share the budgets above,
 * apart from the person's own.
 */
const KEY_POINTS = 300;
const KEY_WINDOW_S = 60;

/** How a key stands: what it may call in a window, what is left of it, and when the window ends. */
export interface KeyBudget {
  points: number;
  windowS: number;
  remaining: number;
  resetMs: number;
}

/** Failed proofs of one secret (an e-mail's password, say): 10 in 15 minutes. */
const SECRET_POINTS = 10;
const SECRET_WINDOW_S = 900;

/** Mails to one address, whoever asks for them. */
const MAILS_PER_ADDRESS = 5;
const MAIL_WINDOW_S = 3600;

export interface RateLimits {
  /** Counts one call. @throws AppError rate_limited */
  consume(limit: RateLimitClass, who: { ip: string; userId: string | null }): Promise<void>;
  /** Counts one call of a person whose address was counted. @throws AppError rate_limited */
  consumeUser(limit: RateLimitClass, userId: string): Promise<void>;
  /** Counts one call of a key whose address was counted; `show` is told how it stands. @throws AppError rate_limited */
  consumeKey(
    limit: RateLimitClass,
    who: { keyId: string; userId: string },
    show: (budget: KeyBudget) => void,
  ): Promise<void>;
  /** Counts one mail to `address`, whether or not it belongs to anybody. @throws AppError rate_limited */
  consumeMail(address: string): Promise<void>;
  /** Counts one attempt to prove `secret` before it is checked. @throws AppError rate_limited */
  consumeSecret(secret: string): Promise<void>;
  /** Forgets the attempts after a success. */
  clearSecret(secret: string): Promise<void>;
}

/** IPv6 customers hold a /64: all of its addresses are one. */
export function addressKey(ip: string): string {
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(ip);
  if (v4?.[1]) return v4[1];
  if (!ip.includes(':')) return ip;
  const [head = '', tail] = ip.toLowerCase().split('%')[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

/**
 * Limits per call, by user and by address. With Redis they hold across processes; while Redis does
 * not answer, each process counts for itself, so limits loosen but never vanish. Without Redis,
 * sign-ins, mails and proofs of secrets are counted in Postgres, the rest by each process.
 * @param options.factor multiplies every budget but that of secrets (load tests)
 */
export function createRateLimits(
  options: { redis?: Redis | null; pool?: Database['pool']; factor?: number } = {},
): RateLimits {
  const { redis, pool } = options;
  const limiter = (keyPrefix: string, points: number, duration: number): RateLimiterAbstract => {
    const memory = new RateLimiterMemory({ keyPrefix, points, duration });
    return redis
      ? new RateLimiterRedis({
          storeClient: redis,
          keyPrefix,
          points,
          duration,
          insuranceLimiter: memory,
          rejectIfRedisNotReady: true,
        })
      : memory;
  };
  const strict: typeof limiter = (keyPrefix, points, duration) =>
    redis || !pool
      ? limiter(keyPrefix, points, duration)
      : new RateLimiterPostgres({
          storeClient: pool,
          storeType: 'pool',
          tableName: 'rate_limits',
          tableCreated: true,
          keyPrefix,
          points,
          duration,
          // Maintenance does that.
          clearExpiredByTimeout: false,
        });
  const factor = options.factor ?? 1;
  const make = (name: RateLimitClass, by = limiter) => ({
    ip: by(`rl:${name}:ip`, BUDGETS[name].ip * factor, BUDGETS[name].windowS),
    user: by(`rl:${name}:user`, BUDGETS[name].user * factor, BUDGETS[name].windowS),
  });
  const limiters = {
    auth: make('auth', strict),
    register: make('register', strict),
    report: make('report'),
    mail: make('mail', strict),
    order: make('order'),
    notice: make('notice'),
    rejected_notice: make('rejected_notice'),
    webhook: make('webhook'),
    upload: make('upload'),
    search: make('search'),
    read: make('read'),
    write: make('write'),
  };
  const secrets = strict('rl:secret', SECRET_POINTS, SECRET_WINDOW_S);
  const mails = strict('rl:mail-to', MAILS_PER_ADDRESS * factor, MAIL_WINDOW_S);

  const keys = limiter('rl:key', KEY_POINTS * factor, KEY_WINDOW_S);

  const consume = async (
    rate: RateLimiterAbstract,
    key: string,
    show: (counted: RateLimiterRes) => void = () => undefined,
  ) => {
    try {
      show(await rate.consume(key));
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      show(refused);
      throw new AppError('rate_limited', 'Too many requests; try again shortly', {
        retryAfterMs: Math.max(1000, refused.msBeforeNext),
      });
    }
  };
  return {
    consume: async (limit, who) => {
      await consume(limiters[limit].ip, addressKey(who.ip));
      if (who.userId) await consume(limiters[limit].user, who.userId);
    },
    consumeUser: (limit, userId) => consume(limiters[limit].user, userId),
    consumeKey: async (limit, { keyId, userId }, show) => {
      await consume(keys, keyId, ({ remainingPoints, msBeforeNext }) =>
        show({
          points: keys.points,
          windowS: KEY_WINDOW_S,
          remaining: remainingPoints,
          resetMs: msBeforeNext,
        }),
      );
      // Apart from the person's own: a program gone wild locks nobody out of the app.
      await consume(limiters[limit].user, `keys:${userId}`);
    },
    consumeMail: (address) => consume(mails, address),
    consumeSecret: (secret) => consume(secrets, secret),
    clearSecret: async (secret) => {
      await secrets.delete(secret);
    },
  };
}

/** Forgets counts whose window is over. @returns rows deleted */
export async function pruneRateLimits(db: Db): Promise<number> {
  return deleteInBatches(
    db,
    sql`delete from rate_limits where ctid = any(array(
      select ctid from rate_limits
      where expire < extract(epoch from now()) * 1000
      limit ${DELETE_BATCH} for update skip locked))`,
  );
}
