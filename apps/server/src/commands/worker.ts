import { readCacheEpoch } from '@ainotebook/db';
import { isInContainer, type Settings } from '../env.js';
import { explain, UsageError } from '../failure.js';
import { serveWorkerMetrics } from '../http/worker-metrics.js';
import { queueRedisUrl, tellHold } from '../jobs.js';
import { createLogger } from '../logger.js';
import { fitPool, migrateDatabase } from '../postgres.js';
import { readMemory, watchMemory } from '../process/memory-guard.js';
import { watchLoop } from '../process/watchdog.js';
import type { Compose } from '../runtime.js';
import { createShutdown, endOnSignals, exit } from '../shutdown.js';
import { version } from '../version.js';

/**
 * `ainotebook worker`: does jobs until a signal ends it, taking no request but for its metrics. Any number of
 * processes may run beside the servers.
 */
export async function workerCommand(settings: Settings, compose: Compose): Promise<void> {
  const { env, databaseUrl } = settings;
  if (databaseUrl === null || queueRedisUrl(settings) === null) {
    throw new UsageError(
      'A worker shares its work with servers: set DATABASE_URL and REDIS_QUEUE_URL. ' +
        'Without Redis the server does the jobs itself.',
    );
  }
  const log = createLogger({
    level: env.LOG_LEVEL,
    isProduction: settings.isProduction,
    isInContainer: isInContainer(),
    dir: env.LOG_DIR,
  });
  for (const warning of settings.warnings) log.warn(warning);
  const shutdown = createShutdown(log);
  endOnSignals(shutdown, log);
  try {
    await migrateDatabase(databaseUrl, (line) => log.info(line));
    const poolMax = await fitPool(settings, databaseUrl, {
      workers: 1,
      warn: (line) => log.warn(line),
    });
    const parts = {
      settings,
      databaseUrl,
      log,
      poolMax,
      cacheEpoch: await readCacheEpoch(databaseUrl),
      // What it knows of models is of a database that is no more.
      onRestored: () => void exit(shutdown, log, { reason: 'the database was restored', code: 1 }),
      demo: null,
      hasWorkers: true,
    };
    const { services, database, redis, changes, jobs, work, mailer, aiMetrics, modelsInUse } =
      compose(parts);
    shutdown.add('pool', 5000, () => database.close());
    shutdown.add('pool', 5000, () => work.close());
    shutdown.add('pool', 1000, () => mailer?.close());
    shutdown.add('redis', 1000, () => redis?.disconnect());
    shutdown.add('redis', 1000, () => services.cache.close());
    shutdown.add('redis', 1000, () => services.views.close());
    shutdown.add('jobs', 30_000, () => jobs.stop({ deadlineMs: 25_000 }));
    if (env.WORKER_METRICS_PORT !== undefined) {
      const measured = { pool: database.pool, aiMetrics };
      const place = { host: env.HOST, port: env.WORKER_METRICS_PORT };
      const metricsToken = env.METRICS_TOKEN ?? null;
      const close = await serveWorkerMetrics(measured, { ...place, metricsToken });
      shutdown.add('http', 1000, close);
    }
    await jobs.check();
    if (shutdown.isDraining()) return;
    await database.warm();
    // Tells it of other models.
    await modelsInUse.reload();
    changes.start();
    shutdown.add('jobs', 3000, () => changes.close());
    await tellHold(database.db, log);
    jobs.start();
    watchLoop(settings, log);
    watchMemory({
      read: () => readMemory(env.MEMORY_LIMIT),
      log,
      // Where something starts it again, that is what helps.
      onStillShort: () => {
        if (!settings.isProduction) return;
        void exit(shutdown, log, { reason: 'memory stays short', code: 1 });
      },
    });
    log.info('Worker is ready', { version });
  } catch (error) {
    const reason = explain(error);
    process.stderr.write(`${reason}\n`);
    log.error('The worker cannot start', { reason });
    await exit(shutdown, log, { reason: 'start failed', code: 1 });
  }
}
