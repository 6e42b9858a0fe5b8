import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { AggregatorRegistry, type RegistryContentType } from 'prom-client';
import { isInContainer, type Settings } from '../env.js';
import { UsageError } from '../failure.js';
import { createLogger } from '../logger.js';
import { createShutdown, endOnSignals, exit } from '../shutdown.js';
import { version } from '../version.js';
import { workerMessage } from './messages.js';
import { createSupervisor, type WorkerProcess } from './supervisor.js';

/** A process ends itself first, and says where it stood; one that is stopped as a whole cannot. */
const LAST_WORDS_MS = 5_000;

/**
 * The primary of `ainotebook serve --workers N`: forks, supervises, serves nothing itself. SIGHUP
 * replaces the processes one by one, by the release that is on the disk then.
 */
export async function servePrimary(settings: Settings, count: number): Promise<void> {
  const { env, isProduction } = settings;
  if (settings.databaseUrl === null) {
    throw new UsageError(
      'The embedded PostgreSQL belongs to one process: set DATABASE_URL for several, or leave --workers out.',
    );
  }
  const log = createLogger({
    level: env.LOG_LEVEL,
    isProduction,
    isInContainer: isInContainer(),
    dir: env.LOG_DIR,
  });
  const metrics = new AggregatorRegistry();
  const shutdown = createShutdown(log);
  const supervisor = createSupervisor({
    count,
    log,
    fork: () => forkWorker((worker, id) => void answerMetrics(metrics, worker, id)),
    times: { silenceMs: env.WATCHDOG_SECONDS * 1000 + LAST_WORDS_MS },
    onGiveUp: () => void exit(shutdown, log, { reason: 'no process comes up', code: 1 }),
  });
  shutdown.add('http', 45_000, () => supervisor.stop());
  endOnSignals(shutdown, log);
  // With a terminal, SIGHUP is its end.
  if (!process.stdout.isTTY) process.on('SIGHUP', () => void supervisor.reload());
  log.info(`AI-NoteBook ${version}: ${count} processes`, { pid: process.pid });
  supervisor.start();
}

function forkWorker(onReadMetrics: (worker: Worker, id: number) => void): WorkerProcess {
  const worker = cluster.fork();
  const child = worker.process;
  // A message to a process that is just ending; its end is what counts.
  worker.on('error', () => undefined);
  return {
    pid: child.pid ?? 0,
    get hasEnded() {
      return child.exitCode !== null || child.signalCode !== null;
    },
    ended: once(child, 'exit').then(
      ([code, signal]) => String(signal ?? `exit code ${code}`),
      // It could not even be started.
      (error: unknown) => String(error),
    ),
    onMessage(listener) {
      worker.on('message', (raw: unknown) => {
        const { data } = workerMessage.safeParse(raw);
        if (data === undefined) return;
        if (typeof data === 'object' && data.type === 'read-metrics')
          onReadMetrics(worker, data.id);
        else listener(data);
      });
    },
    kill: (signal) => void child.kill(signal),
  };
}

async function answerMetrics(
  metrics: AggregatorRegistry<RegistryContentType>,
  worker: Worker,
  id: number,
): Promise<void> {
  const text = await metrics.clusterMetrics().catch(() => null);
  if (worker.isConnected()) worker.send({ type: 'metrics', id, text }, () => undefined);
}
