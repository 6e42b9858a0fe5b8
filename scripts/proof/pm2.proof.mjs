// Proof: the PM2 file of ops/ is good: it starts, reloads under load without a failed request, starts again what dies.
//   node scripts/proof/pm2.proof.mjs [--short]     (build first; npx fetches pm2)
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeRunFolder, removeRunFolder } from '../../packages/testkit/dist/run-folder.js';
import { openProofDatabase } from './database.mjs';
import { freePorts } from './ports.mjs';
import { openVerdicts } from './verdicts.mjs';

const { values } = parseArgs({ options: { short: { type: 'boolean', default: false } } });
const RELOADS = values.short ? 1 : 5;
const CLIENTS = 8;
const PM2 = 'pm2@6.0.14';
const READY_MS = 120_000;

const { say, isKept } = openVerdicts();
const folder = makeRunFolder();
const database = await openProofDatabase();
const [port] = await freePorts(1);
const baseUrl = `http://127.0.0.1:${port}`;
mkdirSync(path.join(folder, 'logs'));
symlinkSync(fileURLToPath(new URL('../..', import.meta.url)), path.join(folder, 'current'));
const env = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  // A god of its own: what PM2 runs elsewhere on this machine is not touched.
  PM2_HOME: path.join(folder, 'pm2'),
  INSTANCES: '2',
  PORT: String(port),
  DATABASE_URL: database.url,
  PROCESSES: '2',
  PG_POOL_MAX: '6',
  APP_URL: 'https://notes.example.org',
  JWT_SECRET: 'Zk4s0qvXb1nT7yRmW2uPfE9hJcL6dAgV',
  JWT_REFRESH_SECRET: 'h8GdKq3ZtY5xNwB1rMvC7jSfP0aLuE2o',
  UPLOAD_DIR: path.join(folder, 'uploads'),
  LOG_DIR: path.join(folder, 'logs'),
  DATA_DIR: path.join(folder, 'data'),
};

async function pm2(...args) {
  const child = spawn('npx', ['--yes', PM2, ...args], { cwd: folder, env, stdio: 'pipe' });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`pm2 ${args.join(' ')} failed:\n${output.slice(-3_000)}`);
  return output;
}

async function processes() {
  const output = await pm2('jlist');
  return JSON.parse(output.slice(output.indexOf('[{'), output.lastIndexOf(']') + 1));
}

async function untilAnswered() {
  for (const deadline = performance.now() + READY_MS; performance.now() < deadline; ) {
    const answer = await fetch(`${baseUrl}/ready`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error('The server is not ready');
}

try {
  await pm2('start', 'current/ops/ecosystem.config.cjs');
  await untilAnswered();
  const started = await processes();
  say(
    'pm2 starts a process for each instance, named and in cluster mode',
    { processes: started.length, name: started[0].name },
    started.length === 2 &&
      started.every(
        ({ name, pm2_env: one }) =>
          name === 'ainotebook-api' && one.exec_mode === 'cluster_mode' && one.status === 'online',
      ),
  );

  let isOver = false;
  let answered = 0;
  const failures = [];
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (!isOver) {
      try {
        const answer = await fetch(`${baseUrl}/health`, { signal: AbortSignal.timeout(10_000) });
        await answer.text();
        if (answer.ok) answered += 1;
        else failures.push(answer.status);
      } catch (error) {
        failures.push(error.cause?.code ?? error.name);
      }
      await sleep(5);
    }
  });
  for (let i = 0; i < RELOADS; i++) await pm2('reload', 'ainotebook-api');
  isOver = true;
  await Promise.all(clients);
  const reloaded = await processes();
  const isNew = reloaded.every(({ pid }) => !started.some((old) => old.pid === pid));
  say(
    'a reload under load fails no request and replaces every process',
    { reloads: RELOADS, answered, failed: failures.length, isNew },
    failures.length === 0 && answered > 100 && isNew,
  );
  if (failures.length > 0) console.log(failures.slice(0, 10));

  process.kill(reloaded[0].pid, 'SIGKILL');
  let revived = [];
  for (const deadline = performance.now() + READY_MS; performance.now() < deadline; ) {
    revived = await processes();
    const isOnline = revived.every(({ pm2_env: one }) => one.status === 'online');
    if (isOnline && revived.every(({ pid }) => pid !== reloaded[0].pid)) break;
  }
  await untilAnswered();
  say(
    'a killed process is started again',
    { online: revived.filter(({ pm2_env: one }) => one.status === 'online').length },
    revived.length === 2 && revived.every(({ pid }) => pid !== reloaded[0].pid),
  );
} finally {
  const pids = (await processes().catch(() => [])).map(({ pid }) => pid);
  await pm2('kill').catch((error) => console.log(String(error)));
  const isAlive = (pid) => pid > 0 && spawnSync('kill', ['-0', String(pid)]).status === 0;
  say(
    'pm2 kill leaves nothing running',
    { left: pids.filter(isAlive).length },
    !pids.some(isAlive),
  );
  await database.close();
  removeRunFolder(folder);
}
process.exitCode = isKept() ? 0 : 1;
