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
  /** One that served for so long died of something new. */
  settledMs: 60_000,
};

/** So many in a row that never served, while nobody else does, end the whole. */
const GIVE_UP_AFTER = 5;

/** One place of the cluster, and the process in it. */
interface Slot {
  worker: WorkerProcess | null;
  isReady: boolean;
  heardAt: number;
  /** Since when it serves. */
  readyAt: number;
  /** In a row, before having served for long: each makes the next start wait longer. */
  deaths: number;
  /** In a row, before having served at all. */
  failedStarts: number;
  /** A successor is being started, which gets the place even if its elder dies. */
  isReplacing: boolean;
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
    readyAt: 0,
    deaths: 0,
    failedStarts: 0,
    isReplacing: false,
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
          // Asked again meanwhile, or while others had their turn.
          void inTurn(async () => slot.worker === worker && (await replace(slot)));
        }
      });
      void worker.ended.then(() => settle(false));
      stopping.signal.addEventListener('abort', () => settle(false), { once: true });
    });
    return { worker, ready };
  }

  function seat(slot: Slot, worker: WorkerProcess): void {
    Object.assign(slot, { worker, isReady: false, heardAt: performance.now() });
    void worker.ended.then((how) => {
      // One that was replaced has left its place already.
      if (slot.worker !== worker || isStopping()) return;
      const hasSettled = slot.isReady && performance.now() - slot.readyAt >= times.settledMs;
      slot.deaths = hasSettled ? 1 : slot.deaths + 1;
      if (!slot.isReady) slot.failedStarts += 1;
      Object.assign(slot, { worker: null, isReady: false });
      log.error('A process died', { pid: worker.pid, how, deaths: slot.deaths });
      if (!slot.isReplacing) refill(slot);
    });
  }

  function serves(slot: Slot): void {
    Object.assign(slot, { isReady: true, readyAt: performance.now(), failedStarts: 0 });
  }

  /** Puts a process into an empty place, unless none comes up anywhere. */
  function refill(slot: Slot): void {
    if (slot.failedStarts >= GIVE_UP_AFTER && !slots.some(({ isReady }) => isReady)) giveUp();
    else void revive(slot);
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
    seat(slot, worker);
    if (await ready) {
      if (slot.worker !== worker) return;
      serves(slot);
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
    slot.isReplacing = true;
    const { worker, ready } = spawn(slot);
    const isUp = await ready;
    slot.isReplacing = false;
    if (!isUp) {
      if (!isStopping()) {
        log.error('The successor did not come up', { pid: old.pid, stays: slot.worker !== null });
        if (!slot.worker) refill(slot);
      }
      await end(worker);
      return false;
    }
    seat(slot, worker);
    serves(slot);
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
