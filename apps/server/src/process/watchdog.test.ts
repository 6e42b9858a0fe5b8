// Real processes that stand still, alone and in a cluster.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEmptyDatabase } from '@ainotebook/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { command, freePort } from '../process-support.js';

const cwd = mkdtempSync(path.join(tmpdir(), 'ainotebook-watchdog-'));
const WAIT = { timeout: 60_000, interval: 100 };
/** Makes a process stand still when it is told to. */
const wedge = path.join(cwd, 'wedge.mjs');
writeFileSync(wedge, "process.on('SIGUSR2', function standStill() { for (;;) Math.sqrt(2); });");

let empty: Awaited<ReturnType<typeof createEmptyDatabase>>;
beforeAll(async () => {
  empty = await createEmptyDatabase();
});
afterAll(() => empty.drop());

async function serve(args: string[], more: Record<string, string>) {
  const port = await freePort();
  const server = command(
    ['serve', ...args],
    {
      DATABASE_URL: empty.url,
      PORT: String(port),
      PG_POOL_MAX: '4',
      WATCHDOG_SECONDS: '5',
      NODE_OPTIONS: `--import=${wedge}`,
      ...more,
    },
    { cwd },
  );
  const isReady = async () => (await fetch(`http://127.0.0.1:${port}/ready`)).status === 200;
  await vi.waitFor(async () => expect(await isReady()).toBe(true), WAIT);
  return { server, isReady };
}

const childrenOf = (pid: number | undefined) =>
  execFileSync('ps', ['-A', '-o', 'ppid=,pid='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([parent, child]) => (parent === pid && child ? [child] : []));

describe('a process whose event loop stands still', { timeout: 120_000 }, () => {
  it('ends, and says where it stood, also in the log', async () => {
    const { server } = await serve([], {
      NODE_ENV: 'production',
      APP_URL: 'https://notes.example.org',
      JWT_SECRET: 'kJ8sQ2mV7xR4tW9zB3nF6hL1pD5gC0yA',
      JWT_REFRESH_SECRET: 'aY0cG5dP1lH6fN3bZ9wT4rX7vM2qS8jK',
    });
    server.child.kill('SIGUSR2');
    expect(await server.ended).toBe('SIGKILL');
    for (const text of [server.output(), readFileSync(path.join(cwd, 'logs/error.log'), 'utf8')]) {
      expect(text).toContain('The event loop stands still');
      expect(text).toMatch(/standStill file:.*wedge\.mjs:1/);
    }
  });

  it('is replaced in a cluster, which serves on meanwhile, also when it is stopped as a whole', async () => {
    const { server, isReady } = await serve(['--workers', '2'], {});
    // One that is still starting is watched by nobody yet.
    const begun = () => server.output().split('A process serves').length - 1;
    for (const [signal, count] of [
      ['SIGUSR2', 2],
      ['SIGSTOP', 3],
    ] as const) {
      await vi.waitFor(() => expect(begun()).toBe(count), WAIT);
      const pids = await vi.waitFor(() => {
        const now = childrenOf(server.child.pid);
        expect(now).toHaveLength(2);
        return now;
      }, WAIT);
      await vi.waitFor(async () => expect(await isReady()).toBe(true), WAIT);
      const [wedged = 0, healthy = 0] = pids;
      process.kill(wedged, signal);
      await vi.waitFor(() => {
        const now = childrenOf(server.child.pid);
        expect(now).toHaveLength(2);
        expect(now).toContain(healthy);
        expect(now).not.toContain(wedged);
      }, WAIT);
    }
    expect(server.output()).toContain('standStill');
    expect(server.output()).toContain('A process is wedged; killing it');
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
  });
});
