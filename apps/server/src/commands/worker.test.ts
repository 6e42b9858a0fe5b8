import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createKeyBox, placeOf, queueReindex } from '@ainotebook/api';
import { createDb, type Database, schema } from '@ainotebook/db';
import {
  createEmptyDatabase,
  describeWithRedis,
  keeperUrl,
  startModels,
} from '@ainotebook/testkit';
import { eq, sql } from 'drizzle-orm';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command, freePort } from '../process-support.js';

const cwd = mkdtempSync(path.join(tmpdir(), 'ainotebook-worker-'));
let empty: Awaited<ReturnType<typeof createEmptyDatabase>>;
let database: Database;

beforeAll(async () => {
  empty = await createEmptyDatabase();
  await command(['seed'], { DATABASE_URL: empty.url }, { cwd }).ended;
  database = createDb(empty.url, { max: 2 });
}, 60_000);
afterAll(async () => {
  await database.close();
  await empty.drop();
});

const waiting = async () => {
  const { rows } = await database.db.execute<{ n: number }>(
    sql`select count(*)::int as n from outbox where done_at is null and failed_at is null`,
  );
  return rows[0]?.n;
};

describe('ainotebook worker', () => {
  it('says what it needs when there is no Redis', async () => {
    const worker = command(['worker'], { DATABASE_URL: empty.url }, { cwd });
    expect(await worker.ended).toBe(1);
    expect(worker.output()).toContain('set DATABASE_URL and REDIS_QUEUE_URL');
  });
});

describeWithRedis('ainotebook worker with Redis', (redisUrl) => {
  const env = () => ({
    DATABASE_URL: empty.url,
    REDIS_QUEUE_URL: redisUrl,
    JOBS_LIMIT_MAX: '1000',
  });

  it('is not waited for by a command that has done its work', async () => {
    const made = command(
      ['create-admin', '--email', 'keeper@example.org', '--password-stdin'],
      env(),
      { cwd, input: 'correct horse battery\n' },
    );
    expect(await made.ended).toBe(0);
    expect(made.output()).toContain('is an administrator now');
  });

  it('refuses a Redis that evicts and names the line to change', async () => {
    const redis = new Redis(keeperUrl(redisUrl));
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    try {
      const worker = command(['worker'], env(), { cwd });
      expect(await worker.ended).toBe(1);
      expect(worker.output()).toContain('"maxmemory-policy noeviction"');
    } finally {
      await redis.config('SET', 'maxmemory-policy', 'noeviction');
      redis.disconnect();
    }
  });

  it('does what the transactions of others have queued, also after one was killed, and ends on a signal', async () => {
    expect(await waiting()).toBeGreaterThan(0);
    const killed = command(['worker'], env(), { cwd });
    await killed.until(/Worker is ready/);
    killed.child.kill('SIGKILL');
    const worker = command(['worker'], env(), { cwd });
    await worker.until(/Worker is ready/);
    await expect.poll(waiting, { timeout: 90_000, interval: 100 }).toBe(0);
    const { queued } = await queueReindex(database.db, { isAll: true });
    expect(queued).toBeGreaterThan(0);
    await expect.poll(waiting, { timeout: 30_000, interval: 100 }).toBe(0);
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
  }, 150_000);

  it('asks the model that an administrator picks while it runs, with the key that was sealed', async () => {
    const secret = 'encryption-key-of-this-test-0123456789';
    const apiKey = 'sk-canary-of-the-worker-8d21';
    const models = await startModels({ kind: 'openai', apiKey });
    const { host } = new URL(models.baseUrl);
    const own = { ...env(), ENCRYPTION_KEY: secret, AI_ALLOW_PRIVATE_HOSTS: host };
    const worker = command(['worker'], own, { cwd });
    await worker.until(/Worker is ready/);
    const { db } = database;
    const { baseUrl } = models;
    const box = createKeyBox({ current: secret, former: null });
    const sealedKey = box.seal(apiKey, placeOf({ name: 'gateway', baseUrl }));
    const provider = { name: 'gateway', kind: 'openai', baseUrl, sealedKey } as const;
    await db.insert(schema.aiProviders).values(provider);
    const embedding = { provider: 'gateway', model: 'embed', dimensions: 1024 };
    const value = { chat: [], fast: null, embedding };
    await db.insert(schema.siteSettings).values({ key: 'ai_models', value });
    const askAgain = async () => {
      const job = {
        topic: 'embeddings.catch-up',
        payload: {},
        priority: 10,
        dedupeKey: 'catch-up',
      };
      await db.insert(schema.outbox).values(job).onConflictDoNothing();
      return models.requests.length;
    };
    await expect.poll(askAgain, { timeout: 20_000, interval: 300 }).toBeGreaterThan(0);
    expect(models.requests[0]).toMatchObject({ path: '/embeddings', body: { model: 'embed' } });
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
    expect(worker.output()).not.toContain(apiKey);
    await db.delete(schema.siteSettings).where(eq(schema.siteSettings.key, 'ai_models'));
    await models.stop();
  }, 60_000);

  it('shows what it measures at a port of its own, to this machine and who has the token', async () => {
    const port = await freePort();
    const token = 'of-the-monitoring-0123456789abcdefghij';
    const own = { ...env(), WORKER_METRICS_PORT: String(port), METRICS_TOKEN: token };
    const worker = command(['worker'], own, { cwd });
    await worker.until(/Worker is ready/);
    const get = (path: string, headers: Record<string, string> = {}) =>
      fetch(`http://127.0.0.1:${port}${path}`, { headers });
    const told = await get('/metrics');
    expect(told.status).toBe(200);
    const text = await told.text();
    for (const name of [
      'process_resident_memory_bytes',
      'ai_requests_total',
      'pg_pool_connections',
    ])
      expect(text).toContain(`# TYPE ${name}`);
    // As nginx would hand on a stranger.
    const forwarded = { 'x-forwarded-for': '203.0.113.9' };
    expect((await get('/metrics', forwarded)).status).toBe(404);
    const authorization = `Bearer ${token}`;
    expect((await get('/metrics', { ...forwarded, authorization })).status).toBe(200);
    expect((await get('/api/trpc')).status).toBe(404);
    // A second one of the machine is told what to do, and the first goes on.
    const second = command(['worker'], own, { cwd });
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`WORKER_METRICS_PORT ${port} cannot be used`);
    expect((await get('/metrics')).status).toBe(200);
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
  }, 60_000);
});
