import { setTimeout as sleep } from 'node:timers/promises';
import { readCacheEpoch } from '@ainotebook/db';
import { isInContainer, type Settings } from '../env.js';
import { createLogger } from '../logger.js';
import type { Compose, Runtime } from '../runtime.js';

/** A Redis that does not answer is not waited for. */
const STOP_MS = 2_000;

/** Puts a small process together for one command and takes it apart again. */
export async function withRuntime<T>(
  { settings, compose, url }: { settings: Settings; compose: Compose; url: string },
  work: (runtime: Runtime) => Promise<T>,
): Promise<T> {
  const log = createLogger({
    level: 'warn',
    isProduction: settings.isProduction,
    isInContainer: isInContainer(),
    dir: settings.env.LOG_DIR,
  });
  const runtime = compose({
    settings,
    databaseUrl: url,
    log,
    poolMax: 2,
    cacheEpoch: await readCacheEpoch(url),
    onRestored: () => undefined,
    demo: null,
    hasWorkers: false,
  });
  try {
    return await work(runtime);
  } finally {
    // Queues connect by themselves, and would keep the command from ending.
    await Promise.race([
      runtime.jobs.stop({ deadlineMs: 1_000 }),
      sleep(STOP_MS, undefined, { ref: false }),
    ]);
    await runtime.database.close();
    runtime.redis?.disconnect();
    runtime.services.cache.close();
    runtime.services.views.close();
    await log.close();
  }
}
