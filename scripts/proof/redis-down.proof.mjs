// Proof that the server works on, slower at most, while Redis hangs, is away and comes back empty, and that it asks
// nothing of Redis that blocks it.
//   node scripts/proof/redis-down.proof.mjs [--short] [--seed N]     (build first; needs redis-server)
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import pg from 'pg';
import { startFaultProxy } from '../../packages/testkit/dist/fault-proxy.js';
import { keeperUrl } from '../../packages/testkit/dist/private-redis.js';
import { openCluster } from './cluster.mjs';
import { openProofDatabase, openProofRedis } from './database.mjs';
import { createHttpClient, openPerson } from './http-client.mjs';
import { seededRandom } from './random.mjs';
import { openVerdicts } from './verdicts.mjs';

const { values } = parseArgs({
  options: { short: { type: 'boolean', default: false }, seed: { type: 'string', default: '3' } },
});
const PHASE_MS = values.short ? 4_000 : 60_000;
const CLIENTS = 8;
/** A hanging Redis is given up after 0.1 s a command; the rest is for a busy machine. */
const LIMIT_MS = 5_000;
const SLOW_COMMAND_US = 10_000;
const FORBIDDEN = /^(keys|flush\w+|config.*|debug|save|bgsave|shutdown|monitor|swapdb|sort)$/;

const random = seededRandom(Number(values.seed));
const { say, isKept } = openVerdicts();
const [database, redis] = await Promise.all([openProofDatabase(), openProofRedis()]);
const proxy = await startFaultProxy(Number(new URL(redis.url).port));
const keeper = new Redis(keeperUrl(redis.url));
const client = new pg.Client({ connectionString: database.url });
await client.connect();
await keeper.config('SET', 'slowlog-log-slower-than', String(SLOW_COMMAND_US));
const cluster = await openCluster({
  databaseUrl: database.url,
  workers: 2,
  env: { REDIS_URL: proxy.through(redis.url) },
});
const failures = [];
let times = [];
let isOver = false;

try {
  const living = Array.from({ length: CLIENTS }, (_, index) => live(index));
  await sleep(1_000);
  const healthy = await phase();
  await proveHarmless();
  const pid = Number(/^process_id:(\d+)/m.exec(await keeper.info('server'))?.[1]);
  process.kill(pid, 'SIGSTOP');
  const hanging = await phase();
  process.kill(pid, 'SIGCONT');
  await proxy.set({ isDown: true });
  const away = await phase();
  await redis.wipe();
  await proxy.set({});
  const empty = await phase();
  isOver = true;
  await Promise.all(living);
  const all = { healthy, hanging, away, empty };
  for (const failure of failures.slice(0, 10)) console.error(failure);
  say(
    'no request fails while Redis hangs, is away and comes back empty',
    { ...figures(all, 'answers'), failed: failures.length },
    failures.length === 0 && Object.values(all).every(({ answers }) => answers > CLIENTS),
  );
  say(
    `and none takes longer than ${LIMIT_MS / 1_000} s`,
    { ...figures(all, 'p99Ms'), ...figures(all, 'worstMs') },
    Object.values(all).every(({ worstMs }) => worstMs < LIMIT_MS),
  );
  say(
    'no process ends of it, and PostgreSQL carries what Redis did',
    { restarts: cluster.said('A process has ended'), ...figures(all, 'commitsPerAnswer') },
    !cluster.hasEnded() && cluster.said('A process serves') === 2,
  );
} finally {
  isOver = true;
  await cluster.stop();
  await client.end();
  keeper.disconnect();
  await proxy.close();
  await redis.close();
  await database.close();
}
process.exitCode = isKept() ? 0 : 1;

/** Reads and saves. */
async function live(index) {
  const http = createHttpClient(cluster.baseUrl, {
    address: `192.0.2.${index + 1}`,
    onFailure: (text) => failures.push(text),
    onAnswer: (ms) => times.push(ms),
  });
  const person = await openPerson(http, `redis-${index}`);
  while (!isOver) {
    // Below what one person may ask in a minute, however fast the answers are.
    await sleep(random() * 120);
    await (random() < 0.8 ? person.read() : person.save(`text ${random()}`));
  }
  http.close();
}

async function commits() {
  const { rows } = await client.query(
    'select xact_commit::int as n from pg_stat_database where datname = current_database()',
  );
  return rows[0].n;
}

async function phase() {
  const before = await commits();
  times = [];
  await sleep(PHASE_MS);
  const sorted = times.toSorted((a, b) => a - b);
  return {
    answers: sorted.length,
    p99Ms: Math.round(sorted[Math.floor(sorted.length * 0.99)] ?? 0),
    worstMs: Math.round(sorted.at(-1) ?? 0),
    commitsPerAnswer: Number((((await commits()) - before) / sorted.length).toFixed(1)),
  };
}

function figures(phases, name) {
  return Object.fromEntries(
    Object.entries(phases).map(([phase, figure]) => [`${phase} ${name}`, figure[name]]),
  );
}

/** What Redis was asked for so far, under the rights of the shipped one. */
async function proveHarmless() {
  const stats = await keeper.info('commandstats');
  const own = new Set(['info', 'config|set', 'slowlog|len', 'acl|log']);
  const used = [...stats.matchAll(/^cmdstat_([^:]+):/gm)]
    .map(([, name]) => name)
    .filter((name) => !own.has(name));
  const forbidden = used.filter((name) => FORBIDDEN.test(name));
  const refused = await keeper.call('ACL', 'LOG');
  const slow = await keeper.slowlog('LEN');
  say(
    'Redis is asked for nothing that blocks it',
    {
      commands: used.length,
      forbidden: forbidden.join(' ') || 0,
      refused: refused.length,
      over10Ms: slow,
    },
    used.length > 0 && forbidden.length === 0 && refused.length === 0 && slow === 0,
  );
}
