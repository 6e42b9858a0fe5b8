import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createShutdown } from './shutdown.js';
import { memoryLog } from './test-support.js';

describe('shutdown', { timeout: 30_000 }, () => {
  it('ends what was started in the order of its phases, whatever the order of starting', async () => {
    const ended: string[] = [];
    const shutdown = createShutdown(memoryLog());
    for (const phase of ['postgres', 'http', 'pool', 'jobs'] as const) {
      shutdown.add(phase, 1000, () => ended.push(phase));
    }
    expect(shutdown.isDraining()).toBe(false);
    const running = shutdown.run('test');
    expect(shutdown.isDraining()).toBe(true);
    await Promise.all([running, shutdown.run('again')]);
    expect(ended).toEqual(['http', 'jobs', 'pool', 'postgres']);
  });

  it('passes over a part that hangs or fails, and says so', async () => {
    const log = memoryLog();
    const shutdown = createShutdown(log);
    let isPoolEnded = false;
    shutdown.add('http', 50, () => new Promise(() => undefined));
    shutdown.add('jobs', 1000, () => {
      throw new Error('broken');
    });
    shutdown.add('pool', 1000, () => {
      isPoolEnded = true;
    });
    await shutdown.run('test');
    expect(isPoolEnded).toBe(true);
    expect(log.lines.filter((line) => line.level === 'warn').map((line) => line.meta)).toEqual([
      { part: 'http', problem: 'not ended after 50 ms' },
      { part: 'jobs', problem: 'broken' },
    ]);
  });

  it('waits for a start still under way, and ends what that added', async () => {
    const ended: string[] = [];
    const shutdown = createShutdown(memoryLog());
    const starting = new Promise<void>((resolve) => {
      setTimeout(() => {
        shutdown.add('postgres', 1000, () => ended.push('postgres'));
        resolve();
      }, 30);
    });
    shutdown.add('start', 1000, () => starting);
    await shutdown.run('test');
    expect(ended).toEqual(['postgres']);
  });

  it.each([
    ['a rejection nobody handled', 'Promise.reject(new Error("boom"))'],
    ['an error thrown in a timer', 'setTimeout(() => { throw new Error("boom"); }, 5)'],
    [
      'an error thrown in a listener',
      'process.on("x", () => { throw new Error("boom"); }); setTimeout(() => process.emit("x"), 5)',
    ],
  ])('drains and exits with 1 after %s', async (_, bug) => {
    const module = new URL('../dist/shutdown.js', import.meta.url).href;
    const script = `
      import { createShutdown, endOnSignals } from ${JSON.stringify(module)};
      const say = (message, meta) => console.log(message, meta?.err?.message ?? '');
      const log = { error: say, warn: say, info: say, close: async () => {} };
      const shutdown = createShutdown(log);
      shutdown.add('pool', 1000, () => console.log('drained'));
      endOnSignals(shutdown, log);
      setInterval(() => {}, 1000);
      ${bug};`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    const [code] = await once(child, 'close');
    expect(code).toBe(1);
    expect(output).toContain('Nobody handled an error; ending boom');
    expect(output).toContain('drained');
  });

  it('goes on when nobody reads its output any more, and ends in order on a signal', async () => {
    const module = new URL('../dist/shutdown.js', import.meta.url).href;
    const script = `
      import { createShutdown, endOnSignals } from ${JSON.stringify(module)};
      const say = (message) => process.stdout.write(message + '\\n');
      const log = { error: say, warn: say, info: say, close: async () => {} };
      const shutdown = createShutdown(log);
      endOnSignals(shutdown, log);
      setInterval(() => say('at work'), 5);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    child.stderr.destroy();
    await sleep(300);
    expect(child.exitCode).toBeNull();
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
