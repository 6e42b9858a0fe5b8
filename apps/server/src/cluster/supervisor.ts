import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../logger.js';
import type { WorkerMessage } from './messages.js';

/** A worker process as its supervisor sees it. */
export interface WorkerProcess {
  readonly pid: number;
  readonly hasEnded: boolean;
  /** Resolves with how it ended. */
  readonly ended: Promise<string>;
  onMessage(listener: (message: WorkerMessage) => void): void;
  kill(signal: NodeJS.Signals): void;
}

export interface SupervisorOptions {
  /** Worker processes to keep. */
  count: number;
  fork: () => WorkerProcess;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Called once when no worker process comes up. */
  onGiveUp: () => void;
  /** Where they differ; milliseconds. */
  times?: Partial<typeof TIMES>;
}

const TIMES = {
  /** From the fork to `ready`: a migration may be under way. */
  readyMs: 120_000,
  /** From SIGTERM to SIGKILL: above the sum of a worker's own deadlines. */
  endMs: 35_000,
  /** A worker that says nothing for so long is wedged. */
  silenceMs: 15_000,
  backoffMs: 250,
  maxBackoffMs: 30_000,
};

/** So many deaths in a row, with nobody serving, end the whole. */
const GIVE_UP_AFTER = 5;

/** One place of the cluster, and the process in it. */
interface Slot {
  worker: WorkerProcess | null;
  isReady: boolean;
  heardAt: number;
  deaths: number;
}

export interface Supervisor {
  start(): void;
  /** Replaces one process after the other, each only when its successor serves. */
  reload(): Promise<void>;
  /** Ends every process in order. */
  stop(): Promise<void>;
  readonly pids: number[];
}

/**
 * Keeps `count` worker processes: starts one again when it dies, later each time; kills one that is
 * wedged; gives up when none comes up at all.
 */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { count, fork, log, onGiveUp } = options;
  const times = { ...TIMES, ...options.times };
  const slots: Slot[] = Array.from({ length: count }, () => ({
    worker: null,
    isReady: false,
    heardAt: 0,
    deaths: 0,
  }));
  const stopping = new AbortController();
  const isStopping = () => stopping.signal.aborted;
  let turn = Promise.resolve();
  let watch: NodeJS.Timeout | undefined;

  function spawn(slot: Slot): { worker: WorkerProcess; ready: Promise<boolean> } {
    const worker = fork();
    const ready = new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), times.readyMs);
      const settle = (isReady: boolean) => {
        clearTimeout(timer);
        resolve(isReady);
      };
      worker.onMessage((message) => {
        if (message === 'ready') settle(true);
        if (slot.worker !== worker) return;
        slot.heardAt = performance.now();
        if (typeof message === 'object' && message.type === 'replace-me') {
          log.warn('A process asks to be replaced', { pid: worker.pid, reason: message.reason });
          void inTurn(() => replace(slot));
        }
      });
      void worker.ended.then(() => settle(false));
      stopping.signal.addEventListener('abort', () => settle(false), { once: true });
    });
    return { worker, ready };
  }

  function seat(slot: Slot, worker: WorkerProcess, isReady: boolean): void {
    Object.assign(slot, { worker, isReady, heardAt: performance.now() });
    void worker.ended.then((how) => {
      // One that was replaced has left its place already.
      if (slot.worker !== worker || isStopping()) return;
      Object.assign(slot, { worker: null, isReady: false, deaths: slot.deaths + 1 });
      log.error('A process died', { pid: worker.pid, how, deaths: slot.deaths });
      if (slot.deaths >= GIVE_UP_AFTER && !slots.some((other) => other.isReady)) return giveUp();
      void revive(slot);
    });
  }

  function giveUp(): void {
    if (isStopping()) return;
    stopping.abort();
    log.error('No process comes up; giving up');
    onGiveUp();
  }

  async function revive(slot: Slot): Promise<void> {
    const wait = Math.min(times.maxBackoffMs, times.backoffMs * 2 ** (slot.deaths - 1));
    await sleep(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
    if (!isStopping()) await startIn(slot);
  }

  async function startIn(slot: Slot): Promise<void> {
    const { worker, ready } = spawn(slot);
    seat(slot, worker, false);
    if (await ready) {
      if (slot.worker !== worker) return;
      slot.isReady = true;
      slot.deaths = 0;
      log.info('A process serves', { pid: worker.pid });
    } else if (!worker.hasEnded && !isStopping()) {
      log.error('A process does not get ready', { pid: worker.pid });
      worker.kill('SIGKILL');
    }
  }

  async function replace(slot: Slot): Promise<boolean> {
    const old = slot.worker;
    // Nobody there: one is being started anyway.
    if (isStopping() || !old) return true;
    const { worker, ready } = spawn(slot);
    if (!(await ready)) {
      if (!isStopping()) log.error('The successor did not come up; it stays', { pid: old.pid });
      await end(worker);
      return false;
    }
    seat(slot, worker, true);
    slot.deaths = 0;
    log.info('A process serves', { pid: worker.pid, insteadOf: old.pid });
    await end(old);
    return true;
  }

  async function end(worker: WorkerProcess): Promise<void> {
    worker.kill('SIGTERM');
    const timer = setTimeout(() => {
      log.error('A process did not end in time', { pid: worker.pid });
      worker.kill('SIGKILL');
    }, times.endMs);
    await worker.ended;
    clearTimeout(timer);
  }

  /** One replacement at a time, so that all but one process always serve. */
  function inTurn(work: () => Promise<unknown>): Promise<void> {
    turn = turn.then(work).then(() => undefined);
    return turn;
  }

  function killWedged(): void {
    const now = performance.now();
    for (const slot of slots) {
      if (!slot.worker || !slot.isReady || now - slot.heardAt < times.silenceMs) continue;
      log.error('A process is wedged; killing it', { pid: slot.worker.pid });
      slot.worker.kill('SIGKILL');
    }
  }

  return {
    get pids() {
      return slots.flatMap(({ worker }) => (worker ? [worker.pid] : []));
    },
    start() {
      for (const slot of slots) void startIn(slot);
      watch = setInterval(killWedged, Math.min(1000, times.silenceMs / 3));
    },
    reload: () =>
      inTurn(async () => {
        log.info('Replacing every process');
        for (const slot of slots) if (!(await replace(slot))) return;
        log.info('Every process is replaced');
      }),
    async stop() {
      stopping.abort();
      clearInterval(watch);
      await Promise.all(slots.map(({ worker }) => worker && end(worker)));
      await turn;
    },
  };
}
