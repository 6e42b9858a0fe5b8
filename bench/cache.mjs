// pnpm bench:cache: our cache beside bentocache, cacheable and cache-manager over one Redis: what a read costs, how many
// loads a cold key takes, what an entry weighs, how old a value gets. By turns in one run; medians. Writes
// docs/proof/bench-cache.md. Needs redis-server; build first.
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { CONTENDERS } from './cache-contenders.mjs';
import { FAULTS, measureStaleness, TTL_MS, WATCHED_MS } from './cache-staleness.mjs';
import { clock, openWorld } from './cache-world.mjs';

const root = path.resolve(import.meta.dirname, '..');
const ROUNDS = 5;
const LOCAL = { keys: 1_000, ms: 300 };
const SHARED = { keys: 2_000 };
const AT_ONCE = 64;
const MEMORY = { keys: 20_000 };
const PROCESSES = 4;
const CALLERS = 250;
const LONG_MS = 3_600_000;
const names = Object.keys(CONTENDERS);
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const ratio = (value) => (value < 10 ? value.toPrecision(2) : value.toFixed(0));
const lists = () => names.map(() => []);

/** Each begins in turn, so that none profits from the machine's mood. */
async function byTurns(rounds, work) {
  for (let round = 0; round < rounds; round += 1) {
    for (let n = 0; n < names.length; n += 1) await work((n + round) % names.length, round);
  }
}

async function measureReads(world) {
  const seats = await Promise.all(names.map((name) => world.start(name, { ttlMs: LONG_MS })));
  const bytes = await seats[0].ask('size');
  const local = lists();
  const [alone, together] = [lists(), lists()];
  for (const seat of seats) await seat.ask('local', LOCAL);
  await byTurns(ROUNDS, async (at) => local[at].push(await seats[at].ask('local', LOCAL)));
  for (const seat of seats) await seat.ask('fill', SHARED);
  await byTurns(ROUNDS, async (at) => {
    for (const [atOnce, list] of [
      [1, alone],
      [AT_ONCE, together],
    ]) {
      const { us, loads } = await seats[at].ask('shared', { ...SHARED, atOnce });
      // Ours asks elsewhere when Redis keeps it waiting; more than a few of those would be another measurement.
      if (loads > SHARED.keys / 100)
        throw new Error(`${names[at]} loaded ${loads} values that were in Redis`);
      list[at].push(us);
    }
  });
  for (const seat of seats) await seat.end();
  await world.wipe();
  const weights = [];
  for (const name of names) {
    const seat = await world.start(name, { ttlMs: LONG_MS });
    weights.push(await seat.ask('memory', MEMORY));
    await seat.end();
    await world.wipe();
  }
  return {
    bytes,
    local: local.map(median),
    alone: alone.map(median),
    together: together.map(median),
    weights,
  };
}

async function measureStampede(world) {
  const cold = [];
  const failing = [];
  for (const name of names) {
    const seats = await Promise.all(
      Array.from({ length: PROCESSES }, () => world.start(name, { ttlMs: LONG_MS })),
    );
    const all = async (key, from) => {
      const at = clock() + 150;
      const question = { key, callers: CALLERS, at, from };
      const answers = await Promise.all(seats.map((seat) => seat.ask('stampede', question)));
      return answers.reduce((sum, { loads }) => sum + loads, 0);
    };
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await all(`cold-${round}`, 'slow'));
    cold.push(median(rounds));
    failing.push(await all('failing', 'failing'));
    for (const seat of seats) await seat.end();
  }
  return { cold, failing };
}

const world = await openWorld();
try {
  const reads = await measureReads(world);
  const stampede = await measureStampede(world);
  const staleness = await measureStaleness(world, names);
  report(reads, stampede, staleness);
} finally {
  await world.close();
}

function report(reads, { cold, failing }, { worst, unhandled }) {
  const rated = (figures, digits = 0) =>
    figures.map((figure) => `${figure.toFixed(digits)} (${ratio(figure / figures[0])})`);
  const oldest = (figures) =>
    figures.map((ms) => (ms > WATCHED_MS - 200 ? `> ${WATCHED_MS}` : ms.toFixed(0)));
  const costs = [
    ['a read from the process, ns', reads.local, 0],
    ['a read from Redis, one at a time, µs', reads.alone, 0],
    [`a read from Redis, ${AT_ONCE} at a time, µs`, reads.together, 1],
    [`an entry in the process, bytes of heap (${reads.bytes} of JSON)`, reads.weights, 0],
    [`a cold key, ${PROCESSES} processes of ${CALLERS} callers: loads`, cold, 0],
    [`a failing load, ${PROCESSES} processes of ${CALLERS} callers: loads`, failing, 0],
  ];
  const rows = [
    ['', ...names],
    ['---', ...names.map(() => '---:')],
    ...costs.map(([what, figures, digits]) => [what, ...rated(figures, digits)]),
    ...Object.entries(FAULTS).map(([fault, what]) => [
      `oldest value, ms: ${what}`,
      ...oldest(worst[fault]),
    ]),
    ['errors nobody could handle meanwhile, in two processes', ...unhandled.map(String)],
  ];
  const table = rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  // What differs by less than 5 % changes from run to run.
  const behind = costs.flatMap(([what, figures]) => {
    const ahead = names.filter((_, at) => figures[at] < figures[0] * 0.95);
    return ahead.length === 0 ? [] : [`- ${what}: ${ahead.join(', ')}`];
  });
  const losses = behind.length === 0 ? '- nothing' : behind.join('\n');
  console.log(`${table}\n\nOthers need less than ours for\n${losses}`);
  writeFileSync(
    path.join(root, 'docs/proof/bench-cache.md'),
    `# Cache

Written by \`pnpm bench:cache\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.versions.node}, ${os.cpus().length} cores, ${versions()}.

One Redis, one value size, by turns in one run, median of ${ROUNDS} rounds; in brackets how many times ours. Every contender is
set up for several processes as its documentation says: bentocache with two levels and its Redis bus, cacheable
with a secondary store and CacheSync, cache-manager with two stores (it has no bus); Redis drops no key and has
no other user.

${table}

The oldest value is what a second process was given last, counted from the commit of the write, the worst of ten keys
that are asked for without a pause. Values live ${TTL_MS / 1_000} s there in both levels and are watched for ${WATCHED_MS / 1_000} s: some
${TTL_MS / 1_000} s means as long as they may, which would be an hour where that is their life. Writers delete the key after their commit;
ours is told by the change log of PostgreSQL besides, which costs each process one query in 0.6 s. As it comes, the Redis
provider of CacheableSync ends its process when a connection is cut, since nobody listens to its errors; here somebody does.

## Where others need less than ours

${losses}

Ours reads a value and its remaining life by a script, freezes it, and checks at each read that it may still be trusted.
`,
  );
}

function versions() {
  const { catalog } = parse(readFileSync(path.join(root, 'pnpm-workspace.yaml'), 'utf8'));
  return names
    .slice(1)
    .map((name) => `${name} ${catalog[name]}`)
    .join(', ');
}
