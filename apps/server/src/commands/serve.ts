import { fileURLToPath } from 'node:url';
import { demoOf } from '../demo/local-demo.js';
import { isInContainer, type Settings } from '../env.js';
import { explain } from '../failure.js';
import { createApp } from '../http/app.js';
import { isLoopbackName } from '../http/cookies.js';
import { createHttpServer, type HttpServer, listen } from '../http/server.js';
import { createLogger, type Logger } from '../logger.js';
import { fitPool, migrateDatabase, startOwnPostgres } from '../postgres.js';
import type { Compose } from '../runtime.js';
import { createShutdown, endOnSignals, exit, type Shutdown } from '../shutdown.js';
import { version } from '../version.js';

const WEB_FOLDER = fileURLToPath(new URL('../../../web/dist', import.meta.url));

interface Start {
  settings: Settings;
  compose: Compose;
  log: Logger;
  shutdown: Shutdown;
  /** Tells the person at the terminal, or the log in production. */
  say: (line: string) => void;
  http: HttpServer;
}

/** Ended by a signal while starting. */
class Interrupted extends Error {}

/** `ainotebook serve`: returns when the server takes requests; the process ends on a signal. */
export async function serve(settings: Settings, compose: Compose): Promise<void> {
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
  const starting = start({ settings, compose, log, shutdown, say, http });
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
  const { settings, compose, log, shutdown, say, http } = parts;
  const { env } = settings;
  const goOn = () => {
    if (shutdown.isDraining()) throw new Interrupted();
  };

  say(`AI-NoteBook ${version}`);
  const port = await listen(http.server, env.PORT, env.HOST);
  shutdown.add('http', 15_000, () => http.drain(10_000));
  goOn();

  const url = await openDatabase(parts);
  goOn();
  await migrateDatabase(url, say);
  goOn();

  const poolMax = await fitPool(settings, url, (line) => log.warn(line));
  const isLocal = isLoopbackName(env.HOST.includes(':') ? `[${env.HOST}]` : env.HOST);
  const options = { settings, databaseUrl: url, log, poolMax, hasWorkers: env.SERVE_JOBS };
  const hasDemo = settings.isEmbedded && isLocal && !settings.isProduction;
  const demo = hasDemo ? await demoOf(compose, options, say) : null;
  goOn();

  const runtime = compose({ ...options, demo });
  const { services, database, redis, jobs, work } = runtime;
  shutdown.add('pool', 5000, () => database.close());
  shutdown.add('pool', 5000, () => work.close());
  shutdown.add('redis', 1000, () => redis?.disconnect());
  await database.warm();
  jobs.start();
  shutdown.add('jobs', 15_000, () => jobs.stop({ deadlineMs: 10_000 }));

  const app = createApp({
    services,
    pool: database.pool,
    work,
    redis,
    jobs,
    log,
    trustedProxies: env.TRUST_PROXY ?? [],
    metricsToken: env.METRICS_TOKEN ?? null,
    webFolder: WEB_FOLDER,
    isLocal: isLocal && settings.isEmbedded && !env.TRUST_PROXY,
    isDraining: shutdown.isDraining,
  });
  goOn();
  http.use(app);
  announce(parts, { port, isLocal, demo });
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
