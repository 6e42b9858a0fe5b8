// How old the values are that the caches of bench/cache.mjs give out, while the same things go wrong for all of them.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startFaultProxy } from '../packages/testkit/dist/fault-proxy.js';
import { clock } from './cache-world.mjs';

/** Life of a value here, in the process and in Redis. */
export const TTL_MS = 10_000;
export const WATCHED_MS = 13_000;
const CUT_MS = 3_000;
const KEYS = 10;
const HOLD_MS = 600;

export const FAULTS = {
  none: 'a write in another process',
  load: 'a load that began before the write and ends after it',
  lost: 'a bus whose connections are cut right before the write',
  died: 'a writer that dies after its commit',
  cut: `a writer that is cut off from Redis for ${CUT_MS / 1_000} s`,
};

/**
 * All contenders at once: they mostly wait.
 * @returns for each fault the worst ms by contender, and the errors nobody handled by contender
 */
export async function measureStaleness(world, names) {
  const seats = await Promise.all(names.map((name) => openSeat(world, name)));
  const worst = {};
  for (const fault of Object.keys(FAULTS)) {
    await world.wipe();
    worst[fault] = await run(world, seats, fault);
  }
  const unhandled = [];
  for (const { reader, writer, proxy } of seats) {
    unhandled.push((await reader.ask('unhandled')) + (await writer.ask('unhandled')));
    await Promise.all([reader.end(), writer.end(), proxy.close()]);
  }
  return { worst, unhandled };
}

async function openSeat(world, name) {
  const proxy = await startFaultProxy(Number(new URL(world.redisUrl).port));
  const [reader, writer] = await Promise.all([
    world.start(name, { ttlMs: TTL_MS }),
    world.start(name, { ttlMs: TTL_MS, url: proxy.through(world.redisUrl) }),
  ]);
  return { reader, writer, proxy };
}

async function run(world, seats, fault) {
  const keysOf = await Promise.all(seats.map(() => newRows(world.databaseUrl)));
  // The writer has read before, too: it holds what it is to forget.
  if (fault !== 'load') {
    await each(seats, ({ reader }, at) => reader.ask('read', { keys: keysOf[at] }));
    await each(seats, ({ writer }, at) => writer.ask('read', { keys: keysOf[at] }));
  } else {
    await each(seats, ({ reader }, at) => reader.ask('read', { keys: keysOf[at], hold: HOLD_MS }));
  }
  if (fault === 'cut') await each(seats, ({ proxy }) => proxy.set({ isDown: true }));
  if (fault === 'lost') await world.cutHints();
  const written = await each(seats, ({ writer }, at) =>
    writer.ask('write', { keys: keysOf[at], isSilent: fault === 'died' }),
  );
  const until = clock() + WATCHED_MS;
  const watched = each(seats, ({ reader }, at) =>
    reader.ask('watch', { keys: written[at], until }),
  );
  if (fault === 'cut') {
    await sleep(CUT_MS);
    await each(seats, ({ proxy }) => proxy.set({}));
  }
  return (await watched).map((last, at) =>
    Math.max(0, ...last.map((began, key) => began - written[at][key].at)),
  );
}

const each = (seats, work) => Promise.all(seats.map(work));

async function newRows(databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const [userId, ...ids] = Array.from({ length: KEYS + 1 }, () => randomUUID());
  await client.query(
    `insert into users (id, email, handle, display_name, password_hash)
     values ($1, $2, $3, 'Reader', '')`,
    [userId, `${userId}@example.org`, `r${userId.slice(0, 8)}`],
  );
  for (const id of ids) {
    await client.query(`insert into articles (id, user_id, content_hash) values ($1, $2, '')`, [
      id,
      userId,
    ]);
  }
  await client.end();
  return ids;
}
