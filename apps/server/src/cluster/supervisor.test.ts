import { describe, expect, it, vi } from 'vitest';
import type { WorkerMessage } from './messages.js';
import { createSupervisor, type WorkerProcess } from './supervisor.js';

/** A process that does what the test says. */
interface Puppet extends WorkerProcess {
  say(message: WorkerMessage): void;
  die(how: string): void;
  signals: NodeJS.Signals[];
}

function stage(options: {
  count: number;
  endsOn?: NodeJS.Signals[];
  isBorn?: (n: number) => boolean;
  times?: { backoffMs?: number; maxBackoffMs?: number; settledMs?: number };
}) {
  const { count, endsOn = ['SIGTERM', 'SIGKILL'], isBorn = () => true } = options;
  const puppets: Puppet[] = [];
  const onGiveUp = vi.fn();
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const fork = () => {
    const listeners: ((message: WorkerMessage) => void)[] = [];
    let resolve: (how: string) => void = () => undefined;
    const ended = new Promise<string>((done) => {
      resolve = done;
    });
    let hasEnded = false;
    const puppet: Puppet = {
      pid: puppets.length + 1,
      signals: [],
      ended,
      get hasEnded() {
        return hasEnded;
      },
      onMessage: (listener) => void listeners.push(listener),
      say: (message) => {
        for (const listener of listeners) listener(message);
      },
      die: (how) => {
        hasEnded = true;
        resolve(how);
      },
      kill: (signal) => {
        puppet.signals.push(signal);
        if (endsOn.includes(signal)) puppet.die(signal);
      },
    };
    puppets.push(puppet);
    if (!isBorn(puppet.pid)) puppet.die('exit code 1');
    return puppet;
  };
  const times = {
    readyMs: 5000,
    endMs: 100,
    silenceMs: 400,
    backoffMs: 1,
    maxBackoffMs: 10,
    ...options.times,
  };
  const supervisor = createSupervisor({ count, fork, log, onGiveUp, times });
  const nth = (pid: number) => {
    const puppet = puppets[pid - 1];
    if (!puppet) throw new Error(`no process ${pid}`);
    return puppet;
  };
  return { supervisor, puppets, nth, onGiveUp, log };
}

const WAIT = { timeout: 10_000 };

describe('a supervisor of processes', () => {
  it('starts one again that died', async () => {
    const { supervisor, puppets, nth } = stage({ count: 2 });
    supervisor.start();
    nth(1).say('ready');
    nth(2).say('ready');
    nth(1).die('SIGKILL');
    await vi.waitFor(() => expect(puppets).toHaveLength(3), WAIT);
    expect(supervisor.pids).toEqual([3, 2]);
    await supervisor.stop();
  });

  it('gives up when no process comes up', async () => {
    const { supervisor, onGiveUp, puppets } = stage({ count: 1, isBorn: () => false });
    supervisor.start();
    await vi.waitFor(() => expect(onGiveUp).toHaveBeenCalledTimes(1), WAIT);
    expect(puppets).toHaveLength(5);
    await supervisor.stop();
  });

  it('does not give up while another process serves', async () => {
    const { supervisor, nth, onGiveUp, puppets } = stage({ count: 2, isBorn: (pid) => pid === 1 });
    supervisor.start();
    nth(1).say('ready');
    await vi.waitFor(() => expect(puppets.length).toBeGreaterThan(7), WAIT);
    expect(onGiveUp).not.toHaveBeenCalled();
    await supervisor.stop();
  });

  it('replaces one after the other, each only when its successor is ready', async () => {
    const { supervisor, nth, puppets } = stage({ count: 2 });
    supervisor.start();
    nth(1).say('ready');
    nth(2).say('ready');
    const reloaded = supervisor.reload();
    await vi.waitFor(() => expect(puppets).toHaveLength(3), WAIT);
    expect(nth(1).signals).toEqual([]);
    nth(3).say('ready');
    await vi.waitFor(() => expect(puppets).toHaveLength(4), WAIT);
    expect([nth(1).signals, nth(2).signals]).toEqual([['SIGTERM'], []]);
    nth(4).say('ready');
    await reloaded;
    expect(supervisor.pids).toEqual([3, 4]);
    await supervisor.stop();
  });

  it('keeps the old process when its successor does not come up', async () => {
    const { supervisor, nth } = stage({ count: 2, isBorn: (pid) => pid < 3 });
    supervisor.start();
    nth(1).say('ready');
    nth(2).say('ready');
    await supervisor.reload();
    expect(supervisor.pids).toEqual([1, 2]);
    await supervisor.stop();
  });

  it('keeps one process a place when the old one dies during its replacement', async () => {
    const { supervisor, nth, puppets } = stage({ count: 1 });
    supervisor.start();
    nth(1).say('ready');
    const reloaded = supervisor.reload();
    await vi.waitFor(() => expect(puppets).toHaveLength(2), WAIT);
    nth(1).die('SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(puppets).toHaveLength(2);
    nth(2).say('ready');
    await reloaded;
    expect(supervisor.pids).toEqual([2]);
    // It is watched like any other.
    nth(2).die('SIGKILL');
    await vi.waitFor(() => expect(supervisor.pids).toEqual([3]), WAIT);
    await supervisor.stop();
  });

  it('fills the place when the old process dies and its successor does not come up', async () => {
    const { supervisor, nth, puppets } = stage({ count: 2 });
    supervisor.start();
    nth(1).say('ready');
    nth(2).say('ready');
    const reloaded = supervisor.reload();
    await vi.waitFor(() => expect(puppets).toHaveLength(3), WAIT);
    nth(1).die('SIGKILL');
    nth(3).die('exit code 1');
    await reloaded;
    await vi.waitFor(() => expect(supervisor.pids).toEqual([4, 2]), WAIT);
    await supervisor.stop();
  });

  it('starts one later each time that dies soon after it served, and at once one that served for long', async () => {
    const waits = { backoffMs: 40, maxBackoffMs: 60_000 };
    const deathsAfter = async (settledMs: number) => {
      const { supervisor, nth, puppets, log } = stage({ count: 1, times: { ...waits, settledMs } });
      supervisor.start();
      for (let pid = 1; pid <= 3; pid++) {
        await vi.waitFor(() => expect(puppets).toHaveLength(pid), WAIT);
        nth(pid).say('ready');
        await vi.waitFor(() => expect(log.info).toHaveBeenCalledTimes(pid), WAIT);
        nth(pid).die('SIGSEGV');
        await vi.waitFor(() => expect(log.error).toHaveBeenCalledTimes(pid), WAIT);
      }
      await supervisor.stop();
      return log.error.mock.calls.map(([, { deaths }]) => deaths);
    };
    expect(await deathsAfter(60_000)).toEqual([1, 2, 3]);
    expect(await deathsAfter(0)).toEqual([1, 1, 1]);
  });

  it('does not give up one that comes up and dies again and again', async () => {
    const { supervisor, nth, onGiveUp, puppets } = stage({ count: 1 });
    supervisor.start();
    for (let pid = 1; pid <= 7; pid++) {
      await vi.waitFor(() => expect(puppets).toHaveLength(pid), WAIT);
      nth(pid).say('ready');
      await new Promise((resolve) => setTimeout(resolve, 5));
      nth(pid).die('SIGSEGV');
    }
    expect(onGiveUp).not.toHaveBeenCalled();
    await supervisor.stop();
  });

  it('replaces a process once that asks again while its successor starts', async () => {
    const { supervisor, nth, puppets } = stage({ count: 1 });
    supervisor.start();
    nth(1).say('ready');
    nth(1).say({ type: 'replace-me', reason: 'memory' });
    await vi.waitFor(() => expect(puppets).toHaveLength(2), WAIT);
    nth(1).say({ type: 'replace-me', reason: 'memory' });
    nth(2).say('ready');
    await vi.waitFor(() => expect(nth(1).signals).toEqual(['SIGTERM']), WAIT);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(puppets).toHaveLength(2);
    await supervisor.stop();
  });

  it('replaces a process that asks for it', async () => {
    const { supervisor, nth, puppets } = stage({ count: 1 });
    supervisor.start();
    nth(1).say('ready');
    nth(1).say({ type: 'replace-me', reason: 'memory' });
    await vi.waitFor(() => expect(puppets).toHaveLength(2), WAIT);
    nth(2).say('ready');
    await vi.waitFor(() => expect(nth(1).signals).toEqual(['SIGTERM']), WAIT);
    await supervisor.stop();
  });

  it('kills a process that says nothing any more, and one that does not end', async () => {
    const { supervisor, nth } = stage({ count: 1, endsOn: ['SIGKILL'] });
    supervisor.start();
    nth(1).say('ready');
    await vi.waitFor(() => expect(nth(1).signals).toEqual(['SIGKILL']), WAIT);
    await vi.waitFor(() => nth(2).say('ready'), WAIT);
    await supervisor.stop();
    expect(nth(2).signals).toEqual(['SIGTERM', 'SIGKILL']);
  });
});
