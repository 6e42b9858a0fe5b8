// Each reader that was taken for counting counts once, whatever dies on the way by Redis to Postgres.
//   node scripts/proof/views.proof.mjs [--short] [--seed N]     (build first; needs redis-server; DATABASE_URL optional)
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import pg from 'pg';
import { openProofDatabase, openProofRedis } from './database.mjs';
import { seededRandom } from './random.mjs';

const { values } = parseArgs({
  options: { short: { type: 'boolean', default: false }, seed: { type: 'string', default: '7' } },
});
const plan = values.short
  ? { chaosMs: 11_000, minFaults: 4, minReaders: 200 }
  : { chaosMs: 120_000, minFaults: 60, minReaders: 5_000 };
const random = seededRandom(Number(values.seed));
const childScript = path.join(import.meta.dirname, 'views-child.mjs');

const database = await openProofDatabase();
const store = await openProofRedis();
const client = new pg.Client({ connectionString: database.url });
const redis = new Redis(store.url);
const [user, ...ids] = Array.from({ length: 21 }, () => randomUUID());
const [ours, withoutId] = [ids.slice(0, 10), ids.slice(10)];
const acknowledged = [];
const faults = { killed: 0, frozen: 0, cut: 0 };
const seats = [];
let children = 0;
let isOver = false;

/** Keeps one process of a role alive: whenever it dies, another takes its place. */
function seat(role) {
  const held = { role, child: undefined, isUp: false, isVacant: false };
  const fill = () => {
    children += 1;
    const args = [childScript, role, children, JSON.stringify(ours), JSON.stringify(withoutId)];
    const child = spawn(process.execPath, args.map(String), {
      env: { ...process.env, DATABASE_URL: database.url, REDIS_URL: store.url },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let rest = '';
    child.stdout.on('data', (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line === 'up') held.isUp = true;
        else acknowledged.push(line.split(' '));
      }
    });
    child.once('exit', () => {
      if (!isOver && !held.isVacant) fill();
    });
    Object.assign(held, { child, isUp: false });
  };
  fill();
  seats.push(held);
}

async function strike() {
  const up = seats.filter(({ isUp }) => isUp);
  const held = up[Math.floor(random() * up.length)];
  if (!held) return;
  const { child } = held;
  const fault = random();
  if (fault < 0.75) {
    faults.killed += 1;
    held.isUp = false;
    child.kill('SIGKILL');
  } else if (fault < 0.9) {
    faults.frozen += 1;
    child.kill('SIGSTOP');
    setTimeout(() => child.kill('SIGCONT'), 1_000);
  } else {
    faults.cut += 1;
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = 'ainotebook' and random() < 0.5`,
    );
  }
}

const waits = async () =>
  (await redis.exists(
    ...['ours', 'without-id'].flatMap((name) => [`proof:${name}:waiting`, `proof:${name}:batches`]),
    'naive:take',
    'naive:write',
  )) > 0;

/** Compares what was counted with what was taken; a line each. @returns whether all is kept */
async function judge() {
  let isKept = true;
  const say = (promise, figure, holds) => {
    if (!holds) isKept = false;
    console.log(JSON.stringify({ promise, figure, verdict: holds ? 'kept' : 'BROKEN' }));
  };
  const one = async (text, parameters) => (await client.query(text, parameters)).rows[0];
  await client.query('create table acknowledged (article_id uuid not null, reader text not null)');
  await client.query('insert into acknowledged select * from unnest($1::uuid[], $2::text[])', [
    acknowledged.map(([id]) => id),
    acknowledged.map(([, reader]) => reader),
  ]);
  const counted = `(select article_id, reader from forgotten union select article_id, reader from view_day)`;
  const viewsOf = (articles) =>
    one(
      `select (select sum(views)::int from articles where id = any($1::uuid[])) as views,
        (select count(*)::int from ${counted} c where article_id = any($1::uuid[])) as readers`,
      [articles],
    );

  const lost = await one(
    `select count(*)::int as n from (select * from acknowledged except select * from ${counted} c) l`,
  );
  say(
    'every reader that was taken is counted',
    { readers: acknowledged.length, lost: lost.n },
    lost.n === 0,
  );
  const kept = await viewsOf(ours);
  say(
    'no reader is counted twice, though it is forgotten at once',
    { ...kept, difference: kept.views - kept.readers },
    kept.views === kept.readers,
  );
  say('nothing is left in Redis', { waits: await waits() }, !(await waits()));

  // Without these the run would prove nothing.
  const struck = faults.killed + faults.frozen + faults.cut;
  const control = await viewsOf(withoutId);
  say(
    'the faults were real: without the name of a batch readers were counted twice',
    { ...faults, countedTwice: control.views - control.readers },
    struck >= plan.minFaults &&
      acknowledged.length >= plan.minReaders &&
      control.views > control.readers,
  );
  const naive = await one(`
    select (select count(*)::int from acknowledged a where not exists (
        select from naive n where n.kind = 'take' and n.reader = a.reader)) as lost,
      (select count(*)::int - count(distinct reader)::int from naive where kind = 'write') as twice`);
  say(
    'nor does it go without: what is read, deleted and then written is lost, what is written first comes twice',
    { lost: naive.lost, countedTwice: naive.twice },
    naive.lost + naive.twice > 0,
  );
  return isKept;
}

let isKept = false;
try {
  await client.connect();
  await client.query(`
    create table forgotten (article_id uuid, reader text, primary key (article_id, reader));
    create table naive (kind text not null, reader text not null)`);
  await client.query(
    `insert into users (id, email, handle, display_name, password_hash)
     values ($1, 'author@example.org', 'author', 'Author', 'none')`,
    [user],
  );
  await client.query(
    `insert into articles (id, user_id, content_hash) select unnest($1::uuid[]), $2, ''`,
    [ids, user],
  );
  for (const role of ['reader', 'reader', 'flusher', 'flusher', 'flusher']) seat(role);
  while (!seats.every(({ isUp }) => isUp)) await sleep(20);
  const endsAt = performance.now() + plan.chaosMs;
  while (performance.now() < endsAt) {
    await sleep(100 + random() * 400);
    await strike();
  }
  for (const held of seats.filter(({ role }) => role === 'reader')) {
    held.isVacant = true;
    held.child.kill('SIGKILL');
  }
  const drainedBy = performance.now() + 60_000;
  while ((await waits()) && performance.now() < drainedBy) await sleep(100);
  // What was frozen wakes up and has its say.
  await sleep(1_500);
  isKept = await judge();
} finally {
  isOver = true;
  for (const { child } of seats) child.kill('SIGKILL');
  redis.disconnect();
  await client.end();
  await store.close();
  await database.close();
}
process.exitCode = isKept ? 0 : 1;
