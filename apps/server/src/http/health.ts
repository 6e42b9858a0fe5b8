import { createHash, timingSafeEqual } from 'node:crypto';
import { migrationState } from '@ainotebook/db';
import type { Request, RequestHandler } from 'express';
import type { Redis } from 'ioredis';
import type pg from 'pg';
import type { JobsRuntime } from '../jobs.js';

const PING_CACHE_MS = 50;
const PING_TIMEOUT_MS = 2000;
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

/** Shares one run among all who ask within `ttlMs`, so that probes cannot hammer what they probe. */
function shared<T>(ttlMs: number, run: () => Promise<T>): () => Promise<T> {
  let last: { at: number; value: Promise<T> } | undefined;
  return () => {
    if (!last || performance.now() - last.at > ttlMs) {
      last = { at: performance.now(), value: run() };
    }
    return last.value;
  };
}

function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    work
      .then(
        () => resolve(true),
        () => resolve(false),
      )
      .finally(() => clearTimeout(timer));
  });
}

/** `GET /health` (alive: always 200) and `GET /ready` (503 when requests would fail). */
export function createHealth({ pool, redis, hasMail, jobs, isDraining }: HealthDeps): {
  health: RequestHandler;
  ready: RequestHandler;
} {
  const isDatabaseUp = shared(PING_CACHE_MS, () => within(PING_TIMEOUT_MS, pool.query('select 1')));
  const isRedisUp = shared(PING_CACHE_MS, () =>
    redis ? within(REDIS_TIMEOUT_MS, redis.ping()) : Promise.resolve(true),
  );
  const isMigrated = shared(MIGRATIONS_CACHE_MS, async () => {
    try {
      const state = await migrationState(pool);
      return state.pending.length === 0 && !state.isNewer;
    } catch {
      return false;
    }
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
    const isUp = await isDatabaseUp();
    const [migrated, redisUp] = await Promise.all([isUp && isMigrated(), isRedisUp()]);
    const isReady = isUp && migrated && !isDraining();
    res.setHeader('Cache-Control', 'no-store');
    const problem = jobs.problem();
    const fine = redisUp && problem === null ? 'ok' : 'degraded';
    res.status(isReady ? 200 : 503).json({
      status: isDraining() ? 'draining' : isReady ? fine : 'unavailable',
      info: {
        database: { status: isUp ? 'up' : 'down' },
        migrations: { status: !isUp ? 'unknown' : migrated ? 'up' : 'pending' },
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
