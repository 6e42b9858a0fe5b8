import type { Logger } from './logger.js';

/** In this order: nothing new is taken, then what is under way ends, then what it stood on. */
const PHASES = ['start', 'live', 'http', 'jobs', 'pool', 'redis', 'postgres'] as const;
export type ShutdownPhase = (typeof PHASES)[number];

export interface Shutdown {
  /** Registers how a part ends; one that hangs is passed over after `deadlineMs`. */
  add(phase: ShutdownPhase, deadlineMs: number, end: () => Promise<unknown> | unknown): void;
  /** True from the first signal on. */
  isDraining: () => boolean;
  /** Ends everything once; later calls wait for the same end. */
  run(reason: string): Promise<void>;
}

interface Step {
  phase: ShutdownPhase;
  deadlineMs: number;
  end: () => Promise<unknown> | unknown;
}

/** Ends what was started, phase by phase. A start still under way is waited for first. */
export function createShutdown(log: Pick<Logger, 'warn' | 'info'>): Shutdown {
  const steps: Step[] = [];
  let running: Promise<void> | undefined;

  async function endAll(reason: string): Promise<void> {
    log.info('Shutting down', { reason });
    for (const phase of PHASES) {
      // Looked up now: the phase `start` may have added more.
      for (const step of steps.filter((candidate) => candidate.phase === phase)) {
        const problem = await withDeadline(step);
        if (problem) log.warn('A part did not end cleanly', { part: phase, problem });
      }
    }
  }

  return {
    add: (phase, deadlineMs, end) => void steps.push({ phase, deadlineMs, end }),
    isDraining: () => running !== undefined,
    run: (reason) => {
      // Assigned before the first step runs: `isDraining` must be true from here on.
      running ??= Promise.resolve().then(() => endAll(reason));
      return running;
    },
  };
}

async function withDeadline({ deadlineMs, end }: Step): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`not ended after ${deadlineMs} ms`), deadlineMs);
  });
  const work = Promise.resolve()
    .then(end)
    .then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  const problem = await Promise.race([work, deadline]);
  clearTimeout(timer);
  return problem;
}

/** npm hands a Ctrl-C on that the terminal has sent already: two so close are one. */
const SAME_PRESS_MS = 300;

/**
 * Ends the process in order on SIGINT and SIGTERM (at once on a second Ctrl-C) and, with exit code 1,
 * when nobody handled an error: state after that cannot be trusted.
 */
export function endOnSignals(shutdown: Shutdown, log: Logger): void {
  let firstAt = 0;
  const onSignal = (signal: NodeJS.Signals) => {
    if (!shutdown.isDraining()) {
      firstAt = performance.now();
      void exit(shutdown, log, { reason: signal, code: 0 });
    } else if (signal === 'SIGINT' && performance.now() - firstAt > SAME_PRESS_MS) {
      process.exit(130);
    }
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  // A closed terminal; a process that was told to outlive it has none.
  if (process.stdout.isTTY) process.on('SIGHUP', onSignal);
  // A terminal that was closed, a pipe whose reader left: to log that would fail again, for ever.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
  const onBug = (reason: string) => (error: unknown) => {
    log.error('Nobody handled an error; ending', { reason, err: error });
    if (!shutdown.isDraining()) void exit(shutdown, log, { reason, code: 1 });
  };
  process.on('unhandledRejection', onBug('unhandledRejection'));
  process.on('uncaughtException', onBug('uncaughtException'));
}

/** Ends everything, lets the log reach its files, and leaves. */
export async function exit(
  shutdown: Shutdown,
  log: Logger,
  { reason, code }: { reason: string; code: number },
): Promise<never> {
  await shutdown.run(reason);
  await Promise.race([log.close(), new Promise((resolve) => setTimeout(resolve, 1000))]);
  process.exit(code);
}
