import { createHash, timingSafeEqual } from 'node:crypto';
import { migrationState } from '@ainotebook/db';
import type { Request, RequestHandler } from 'express';
import type { Redis } from 'ioredis';
import type pg from 'pg';
import type { JobsRuntime } from '../jobs.js';

const PING_CACHE_MS = 50;
const DATABASE_TIMEOUT_MS = 2000;
const REDIS_TIMEOUT_MS = 500;
const MIGRATIONS_CACHE_MS = 5000;

export interface HealthDeps {
  pool: pg.Pool;
  redis: Redis | null;
  hasMail: boolean;
  jobs: Pick<JobsRuntime, 'kind' | 'problem'>;
  /** True from the moment the process is told to end. */
  isDraining: () => boolean;
}

/**
 * Shares one run among all who ask while it is under way and `ttlMs` after, so that probes cannot
 * hammer what they probe. A failure is told to those who wait for it and to nobody else.
 */
function shared<T>(ttlMs: number, run: () => Promise<T>): () => Promise<T> {
  let last: { value: Promise<T>; endedAt: number | null } | undefined;
  const isOld = () =>
    last === undefined || (last.endedAt !== null && performance.now() - last.endedAt > ttlMs);
  return () => {
    if (!last || isOld()) {
      const next: NonNullable<typeof last> = { value: run(), endedAt: null };
      last = next;
      next.value.then(
        () => {
          next.endedAt = performance.now();
        },
        () => {
          if (last === next) last = undefined;
        },
      );
    }
    return last.value;
  };
}

/** @throws when `work` fails or takes longer */
function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer in ${ms} ms`)), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

const succeeds = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );

/** `GET /health` (alive: always 200) and `GET /ready` (503 when requests would fail). */
export function createHealth({ pool, redis, hasMail, jobs, isDraining }: HealthDeps): {
  health: RequestHandler;
  ready: RequestHandler;
} {
  const isDatabaseUp = shared(PING_CACHE_MS, () =>
    succeeds(within(DATABASE_TIMEOUT_MS, pool.query('select 1'))),
  );
  const isRedisUp = shared(PING_CACHE_MS, () =>
    redis ? succeeds(within(REDIS_TIMEOUT_MS, redis.ping())) : Promise.resolve(true),
  );
  const readMigrations = shared(MIGRATIONS_CACHE_MS, async () => {
    const { pending, isNewer } = await within(DATABASE_TIMEOUT_MS, migrationState(pool));
    if (pending.length > 0) return 'pending';
    // A running process goes on: a release drops nothing that the one before it uses.
    return isNewer ? 'newer' : 'up';
  });

  const health: RequestHandler = async (_req, res) => {
    const isUp = await isDatabaseUp();
    res.setHeader('Cache-Control', 'no-store');
    res.json({
      status: isUp ? 'ok' : 'error',
      info: { database: { status: isUp ? 'up' : 'down' } },
    });
  };

  const ready: RequestHandler = async (_req, res) => {
    const [isUp, migrations, redisUp] = await Promise.all([
      isDatabaseUp(),
      readMigrations().catch(() => 'unknown' as const),
      isRedisUp(),
    ]);
    const isMigrated = migrations === 'up' || migrations === 'newer';
    const isReady = isUp && isMigrated && !isDraining();
    res.setHeader('Cache-Control', 'no-store');
    const problem = jobs.problem();
    const isWell = redisUp && problem === null && migrations === 'up';
    res.status(isReady ? 200 : 503).json({
      status: isDraining() ? 'draining' : !isReady ? 'unavailable' : isWell ? 'ok' : 'degraded',
      info: {
        database: { status: isUp ? 'up' : 'down' },
        migrations: { status: isUp ? migrations : 'unknown' },
        // Configured, not asked: a probe must not knock at the mail server every few seconds.
        mail: { status: hasMail ? 'configured' : 'off' },
        redis: { status: !redis ? 'off' : redisUp ? 'up' : 'down' },
        jobs: { status: problem === null ? 'up' : 'waiting', delivery: jobs.kind, problem },
      },
    });
  };

  return { health, ready };
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/**
 * True for whoever may see metrics and readiness: the holder of METRICS_TOKEN, or a process of this
 * machine that connects directly (a proxy on this machine speaks for the world and adds
 * X-Forwarded-For).
 */
export function isOperator(req: Request, metricsToken: string | null): boolean {
  const bearer = /^Bearer (\S+)$/.exec(req.headers.authorization ?? '')?.[1];
  if (metricsToken !== null && bearer !== undefined) {
    return timingSafeEqual(digest(bearer), digest(metricsToken));
  }
  const isForwarded = ['x-forwarded-for', 'x-real-ip', 'forwarded'].some(
    (name) => req.headers[name] !== undefined,
  );
  const peer = req.socket.remoteAddress ?? '';
  return !isForwarded && /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(peer);
}

/** Hides an operator's address from everybody else: they get the 404 of any unknown address. */
export function operatorsOnly(metricsToken: string | null): RequestHandler {
  return (req, _res, next) => next(isOperator(req, metricsToken) ? undefined : 'route');
}
