import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { refuseSecrets } from '@ainotebook/testkit';
import { makeRunFolder, removeRunFolder } from '../../packages/testkit/dist/run-folder.js';
import { freePorts } from './ports.mjs';

const MAIN = fileURLToPath(new URL('../../apps/server/dist/main.js', import.meta.url));
/** Said by each process that is ready. */
export const SERVES = 'A process serves';
const READY_MS = 90_000;
const RELOAD_MS = 180_000;

/**
 * `ainotebook serve --workers N` on a database, in a folder of its own.
 * @param {{ databaseUrl: string, workers: number, env?: Record<string, string> }} options settings beyond the usual ones
 */
export async function openCluster({ databaseUrl, workers, env = {} }) {
  const folder = makeRunFolder();
  const [port] = await freePorts(1);
  const baseUrl = `http://127.0.0.1:${port}`;
  let output = '';
  const child = spawn(process.execPath, [MAIN, 'serve', '--workers', String(workers)], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DATABASE_URL: databaseUrl,
      PORT: String(port),
      PG_POOL_MAX: '8',
      // Clients tell their addresses, as a proxy would: else all count as one.
      TRUST_PROXY: 'loopback',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const said = (words) => output.split(words).length - 1;

  async function until(isSo, what, deadlineMs) {
    const deadline = performance.now() + deadlineMs;
    while (!(await isSo())) {
      if (child.exitCode !== null)
        throw new Error(`The cluster has ended:\n${output.slice(-3_000)}`);
      if (performance.now() > deadline) throw new Error(`${what}:\n${output.slice(-3_000)}`);
      await sleep(20);
    }
  }

  try {
    await until(() => said(SERVES) >= workers, 'The cluster is not ready', READY_MS);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return {
    baseUrl,
    port,
    pid: child.pid,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    said,
    until,
    /** Replaces every process; resolves when that is done. */
    reload: async () => {
      const before = said('Every process is replaced');
      child.kill('SIGHUP');
      const isDone = () => said('Every process is replaced') > before;
      await until(isDone, 'The processes are not replaced', RELOAD_MS);
    },
    stop: async () => {
      child.kill('SIGTERM');
      const [code] = await ended;
      removeRunFolder(folder);
      refuseSecrets(output, { databaseUrl: new URL(databaseUrl).password });
      return code;
    },
  };
}
