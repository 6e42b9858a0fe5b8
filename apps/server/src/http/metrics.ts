import type { Services } from '@ainotebook/api';
import type { RequestHandler } from 'express';
import type pg from 'pg';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { joinClusterMetrics } from '../cluster/worker-metrics.js';
import type { AiMetrics } from './ai-metrics.js';
import { routeLabel } from './route-label.js';

/** What this process is among others on its port. */
export interface ProcessIdentity {
  /** Our own primary started it. */
  isCluster: boolean;
  /** Its number under PM2. */
  instance: number | null;
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** What every process measures, whatever it does: itself, its connections, and the models it asks. */
export function processRegistry(
  { pool, aiMetrics }: { pool: pg.Pool; aiMetrics: AiMetrics },
  instance: number | null,
): Registry {
  const registry = new Registry();
  if (instance !== null) registry.setDefaultLabels({ process: String(instance) });
  collectDefaultMetrics({ register: registry });
  aiMetrics.register(registry);
  new Gauge({
    name: 'pg_pool_connections',
    help: 'Connections of the PostgreSQL pool by state; waiting counts callers without one',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'idle' }, pool.idleCount);
      this.set({ state: 'used' }, pool.totalCount - pool.idleCount);
      this.set({ state: 'waiting' }, pool.waitingCount);
    },
  });
  return registry;
}

/** Answers with the metrics of `read`; 503 where there are none. */
export function serveMetrics(
  registry: Registry,
  read: () => Promise<string | null> = () => registry.metrics(),
): RequestHandler {
  return async (_req, res) => {
    const text = await read();
    res.setHeader('Cache-Control', 'no-store');
    res.setHeader('Content-Type', registry.contentType);
    res.statusCode = text === null ? 503 : 200;
    res.end(text);
  };
}

/**
 * Every metric of one process, in a registry of its own. In a cluster, whichever process is asked
 * answers for all.
 */
export function createMetrics(
  {
    pool,
    cache,
    slugFilter,
    views,
    aiMetrics,
  }: { pool: pg.Pool; aiMetrics: AiMetrics } & Pick<Services, 'cache' | 'slugFilter' | 'views'>,
  { isCluster, instance }: ProcessIdentity,
): { measure: RequestHandler; serve: RequestHandler } {
  const registry = processRegistry({ pool, aiMetrics }, instance);
  const readCluster = isCluster ? joinClusterMetrics(registry) : null;
  const registers = [registry];

  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duration of HTTP requests in seconds',
    labelNames: ['method', 'route', 'status_code'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  new Counter({
    name: 'cache_reads_total',
    help: 'Reads through the cache by class and by what answered them',
    labelNames: ['class', 'answer'],
    registers,
    collect() {
      this.reset();
      for (const [name, counts] of Object.entries(cache.stats().classes)) {
        for (const [answer, count] of Object.entries(counts)) {
          this.inc({ class: name, answer }, count);
        }
      }
    },
  });
  new Gauge({
    name: 'cache_bytes',
    help: 'Estimated size of the values kept in the process',
    registers,
    collect() {
      this.set(cache.stats().bytes);
    },
  });
  new Gauge({
    name: 'cache_proof_age_seconds',
    aggregator: 'max',
    help: 'Age of the last proof that the cache is fresh; above 2 it is passed by',
    registers,
    collect() {
      this.set(cache.stats().proofAgeMs / 1000);
    },
  });
  new Counter({
    name: 'unknown_addresses_refused_total',
    help: 'Reads of addresses that were never given, answered without asking the database',
    registers,
    collect() {
      this.reset();
      this.inc(slugFilter.stats().refused);
    },
  });
  new Counter({
    name: 'views_total',
    help: 'Hits of readers by what became of them: buffered in Redis, counted directly, or dropped',
    labelNames: ['outcome'],
    registers,
    collect() {
      this.reset();
      for (const [outcome, count] of Object.entries(views.stats())) this.inc({ outcome }, count);
    },
  });
  let reading = Promise.resolve();
  const outbox = new Gauge({
    name: 'outbox_jobs',
    aggregator: 'max',
    help: 'Jobs by state: pending, or failed for good until an administrator has looked at them',
    labelNames: ['state'],
    registers,
    // A database that is down is itself worth a scrape: the other metrics must not go with it.
    collect() {
      reading = readOutbox().catch(() => {
        outbox.reset();
        oldest.reset();
      });
      return reading;
    },
  });
  const oldest = new Gauge({
    name: 'outbox_oldest_due_seconds',
    aggregator: 'max',
    help: 'Age of the longest overdue job in the outbox',
    registers,
    // Else it would tell what was read for the scrape before.
    collect: () => reading,
  });

  const money = new Gauge({
    name: 'payments',
    aggregator: 'max',
    help: 'Orders and refunds that wait, and what needs a person: another amount, notices of no order of ours or without effect, payments of what was paid, refunds that failed or take hours, differences between bill and ledger of the last week that nobody has seen',
    labelNames: ['state'],
    registers,
    collect: () =>
      readPayments().catch(() => {
        money.reset();
      }),
  });

  const backup = new Gauge({
    name: 'backup_age_seconds',
    aggregator: 'max',
    help: 'Time since the last backup by ainotebook backup; absent before the first',
    registers,
    collect: () =>
      readBackup().catch(() => {
        backup.remove();
      }),
  });

  async function readBackup(): Promise<void> {
    const { rows } = await pool.query<{ age: number }>(
      `select extract(epoch from now() - (value->>'madeAt')::timestamptz)::float8 as age
         from site_settings where key = 'last_backup'`,
    );
    // A gauge without labels that was never set is 0, which would be a fresh one.
    if (rows[0]) backup.set(rows[0].age);
    else backup.remove();
  }

  async function readPayments(): Promise<void> {
    const week = "now() - interval '7 days'";
    const { rows } = await pool.query<Record<string, string>>(
      `select (select count(*) from orders where status = 'pending') as pending,
              (select count(*) from orders
                where status = 'pending' and expires_at < now() - interval '1 hour') as overdue,
              (select count(*) from refunds where state = 'pending') as refunding,
              (select count(*) from refunds
                where state = 'pending' and created_at < now() - interval '6 hours') as refund_waiting,
              (select count(*) from refunds where state = 'failed' and finished_at > ${week}) as refund_failed,
              (select count(*) from payments where is_surplus and created_at > ${week}) as paid_twice,
              (select count(*) from audit_events
                where action = 'order.mismatch' and created_at > ${week}) as mismatched,
              (select count(*) from payment_notices
                where state = 'received' and created_at > ${week}
                  and created_at < now() - interval '10 minutes') as unsettled,
              (select count(*) from payment_notices
                where state = 'rejected' and reason = 'unknown_order' and created_at > ${week}) as unknown_order,
              (select coalesce(sum(difference_count), 0) from bill_comparisons
                where day > current_date - 7 and seen_at is null) as bill_differences`,
    );
    for (const [state, value] of Object.entries(rows[0] ?? {})) money.set({ state }, Number(value));
  }

  async function readOutbox(): Promise<void> {
    const { rows } = await pool.query<{ due: string; failed: string; oldest: string }>(
      `select count(*) as due, (select count(*) from dead_letters) as failed,
              coalesce(extract(epoch from now() - min(due_at)
                filter (where (run_until > now()) is not true)), 0) as oldest
         from outbox where done_at is null and failed_at is null`,
    );
    outbox.set({ state: 'pending' }, Number(rows[0]?.due ?? 0));
    outbox.set({ state: 'failed' }, Number(rows[0]?.failed ?? 0));
    oldest.set(Math.max(0, Number(rows[0]?.oldest ?? 0)));
  }

  const measure: RequestHandler = (req, res, next) => {
    const start = performance.now();
    // Read now: a mounted router changes `req.path` while it handles the request.
    const route = routeLabel(req.path);
    res.once('close', () => {
      // 499 as nginx has it: the client went away before the answer.
      const status = res.writableFinished ? res.statusCode : 499;
      duration.observe(
        {
          method: METHODS.has(req.method) ? req.method : 'OTHER',
          route,
          status_code: status,
        },
        (performance.now() - start) / 1000,
      );
    });
    next();
  };

  return { measure, serve: serveMetrics(registry, readCluster ?? undefined) };
}
