// PostgreSQL, Redis and the processes of bench/cache.mjs.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { keeperUrl } from '../packages/testkit/dist/private-redis.js';
import { openProofDatabase, openProofRedis } from '../scripts/proof/database.mjs';

const childScript = path.join(import.meta.dirname, 'cache-child.mjs');

/** The monotonic clock of the machine, the same in all processes, in ms. */
export const clock = () => Number(process.hrtime.bigint() / 1_000n) / 1_000;

export async function openWorld() {
  const [database, redis] = await Promise.all([openProofDatabase(), openProofRedis()]);
  // With every right, since the libraries ask for more than our own cache.
  const redisUrl = keeperUrl(redis.url);
  const admin = new Redis(redisUrl);
  const children = new Set();

  /** A process with one contender. */
  async function start(name, { ttlMs, url = redisUrl }) {
    const given = { name, redisUrl: url, databaseUrl: database.url, ttlMs };
    const child = fork(childScript, {
      execArgv: ['--expose-gc'],
      env: { ...process.env, NODE_ENV: 'production', CACHE_BENCH: JSON.stringify(given) },
    });
    children.add(child);
    const waiting = new Map();
    let asked = 0;
    child.on('message', ({ id, answer, error }) => {
      if (error) waiting.get(id)?.reject(new Error(`${name}: ${error}`));
      else waiting.get(id)?.resolve(answer);
      waiting.delete(id);
    });
    child.once('exit', (code) => {
      for (const { reject } of waiting.values()) {
        reject(new Error(`A process with ${name} has ended: ${code}`));
      }
    });
    await once(child, 'message');
    return {
      ask: (ask, question = {}) =>
        new Promise((resolve, reject) => {
          asked += 1;
          waiting.set(asked, { resolve, reject });
          child.send({ id: asked, ask, ...question });
        }),
      async end() {
        children.delete(child);
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      },
    };
  }

  return {
    databaseUrl: database.url,
    redisUrl,
    start,
    wipe: () => admin.flushall(),
    /** What is published until they are back is lost. */
    cutHints: () => admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub'),
    async close() {
      for (const child of children) {
        children.delete(child);
        child.kill('SIGKILL');
      }
      await sleep(100);
      admin.disconnect();
      await redis.close();
      await database.close();
    },
  };
}
