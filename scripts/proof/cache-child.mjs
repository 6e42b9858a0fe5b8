// A process of the cache proof: it reads and writes articles, and tells its parent what it read and when.
import { setTimeout as sleep } from 'node:timers/promises';
import { createChangeFeed, createDb } from '@ainotebook/db';
import { Cache } from '../../packages/cache/dist/cache.js';
import { cacheClass } from '../../packages/cache/dist/cache-class.js';
import { RedisStore } from '../../packages/cache/dist/redis-store.js';
import { seededRandom } from './random.mjs';

const plan = JSON.parse(process.env.CACHE_PROOF);
const random = seededRandom(plan.seed);
const between = (least, most) => least + random() * (most - least);
/** The monotonic clock of the machine, the same in all processes, in ms. */
const clock = () => Number(process.hrtime.bigint() / 1_000n) / 1_000;

const { pool } = createDb(plan.databaseUrl, { max: 12, min: 0, statementTimeoutMs: 5_000 });
const feed = createChangeFeed(pool, { onError: () => undefined });
const articles = cacheClass('article', { isStrict: true, localTtlMs: plan.localTtlMs });
const store = new RedisStore({
  url: plan.redisUrl,
  prefix: 'ainotebook:proof:',
  commandTimeoutMs: 100,
  onHint: (change) => cache.hear(change),
});
const cache = new Cache({
  classes: [articles],
  feed: lacking(plan.missing),
  maxLoads: 9,
  store,
  maxBytes: plan.maxBytes,
  ...(['proof', 'floors', 'poison'].includes(plan.missing) ? { without: plan.missing } : {}),
});
feed.start();

/** The feed, or one that lacks a part. */
function lacking(missing) {
  if (missing !== 'poll' && missing !== 'replay') return feed;
  return {
    nudge: feed.nudge,
    subscribe(listener) {
      let isBooted = false;
      if (missing === 'poll')
        setInterval(() => isBooted && listener.onProof(performance.now()), 200);
      return feed.subscribe({
        onChanges(changes) {
          if (isBooted === (missing === 'replay')) listener.onChanges(changes);
        },
        onProof(issuedAtMs) {
          isBooted = true;
          listener.onProof(issuedAtMs);
        },
      });
    },
  };
}

/** The parent may end first. */
const say = (message) => process.send(message, undefined, undefined, () => undefined);
feed.subscribe({ onChanges: () => undefined, onProof: () => say({ isReady: true }) });

let reads = [];
let writes = [];
let failures = 0;
let isWriting = true;
const loads = new Map();

const load = (id) => async () => {
  loads.set(id, (loads.get(id) ?? 0) + 1);
  const { rows } = await pool.query('select ver from articles where id = $1', [id]);
  return rows[0] ? { ver: BigInt(rows[0].ver), value: { ver: rows[0].ver } } : null;
};
const readVersion = async (id) => Number((await cache.get(articles, id, load(id)))?.ver ?? 0);

/** A pool that is still connecting again may refuse; what is asked for here is what it says at last. */
async function readPatiently(id) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await readVersion(id);
    } catch (error) {
      if (attempt === 10) return String(error);
      await sleep(500);
    }
  }
}

async function readOn() {
  for (;;) {
    await sleep(between(1, 12));
    // Some ask for what there is not: the bytes have to stay within their bounds.
    const isProbe = random() < 0.05;
    const key = Math.floor(random() * plan.ids.length);
    const began = clock();
    try {
      const ver = await readVersion(isProbe ? crypto.randomUUID() : plan.ids[key]);
      if (!isProbe) reads.push([key, ver, began, clock()]);
    } catch {
      failures += 1;
    }
  }
}

/** @returns the version; the row may have been there before */
async function save(client, id) {
  const { rows } = await client.query(
    `insert into articles (id, user_id, content_hash) values ($1, $2, '')
     on conflict (id) do update set title = $3 returning ver`,
    [id, plan.userId, String(random())],
  );
  return rows[0].ver;
}

async function writeOn() {
  for (;;) {
    await sleep(between(30, 250));
    if (!isWriting) continue;
    const key = Math.floor(random() * plan.ids.length);
    let client;
    try {
      client = await pool.connect();
      await client.query('begin');
      const ver = await save(client, plan.ids[key]);
      // Transactions that take their time, so that they end in another order than they began.
      await sleep(random() < 0.2 ? between(50, 500) : 0);
      await client.query('commit');
      const committed = clock();
      // A process may die between its commit and what follows.
      const isForgotten = random() < 0.1;
      if (!isForgotten) {
        cache.apply([{ key: articles.key(plan.ids[key]), ver: BigInt(ver), deleted: false }]);
      }
      writes.push([key, Number(ver), committed, isForgotten ? 0 : clock()]);
      client.release();
    } catch (error) {
      client?.release(error);
    }
  }
}

setInterval(() => {
  if (reads.length + writes.length + failures === 0) return;
  say({ reads, writes, failures });
  reads = [];
  writes = [];
  failures = 0;
}, 100);

process.on('message', async ({ ask, id, callers, at, questions }) => {
  if (ask === 'rest') isWriting = false;
  if (ask === 'stats') {
    const versions = [];
    for (const one of questions) versions.push(await readPatiently(one));
    say({ answer: { versions, stats: cache.stats() } });
  }
  if (ask === 'stampede') {
    const before = cache.stats().redisFailures;
    await sleep(Math.max(0, at - clock()));
    const all = await Promise.allSettled(Array.from({ length: callers }, () => readVersion(id)));
    say({
      answer: {
        loads: loads.get(id) ?? 0,
        failed: all.filter(({ status }) => status === 'rejected').length,
        isUnanswered: cache.stats().redisFailures > before,
        tookMs: clock() - at,
      },
    });
  }
});
process.on('disconnect', () => process.exit());

for (let reader = 0; reader < plan.readers; reader += 1) void readOn();
void writeOn();
