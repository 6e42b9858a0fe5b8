// A process of bench/cache.mjs: one contender, which does what its parent asks and tells what that took.
import { setTimeout as sleep } from 'node:timers/promises';
import { createDb } from '@ainotebook/db';
import { CONTENDERS } from './cache-contenders.mjs';

const given = JSON.parse(process.env.CACHE_BENCH);
const { pool } = createDb(given.databaseUrl, { max: 4, min: 0 });
/** The monotonic clock of the machine, the same in all processes, in ms. */
const clock = () => Number(process.hrtime.bigint() / 1_000n) / 1_000;
const text = 'a note of mixed words 一篇混合文字的笔记 '.repeat(60);

let loads = 0;
let unhandled = 0;
const sources = {
  /** Made here, each its own string, as from a database. */
  async made(key) {
    return { ver: '1', title: `Note ${key}`, content: `${key} ${text}` };
  },
  async slow(key) {
    await sleep(20);
    return sources.made(key);
  },
  async failing() {
    await sleep(20);
    throw new Error('no such luck');
  },
  async row(key) {
    const { rows } = await pool.query('select ver, title, content from articles where id = $1', [
      key,
    ]);
    return rows[0];
  },
};
let source = 'made';
let holdMs = 0;
const open = () =>
  CONTENDERS[given.name]({
    ...given,
    load: async (key) => {
      loads += 1;
      const value = await sources[source](key);
      if (holdMs > 0) await sleep(holdMs);
      return value;
    },
  });
let cache = await open();

const names = (count) => Array.from({ length: count }, (_, n) => `key-${n}`);
const collect = () => {
  for (let n = 0; n < 3; n += 1) globalThis.gc();
  return process.memoryUsage().heapUsed;
};

const answers = {
  size: async () => JSON.stringify(await sources.made('key-0')).length,
  /** Reads keys that are there. @returns nanoseconds a read */
  async local({ keys, ms }) {
    const all = names(keys);
    for (const key of all) await cache.get(key);
    const began = performance.now();
    let reads = 0;
    while (performance.now() - began < ms) {
      for (const key of all) await cache.get(key);
      reads += keys;
    }
    return ((performance.now() - began) * 1e6) / reads;
  },
  unhandled: () => unhandled,
  async fill({ keys }) {
    for (const key of names(keys)) await cache.get(key);
  },
  /** Reads each key once, in a cache that is new here. @returns microseconds a read */
  async shared({ keys, atOnce }) {
    cache = await open();
    await sleep(300);
    loads = 0;
    const left = names(keys).values();
    const began = performance.now();
    const work = async () => {
      for (const key of left) await cache.get(key);
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    return { us: ((performance.now() - began) * 1_000) / keys, loads };
  },
  /** @returns bytes of heap an entry */
  async memory({ keys }) {
    await answers.fill({ keys: 100 });
    const before = collect();
    await answers.fill({ keys });
    return (collect() - before) / (keys - 100);
  },
  async stampede({ key, callers, at, from }) {
    source = from;
    loads = 0;
    await sleep(Math.max(0, at - clock()));
    const all = await Promise.allSettled(Array.from({ length: callers }, () => cache.get(key)));
    const failed = all.filter(({ status }) => status === 'rejected').length;
    return { loads, failed, tookMs: clock() - at };
  },
  /** Reads rows in turn until `until`. @returns for each when a read last began that was older than its version */
  async watch({ keys, until }) {
    source = 'row';
    const last = keys.map(() => 0);
    while (clock() < until) {
      await Promise.all(
        keys.map(async ({ key, ver }, at) => {
          const began = clock();
          const value = await cache.get(key).catch(() => undefined);
          if (value && BigInt(value.ver) < BigInt(ver)) last[at] = began;
        }),
      );
      await sleep(2);
    }
    return last;
  },
  async read({ keys, hold = 0 }) {
    source = 'row';
    holdMs = hold;
    const reads = Promise.all(keys.map((key) => cache.get(key)));
    await sleep(hold / 3);
    holdMs = 0;
    if (hold === 0) await reads;
    else reads.catch(() => undefined);
  },
  /** Commits, and tells the cache unless this writer dies in between. @returns when and what was committed */
  async write({ keys, isSilent }) {
    const done = [];
    for (const key of keys) {
      const { rows } = await pool.query(
        `update articles set title = title || '.' where id = $1 returning ver`,
        [key],
      );
      done.push({ key, ver: rows[0].ver, at: clock() });
      // Who is cut off from Redis may never be answered.
      if (!isSilent) void Promise.resolve(cache.forget(key, rows[0].ver)).catch(() => undefined);
    }
    return done;
  },
};

process.on('message', async ({ id, ask, ...question }) => {
  try {
    process.send({ id, answer: await answers[ask](question) });
  } catch (error) {
    process.send({ id, error: String(error?.stack) });
  }
});
process.on('disconnect', () => process.exit());
// Each would end the process of an application; here they are counted.
for (const event of ['unhandledRejection', 'uncaughtException']) {
  process.on(event, () => {
    unhandled += 1;
  });
}
process.send({ isReady: true });
