import { url as inspectorUrl } from 'node:inspector';
import { Worker } from 'node:worker_threads';
import type { Settings } from '../env.js';
import type { Logger } from '../logger.js';

/** What the thread is given. */
export interface WatchdogData {
  /** Counted up by the watched loop. */
  beats: Int32Array;
  /** So many looks without a beat end the process. */
  ticks: number;
  tickMs: number;
  /** Gets the line that says why, besides the standard error; null: no file. */
  logFile: string | null;
}

/** Reached from `src` and from `dist` alike: a thread runs what was built. */
const THREAD = new URL('../../dist/process/watchdog-thread.js', import.meta.url);
const TICK_MS = 1_000;

/**
 * Ends this process, with SIGKILL, when its event loop has stood still for `silentMs`, and says where it
 * stood. Whoever supervises it starts it again: a process that answers nothing would otherwise stay for ever.
 */
export function startWatchdog(options: {
  silentMs: number;
  logFile: string | null;
  log: Pick<Logger, 'warn'>;
  tickMs?: number;
}): void {
  const { silentMs, logFile, log, tickMs = TICK_MS } = options;
  // Somebody looks at it with a debugger, and lets it stand still.
  if (inspectorUrl() !== undefined) return;
  const beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const data: WatchdogData = { beats, ticks: Math.ceil(silentMs / tickMs), tickMs, logFile };
  const thread = new Worker(THREAD, {
    workerData: data,
    resourceLimits: { maxOldGenerationSizeMb: 16 },
  });
  thread.unref();
  thread.on('error', (error) => log.warn('Nobody watches the event loop any more', { err: error }));
  setInterval(() => Atomics.add(beats, 0, 1), tickMs).unref();
}

/** `startWatchdog` as the settings of a process want it. */
export function watchLoop({ env }: Settings, log: Logger): void {
  startWatchdog({ silentMs: env.WATCHDOG_SECONDS * 1000, logFile: log.errorFile, log });
}
