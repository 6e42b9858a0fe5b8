import { fileURLToPath } from 'node:url';
import type { Services } from '@ainotebook/api';
import { readCacheEpoch } from '@ainotebook/db';
import { StorageUnavailableError } from '@ainotebook/files';
import { watchCdn } from '../cdn/watch-cdn.js';
import { isSupervised, reportReady, tellSupervisor } from '../cluster/messages.js';
import { servePrimary } from '../cluster/primary.js';
import { answerPrimary } from '../cluster/worker-metrics.js';
import { demoOf } from '../demo/local-demo.js';
import { isInContainer, type Settings } from '../env.js';
import { explain } from '../failure.js';
import { createApp } from '../http/app.js';
import { isLoopbackName } from '../http/cookies.js';
import { createLiveSockets } from '../http/live-sockets.js';
import { createHttpServer, type HttpServer, listen } from '../http/server.js';
import { tellHold } from '../jobs.js';
import { createLogger, type Logger } from '../logger.js';
import { fitPool, migrateDatabase, startOwnPostgres } from '../postgres.js';
import { keepFilter } from '../process/keep-filter.js';
import { measureLoad, shedLoad } from '../process/load.js';
import { readMemory, watchMemory } from '../process/memory-guard.js';
import { warmUp } from '../process/warm-up.js';
import { watchLoop } from '../process/watchdog.js';
import type { Compose } from '../runtime.js';
import { createShutdown, endOnSignals, exit, type Shutdown } from '../shutdown.js';
import { version } from '../version.js';

const WEB_FOLDER = fileURLToPath(new URL('../../../web/dist', import.meta.url));

/** A client may have sent its next request just before it learns that this process ends. */
const LINGER_MS = 1000;

interface Start {
  settings: Settings;
  compose: Compose;
  log: Logger;
  shutdown: Shutdown;
  /** Tells the person at the terminal, or the log in production. */
  say: (line: string) => void;
  http: HttpServer;
  workers: number;
}

/** Ended by a signal while starting. */
class Interrupted extends Error {}

/**
 * `ainotebook serve`: returns when the server takes requests; the process ends on a signal.
 * @param workers processes to share the port; under PM2, which forks itself, this one is all
 */
export async function serve(settings: Settings, compose: Compose, workers: number): Promise<void> {
  const isCluster = workers > 1;
  if (isCluster && !isSupervised) return servePrimary(settings, workers);
  if (isCluster) answerPrimary();
  const { env, isProduction } = settings;
  const log = createLogger({
    level: env.LOG_LEVEL,
    isProduction,
    isInContainer: isInContainer(),
    dir: env.LOG_DIR,
  });
  const say = isProduction ? (line: string) => log.info(line) : (line: string) => console.log(line);
  for (const warning of settings.warnings) log.warn(warning);
  const shutdown = createShutdown(log);
  const http = createHttpServer();
  endOnSignals(shutdown, log);
  const starting = start({ settings, compose, log, shutdown, say, http, workers });
  // A signal during the start waits until what was begun can be ended.
  shutdown.add('start', 30_000, () => starting.catch(() => undefined));
  try {
    await starting;
  } catch (error) {
    if (error instanceof Interrupted) return;
    const reason = explain(error);
    process.stderr.write(`${reason}\n`);
    log.error('The server cannot start', { reason });
    await exit(shutdown, log, { reason: 'start failed', code: 1 });
  }
}

async function start(parts: Start): Promise<void> {
  const { settings, compose, log, shutdown, say, http, workers } = parts;
  const { env } = settings;
  const listenNow = () => listen(http.server, env.PORT, env.HOST);
  const goOn = () => {
    if (shutdown.isDraining()) throw new Interrupted();
  };

  say(`AI-NoteBook ${version}`);
  // Alone, it tells those who come that it is starting; else its elders answer them.
  const hasElders = isSupervised || env.TRUST_PROXY !== undefined;
  if (!hasElders) await listenNow();
  const lingerMs = hasElders ? LINGER_MS : 0;
  shutdown.add('http', 15_000, () => http.drain({ patienceMs: 10_000, lingerMs }));
  goOn();

  const url = await openDatabase(parts);
  goOn();
  await migrateDatabase(url, say);
  goOn();

  const poolMax = await fitPool(settings, url, { workers, warn: (line) => log.warn(line) });
  const isLocal = isLoopbackName(env.HOST.includes(':') ? `[${env.HOST}]` : env.HOST);
  const options = {
    settings,
    databaseUrl: url,
    log,
    poolMax,
    cacheEpoch: await readCacheEpoch(url),
    onRestored: () => leaveRestored(parts),
    hasWorkers: env.SERVE_JOBS,
  };
  const hasDemo = settings.isEmbedded && isLocal && !settings.isProduction;
  const demo = hasDemo ? await demoOf(compose, options, say) : null;
  goOn();

  const runtime = compose({ ...options, demo });
  const { services, database, redis, changes, jobs, work, pdf, mailer, aiMetrics, modelsInUse } =
    runtime;
  shutdown.add('pool', 5000, () => database.close());
  shutdown.add('pool', 5000, () => work.close());
  shutdown.add('pool', 1000, () => mailer?.close());
  shutdown.add('redis', 1000, () => redis?.disconnect());
  shutdown.add('redis', 1000, () => services.cache.close());
  shutdown.add('live', 1000, () => services.slugFilter.close());
  shutdown.add('redis', 1000, () => services.views.close());
  await database.warm();
  await checkFiles(services, log);
  await modelsInUse.reload();
  changes.start();
  // Until then all that is cached would be asked of Postgres.
  await services.settleCaches();
  await tellHold(services.db, log);
  jobs.start();
  // What it took, and what others left; the rest waits in Redis for whoever comes.
  shutdown.add('jobs', 3000, () => services.views.flush());
  // Before the pool, which waits for its connection.
  shutdown.add('jobs', 3000, () => changes.close());
  shutdown.add('jobs', 3000, () => services.answering.close());
  shutdown.add('jobs', 15_000, () => jobs.stop({ deadlineMs: 10_000 }));

  const load = measureLoad();
  const memory = watchMemory({
    read: () => readMemory(env.MEMORY_LIMIT),
    log,
    onStillShort: () => leaveForMemory(parts),
  });
  const openness = {
    isLocal: isLocal && settings.isEmbedded && !env.TRUST_PROXY,
    isDraining: shutdown.isDraining,
  };
  const cdn = env.CDN_BASE_URL
    ? watchCdn({ base: env.CDN_BASE_URL, folder: WEB_FOLDER, origin: settings.appUrl, log })
    : null;
  // Until it is known, pages name this server.
  void cdn?.check();
  shutdown.add('http', 1000, () => cdn?.stop());
  const app = createApp({
    services: {
      ...services,
      limits: shedLoad(services.limits, { ...load, isMemoryShort: memory.isShort }),
    },
    pool: database.pool,
    work,
    pdf,
    redis,
    jobs,
    aiMetrics,
    log,
    trustedProxies: env.TRUST_PROXY ?? [],
    corsOrigins: env.CORS_ORIGINS,
    metricsToken: env.METRICS_TOKEN ?? null,
    webFolder: WEB_FOLDER,
    cdnBase: cdn?.base ?? (() => null),
    ...openness,
    process: {
      isCluster: isSupervised && workers > 1,
      instance: env.NODE_APP_INSTANCE ?? null,
    },
  });
  goOn();
  http.use(app);
  const sockets = createLiveSockets({ services, app, log, ...openness });
  http.server.on('upgrade', sockets.upgrade);
  shutdown.add('live', 2000, () => sockets.close());
  shutdown.add('live', 1000, () => services.live.close());
  if (hasElders) await listenNow();
  reportReady();
  watchLoop(settings, log);
  keepFilter(services.slugFilter, log);
  void warmUp(services, {
    log,
    release: env.REDIS_URL ? `${version}:${options.cacheEpoch}` : null,
  });
  const address = http.server.address();
  const port = typeof address === 'object' && address ? address.port : env.PORT;
  announce(parts, { port, isLocal, demo });
}

/** Notes are worth serving while only the bucket is away. @throws StorageMisconfiguredError */
async function checkFiles({ blobs }: Services, log: Logger): Promise<void> {
  try {
    await blobs.check();
  } catch (error) {
    if (!(error instanceof StorageUnavailableError)) throw error;
    log.warn('Files can be neither sent nor shown until their store serves again', { err: error });
  }
}

/** Where something starts the process again, that is what helps. */
function leaveForMemory({ settings, shutdown, log, workers }: Start): void {
  const reason = 'memory stays short';
  if (isSupervised && workers > 1) tellSupervisor({ type: 'replace-me', reason });
  else if (settings.isProduction) void exit(shutdown, log, { reason, code: 1 });
}

/** What this process knows is of a database that is no more. Until it has ended it caches nothing. */
function leaveRestored({ shutdown, log, workers }: Start): void {
  const reason = 'the database was restored';
  if (isSupervised && workers > 1) tellSupervisor({ type: 'replace-me', reason });
  else void exit(shutdown, log, { reason, code: 1 });
}

async function openDatabase({ settings, shutdown, say }: Start): Promise<string> {
  if (settings.databaseUrl !== null) return settings.databaseUrl;
  say('starting the embedded PostgreSQL');
  const postgres = await startOwnPostgres(settings, say);
  shutdown.add('postgres', 30_000, () => postgres.stop());
  if (postgres.isReused) say('took over the PostgreSQL of a start that did not end properly');
  return postgres.url;
}

function announce(
  { settings, log, say }: Start,
  at: { port: number; isLocal: boolean; demo: { email: string; password: string } | null },
): void {
  const { env, appUrl, isProduction } = settings;
  if (isProduction) {
    log.info('Server is ready', { version, host: env.HOST, port: at.port, url: appUrl });
    return;
  }
  say(`\nready: ${env.APP_URL ? appUrl : `http://localhost:${at.port}`}`);
  if (at.demo) say(`demo sign-in: ${at.demo.email}  password: ${at.demo.password}`);
  if (!at.isLocal && new URL(appUrl).protocol === 'http:') {
    say('Open to the network without HTTPS: sign-ins there do not survive a reload. See APP_URL.');
  }
  say('stop with Ctrl-C');
}
