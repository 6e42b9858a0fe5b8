// Four processes with a cache each, whose Postgres and Redis are reached through a network that fails.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { startFaultProxy } from '../../packages/testkit/dist/fault-proxy.js';
import { keeperUrl } from '../../packages/testkit/dist/private-redis.js';

const childScript = path.join(import.meta.dirname, 'cache-child.mjs');
const portOf = (url) => Number(new URL(url).port);

export class CacheWorld {
  /** What each process read and wrote; a restarted process is another one. */
  readsOf = new Map();
  writesOf = new Map();
  failures = 0;
  faults = {};
  seats = [];
  #isOver = false;
  #started = 0;

  constructor(plan, urls, random) {
    this.plan = plan;
    this.urls = urls;
    this.random = random;
    this.admin = new Redis(keeperUrl(urls.redis));
  }

  async open() {
    for (let index = 0; index < this.plan.processes; index += 1) {
      const [postgres, redis] = await Promise.all([
        startFaultProxy(portOf(this.urls.database)),
        startFaultProxy(portOf(this.urls.redis)),
      ]);
      const seat = { index, postgres, redis, isReady: false };
      this.seats.push(seat);
      this.#fill(seat);
    }
    while (!this.seats.every(({ isReady }) => isReady)) await sleep(50);
  }

  #fill(seat) {
    this.#started += 1;
    const name = `${seat.index}.${this.#started}`;
    const { ids, userId, readers, missing, maxBytes } = this.plan;
    const plan = { ids, userId, readers, missing, maxBytes, seed: this.#started };
    plan.databaseUrl = seat.postgres.through(this.urls.database);
    plan.redisUrl = seat.redis.through(this.urls.redis);
    // Half of the processes forget soon, so that Redis is read as well.
    plan.localTtlMs = missing || seat.index % 2 === 0 ? 60_000 : 1_000;
    const child = fork(childScript, {
      env: { ...process.env, CACHE_PROOF: JSON.stringify(plan) },
    });
    this.readsOf.set(name, []);
    this.writesOf.set(name, []);
    child.on('message', ({ reads = [], writes = [], failures = 0, isReady }) => {
      seat.isReady ||= isReady;
      for (const read of reads) this.readsOf.get(name).push(read);
      for (const write of writes) this.writesOf.get(name).push(write);
      this.failures += failures;
    });
    child.once('exit', (_code, signal) => {
      if (signal !== 'SIGKILL') this.died = true;
      if (!this.#isOver) this.#fill(seat);
    });
    seat.child = child;
  }

  /** Asks all processes and gathers their answers. */
  ask(question) {
    return Promise.all(
      this.seats.map(
        ({ child }) =>
          new Promise((resolve) => {
            const hear = ({ answer }) => {
              if (!answer) return;
              child.off('message', hear);
              resolve(answer);
            };
            child.on('message', hear);
            child.send(question);
          }),
      ),
    );
  }

  tell(question) {
    for (const { child } of this.seats) child.send(question);
  }

  /** One fault of some seconds; several may overlap. */
  async strike(fault, longestMs) {
    this.faults[fault] = (this.faults[fault] ?? 0) + 1;
    const ms = (0.1 + 0.9 * this.random()) * longestMs;
    const seat = this.seats[Math.floor(this.random() * this.seats.length)];
    const during = async (proxies, toxics) => {
      await Promise.all(proxies.map((proxy) => proxy.set(toxics)));
      await sleep(ms);
      await Promise.all(proxies.map((proxy) => proxy.set({})));
    };
    const all = this.seats.map(({ redis }) => redis);
    const { child } = seat;
    if (fault === 'kill') child.kill('SIGKILL');
    else if (fault === 'freeze') {
      child.kill('SIGSTOP');
      await sleep(ms);
      child.kill('SIGCONT');
    } else if (fault === 'redis hangs') await this.#freezeRedis(ms);
    else if (fault === 'redis forgets') await this.admin.flushall();
    else if (fault === 'hints cut') await this.admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    else if (fault === 'redis down') await during(all, { isDown: true });
    else if (fault === 'redis cut') await during([seat.redis], { timeout: 'both' });
    else if (fault === 'redis mute') await during([seat.redis], { timeout: 'downstream' });
    else if (fault === 'redis slow') await during([seat.redis], { latency: 20 + ms / 20 });
    else if (fault === 'redis reset') seat.redis.reset();
    else if (fault === 'postgres cut') await during([seat.postgres], { timeout: 'both' });
    else if (fault === 'postgres down') await during([seat.postgres], { isDown: true });
    else if (fault === 'postgres slow') await during([seat.postgres], { latency: 20 + ms / 20 });
    else if (fault === 'all cut') await during([seat.redis, seat.postgres], { timeout: 'both' });
    else throw new Error(`no such fault: ${fault}`);
  }

  async #freezeRedis(ms) {
    const pid = Number(/^process_id:(\d+)/m.exec(await this.admin.info('server'))?.[1]);
    process.kill(pid, 'SIGSTOP');
    await sleep(ms);
    process.kill(pid, 'SIGCONT');
  }

  async close() {
    this.#isOver = true;
    await Promise.all(
      this.seats.map(async ({ child, postgres, redis }) => {
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
        await Promise.all([postgres.close(), redis.close()]);
      }),
    );
    this.admin.disconnect();
  }
}
