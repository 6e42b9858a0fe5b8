// An effect promised by a commit happens, once, whatever dies in between.
// Real processes write and dispatch; they are killed, frozen, stopped and cut off at random.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createDb } from '@ainotebook/db';
import { enqueue } from '@ainotebook/jobs';
import pg from 'pg';
import { openProofDatabase, openProofRedis } from './database.mjs';
import { LEASE_MS, POISON_ATTEMPTS, poison, TABLES } from './outbox-jobs.mjs';
import { judge } from './outbox-verdicts.mjs';
import { seededRandom } from './random.mjs';

const { values } = parseArgs({
  options: { short: { type: 'boolean', default: false }, seed: { type: 'string', default: '7' } },
});
const plan = values.short
  ? { chaosMs: 12_000, poisons: 2, minFaults: 12, minOrders: 200 }
  : { chaosMs: 130_000, poisons: 10, minFaults: 150, minOrders: 2_000 };
const random = seededRandom(Number(values.seed));
const childScript = path.join(path.dirname(fileURLToPath(import.meta.url)), 'outbox-child.mjs');

/**
 * @param hasQueue delivery by BullMQ on a Redis of the proof's own, which is wiped now and then
 * @returns whether every promise was kept
 */
export async function proveOutbox({ hasQueue }) {
  const database = await openProofDatabase();
  const queue = hasQueue ? await openProofRedis() : null;
  const client = new pg.Client({ connectionString: database.url });
  const { db, pool } = createDb(database.url, { max: 2, min: 0 });
  const seats = [];
  const acknowledged = new Set();
  const faults = { killed: 0, frozen: 0, stopped: 0, cut: 0, wiped: 0, poisoned: 0 };
  const stoppedPids = [];
  const thaws = [];
  let children = 0;
  let isOver = false;

  /** Keeps one process of a role alive: whenever it dies, another takes its place. */
  function seat(role) {
    const held = { role, child: undefined, isVacant: false };
    const fill = () => {
      children += 1;
      const child = spawn(process.execPath, [childScript, role, String(children)], {
        env: { ...process.env, DATABASE_URL: database.url, REDIS_QUEUE_URL: queue?.url ?? '' },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let rest = '';
      child.stdout.on('data', (chunk) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) acknowledged.add(Number(line));
      });
      child.once('exit', (_code, signal) => {
        if (!isOver && !held.isVacant) fill();
        if (signal === 'SIGKILL' && !child.wasKilled) faults.poisoned += 1;
      });
      held.child = child;
    };
    fill();
    seats.push(held);
  }

  function kill(child) {
    child.wasKilled = true;
    child.kill('SIGKILL');
  }

  async function freeze(child) {
    child.isFrozen = true;
    child.kill('SIGSTOP');
    await sleep(2 * LEASE_MS);
    child.kill('SIGCONT');
    child.isFrozen = false;
  }

  /** Every kind of fault comes up in every eight, in an order of the seed's. */
  let deck = [];
  function drawFault() {
    if (deck.length === 0) {
      const kills = ['kill writer', 'kill writer', 'kill worker', 'kill worker', 'kill worker'];
      deck = [...kills, 'freeze', 'stop', 'cut', ...(queue ? ['wipe', 'wipe'] : [])]
        .map((fault) => ({ fault, at: random() }))
        .sort((a, b) => a.at - b.at)
        .map(({ fault }) => fault);
    }
    return deck.pop();
  }

  async function strike() {
    const fault = drawFault();
    if (fault === 'wipe') {
      faults.wiped += 1;
      await queue.wipe();
      return;
    }
    const role = fault === 'kill writer' ? 'writer' : 'worker';
    const candidates = seats.filter((held) => held.role === role && !held.child.isFrozen);
    const { child } = candidates[Math.floor(random() * candidates.length)] ?? {};
    if (!child) return;
    if (fault === 'freeze') {
      // Longer than the lease: it wakes up believing that its rows are still its own.
      faults.frozen += 1;
      thaws.push(freeze(child));
    } else if (fault === 'stop') {
      faults.stopped += 1;
      stoppedPids.push(child.pid);
      child.kill('SIGTERM');
    } else if (fault === 'cut') {
      faults.cut += 1;
      await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = 'ainotebook' and random() < 0.5`,
      );
    } else {
      faults.killed += 1;
      kill(child);
    }
  }

  const undone = async () => {
    const { rows } = await client.query(
      'select count(*)::int as n from outbox where done_at is null and failed_at is null',
    );
    return rows[0].n;
  };

  let isKept = false;
  try {
    await client.connect();
    await client.query(TABLES);
    for (let n = 0; n < plan.poisons; n++) await db.transaction((tx) => enqueue(tx, poison, {}));
    seat('writer');
    seat('writer');
    for (let n = 0; n < 3; n++) seat('worker');

    const endsAt = performance.now() + plan.chaosMs;
    while (performance.now() < endsAt) {
      await sleep(250 + random() * 900);
      await strike();
    }
    for (const held of seats.filter(({ role }) => role === 'writer')) {
      held.isVacant = true;
      kill(held.child);
    }
    const drainedBy = performance.now() + 60_000;
    while ((await undone()) > 0 && performance.now() < drainedBy) await sleep(100);
    // What was frozen wakes up and has its say.
    await Promise.all(thaws);
    await sleep(500);

    isKept = await judge(client, {
      acknowledged,
      faults,
      stoppedPids,
      plan,
      attempts: POISON_ATTEMPTS,
      undone: await undone(),
    });
  } finally {
    isOver = true;
    for (const { child } of seats) kill(child);
    await pool.end();
    await client.end();
    await queue?.close();
    await database.close();
  }
  return isKept;
}
