import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findEmbeddedPostgres, stopAbandonedPostgres } from '@ainotebook/db/embedded';
import { refuseSecrets } from '@ainotebook/testkit';
import pg from 'pg';
import {
  makeRunFolder,
  postgresFolder,
  removeRunFolder,
} from '../../packages/testkit/dist/run-folder.js';

const MAIN = fileURLToPath(new URL('../../apps/server/dist/main.js', import.meta.url));
const READY_MS = 90_000;

/**
 * The real server on a folder of its own, as `npm start` runs it, with every way to die.
 * @param {{ env?: Record<string, string>, main?: string }} options settings beyond the usual ones, and another build
 */
export async function openProofServer({ env = {}, main = MAIN } = {}) {
  const folder = makeRunFolder();
  const dataDir = postgresFolder(folder);
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  let child;
  let output = '';
  let closing;

  const isRunning = () => child && child.exitCode === null && child.signalCode === null;
  const cluster = () => path.join(readText(path.join(dataDir, 'moved-to')) ?? dataDir, 'cluster');
  const postmasterPid = () => Number(readText(path.join(cluster(), 'postmaster.pid'))) || undefined;

  function launch() {
    if (closing) throw new Error('The server is closed');
    child = spawn(process.execPath, [main, 'serve'], {
      // Nothing of the outside: no .env, no address of another database.
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        PORT: String(port),
        DATA_DIR: folder,
        LOG_LEVEL: 'error',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
  }

  async function untilReady() {
    const deadline = performance.now() + READY_MS;
    while (performance.now() < deadline) {
      if (!isRunning()) throw new Error(`The server has ended:\n${output.slice(-3_000)}`);
      const signal = AbortSignal.timeout(2_000);
      const answer = await fetch(`${baseUrl}/ready`, { signal }).catch(() => undefined);
      await answer?.body?.cancel();
      if (answer?.ok) return;
      await sleep(20);
    }
    throw new Error(`The server is not ready after ${READY_MS} ms:\n${output.slice(-3_000)}`);
  }

  async function end(signal) {
    if (!isRunning()) return child?.exitCode;
    const ended = once(child, 'exit');
    child.kill(signal);
    const [code] = await ended;
    return code;
  }

  const server = {
    baseUrl,
    /** Of the process that runs now. */
    pid: () => child?.pid,
    launch,
    untilReady,
    /** @returns milliseconds from nothing to the first answer of /ready */
    start: async () => {
      const begunAt = performance.now();
      launch();
      await untilReady();
      return Math.round(performance.now() - begunAt);
    },
    kill: () => end('SIGKILL'),
    /** @returns the exit code */
    stop: () => end('SIGTERM'),
    killPostmaster: () => {
      const pid = postmasterPid();
      if (pid) process.kill(pid, 'SIGKILL');
    },
    /** Kills one database process of the server's: PostgreSQL then repairs itself under it. */
    killBackend: () =>
      server.query(
        `select pid from pg_stat_activity where application_name = 'ainotebook'
         order by state = 'active' desc limit 1`,
        (rows) => rows[0] && process.kill(rows[0].pid, 'SIGKILL'),
      ),
    /** Asks the database past the server. */
    query: (text, then = (rows) => rows) =>
      server.withDatabase(async (client) => then((await client.query(text)).rows)),
    databaseUrl: () => findEmbeddedPostgres({ dataDir })?.url,
    withDatabase: async (work) => {
      const client = new pg.Client({ connectionString: findEmbeddedPostgres({ dataDir })?.url });
      // A killed server cuts this connection too.
      client.on('error', () => undefined);
      await client.connect();
      try {
        return await work(client);
      } finally {
        await client.end();
      }
    },
    output: () => output,
    /** How often the server has said something. */
    said: (words) => output.split(words).length - 1,
    /** What of it is still there: processes, locks, taken ports. */
    leftovers: async () => {
      const databasePort = Number(readText(path.join(path.dirname(cluster()), 'port')));
      const claims = path.join(dataDir, 'claims');
      return [
        ...processesOf(folder, cluster()).map((line) => `process ${line}`),
        ...(existsSync(path.join(cluster(), 'postmaster.pid')) ? ['postmaster.pid'] : []),
        ...(existsSync(claims) ? readdirSync(claims) : []).map((name) => `claim ${name}`),
        ...((await isFree(port)) ? [] : ['port of the server']),
        ...((await isFree(databasePort)) ? [] : ['port of the database']),
      ];
    },
    close: () => {
      closing ??= end('SIGKILL')
        .then(() => stopAbandonedPostgres({ dataDir }))
        .finally(() => removeRunFolder(folder))
        .then(() => refuseSecrets(output, { SETUP_TOKEN: env.SETUP_TOKEN }));
      return closing;
    },
  };
  return server;
}

/** Processes that name the folder or work in the cluster, as PostgreSQL's own children do. */
function processesOf(folder, cluster) {
  const { stdout } = spawnSync('ps', ['-ww', '-eo', 'pid=,args='], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => {
    const pid = Number.parseInt(line, 10);
    return pid && pid !== process.pid && (line.includes(folder) || workingFolder(pid) === cluster);
  });
}

/** Linux tells; elsewhere the command line must do. */
function workingFolder(pid) {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8').split('\n')[0].trim();
  } catch {
    return undefined;
  }
}

async function freePort() {
  const holder = await listen(0);
  const { port } = holder.address();
  await new Promise((resolve) => holder.close(resolve));
  return port;
}

async function isFree(port) {
  try {
    const holder = await listen(port);
    await new Promise((resolve) => holder.close(resolve));
    return true;
  } catch {
    return false;
  }
}

function listen(port) {
  return new Promise((resolve, reject) => {
    const holder = createServer();
    holder.once('error', reject);
    holder.listen(port, '127.0.0.1', () => resolve(holder));
  });
}
