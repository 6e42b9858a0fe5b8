import { describeWithRedis } from '@ainotebook/testkit';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { useServer } from '../test-support.js';
import { createAiMetrics } from './ai-metrics.js';

const TOKEN = 'metrics-token-of-the-tests-0123456789abc';

/** A client that fails at once, as connectRedis makes it, with nobody at the other end. */
function deadRedis(): Redis {
  const redis = new Redis('redis://127.0.0.1:1', {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: 100,
    lazyConnect: true,
    retryStrategy: () => null,
  });
  redis.on('error', () => undefined);
  return redis;
}

describe('health', () => {
  const server = useServer();

  it('answers 200 and the state of the database', async () => {
    const answer = await server.send({ path: '/health' });
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.json()).toEqual({ status: 'ok', info: { database: { status: 'up' } } });
  });

  it('is ready when the database is there and migrated', async () => {
    const answer = await server.send({ path: '/ready' });
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({
      status: 'ok',
      info: {
        database: { status: 'up' },
        migrations: { status: 'up' },
        mail: { status: 'off' },
        redis: { status: 'off' },
        jobs: { status: 'up', delivery: 'in process', problem: null },
      },
    });
  });

  it('is not ready from the moment the process is told to end, and asks clients to go', async () => {
    server.drain(true);
    const answer = await server.send({ path: '/ready', headers: { connection: 'keep-alive' } });
    server.drain(false);
    expect(answer.status).toBe(503);
    expect(answer.headers.connection).toBe('close');
    expect(answer.json()).toMatchObject({ status: 'draining' });
  });
});

describe('health without a database', () => {
  const server = useServer();

  it('stays alive and is not ready', async () => {
    const { pool } = server.database();
    const query = pool.query;
    const connect = pool.connect;
    // The pool as it is when nobody listens at its address.
    pool.query = () => Promise.reject(new Error('connect ECONNREFUSED'));
    pool.connect = () => Promise.reject(new Error('connect ECONNREFUSED'));
    const health = await server.send({ path: '/health' });
    const ready = await server.send({ path: '/ready' });
    pool.query = query;
    pool.connect = connect;
    expect(health.status).toBe(200);
    expect(health.json()).toEqual({ status: 'error', info: { database: { status: 'down' } } });
    expect(ready.status).toBe(503);
    expect(ready.json()).toMatchObject({ status: 'unavailable' });
  });
});

describe('health before the migrations', () => {
  const server = useServer();

  it('is not ready', async () => {
    await server.database().pool.query('delete from drizzle.__drizzle_migrations');
    const ready = await server.send({ path: '/ready' });
    expect(ready.status).toBe(503);
    expect(ready.json()).toMatchObject({ info: { migrations: { status: 'pending' } } });
  });
});

describe('health with Redis down', () => {
  const redis = deadRedis();
  const server = useServer({ app: { redis } });
  afterAll(() => redis.disconnect());

  it('is ready, degraded', async () => {
    const ready = await server.send({ path: '/ready' });
    expect(ready.status).toBe(200);
    expect(ready.json()).toMatchObject({
      status: 'degraded',
      info: { redis: { status: 'down' } },
    });
  });
});

describeWithRedis('health with Redis', (url) => {
  const redis = new Redis(url);
  const server = useServer({ app: { redis } });
  afterAll(() => redis.disconnect());

  it('is ready', async () => {
    const ready = await server.send({ path: '/ready' });
    expect(ready.json()).toMatchObject({ status: 'ok', info: { redis: { status: 'up' } } });
  });
});

describe('what is for operators', () => {
  const server = useServer({
    app: { metricsToken: TOKEN, trustedProxies: ['loopback'] },
  });

  it.each(['/ready', '/metrics'])('%s answers a process of this machine', async (path) => {
    expect((await server.send({ path })).status).toBe(200);
  });

  it.each([
    ['x-forwarded-for', '203.0.113.9'],
    ['x-forwarded-for', '127.0.0.1'],
    ['x-real-ip', '127.0.0.1'],
    ['forwarded', 'for=127.0.0.1'],
  ])('is an unknown address through a proxy (%s: %s)', async (name, value) => {
    for (const path of ['/ready', '/metrics']) {
      const answer = await server.send({ path, headers: { [name]: value } });
      expect(answer.status).toBe(404);
      expect(answer.json()).toMatchObject({ error: { code: 'not_found' } });
    }
  });

  it('opens to the token, and to no other', async () => {
    const from = { 'x-forwarded-for': '203.0.113.9' };
    const withToken = (token: string) =>
      server.send({ path: '/metrics', headers: { ...from, authorization: `Bearer ${token}` } });
    expect((await withToken(TOKEN)).status).toBe(200);
    expect((await withToken(`${TOKEN}x`)).status).toBe(404);
    expect((await withToken('')).status).toBe(404);
  });
});

describe('metrics', () => {
  const aiMetrics = createAiMetrics();
  const server = useServer({ app: { aiMetrics } });

  it('counts requests under bounded names', async () => {
    await server.query('system.info', undefined);
    await server.query('no.such.procedure', undefined);
    await server.send({ path: '/api/trpc/system.info,system.info?batch=1&input={}' });
    await server.send({ path: '/api/trpc/system.info,users.me?batch=1&input={}' });
    await server.page('/p/some-slug');
    for (let i = 0; i < 50; i++) await server.send({ path: `/random/${i}`, method: 'PATCH' });
    const { text } = await server.send({ path: '/metrics' });
    const series = text
      .split('\n')
      .filter((line) => line.startsWith('http_request_duration_seconds_count'));
    const routes = new Set(series.map((line) => /route="([^"]*)"/.exec(line)?.[1]));
    expect([...routes].sort()).toEqual([
      '/api/trpc/batch',
      '/api/trpc/system.info',
      '/api/trpc/unknown',
      '/p/*',
      'other',
    ]);
    expect(text).toContain(
      'http_request_duration_seconds_count{method="GET",route="/api/trpc/system.info",status_code="200"} 2',
    );
  });

  it('counts what was asked of models, and how it went, by provider and model', async () => {
    const by = { provider: 'volcengine', model: 'doubao' };
    const usage = { inputTokens: 900, cachedTokens: 100, outputTokens: 40, reasoningTokens: 0 };
    aiMetrics.onCall({ ...by, failure: null, usage, firstWordMs: 300, ms: 2_000 });
    aiMetrics.onCall({ ...by, failure: 'timeout', usage: null, firstWordMs: null, ms: 30_000 });
    const { text } = await server.send({ path: '/metrics' });
    const labels = 'provider="volcengine",model="doubao"';
    expect(text).toContain(`ai_requests_total{${labels}} 2\n`);
    expect(text).toContain(`ai_failures_total{${labels},kind="timeout"} 1\n`);
    expect(text).toContain(`ai_tokens_total{${labels},kind="input"} 900\n`);
    expect(text).toContain(`ai_tokens_total{${labels},kind="cached"} 100\n`);
    expect(text).toContain(`ai_request_duration_seconds_sum{${labels}} 32\n`);
    expect(text).toContain(`ai_time_to_first_token_seconds_count{${labels}} 1\n`);
  });

  it('declares what the guide names, and tells of pool and outbox', async () => {
    const { text } = await server.send({ path: '/metrics' });
    expect(text).toContain('# TYPE ai_requests_total counter');
    expect(text).toContain('# TYPE http_request_duration_seconds histogram');
    expect(text).toMatch(/pg_pool_connections\{state="idle"\} \d/);
    expect(text).toContain('outbox_jobs{state="pending"} 0');
    expect(text).toContain('nodejs_eventloop_lag_seconds');
  });

  it('counts as failed what waits for an administrator, and as late what a queue only holds', async () => {
    const { pool } = server.database();
    const read = async () => (await server.send({ path: '/metrics' })).text;
    await pool.query(`
      insert into outbox (id, topic, payload, next_at, due_at, run_until, failed_at, cancelled_at)
      values
        -- Sent to a queue that nobody works off.
        (gen_random_uuid(), 'test.work', '{}', now() + interval '1 minute',
          now() - interval '1 hour', null, null, null),
        -- Under way for long.
        (gen_random_uuid(), 'test.work', '{}', now() + interval '1 minute',
          now() - interval '1 day', now() + interval '1 minute', null, null),
        (gen_random_uuid(), 'test.work', '{}', now(), now(), null, now(), now())`);
    const before = await read();
    expect(before).toContain('outbox_jobs{state="pending"} 2\n');
    expect(before).toContain('outbox_jobs{state="failed"} 0\n');
    const oldest = Number(/^outbox_oldest_due_seconds (\S+)/m.exec(before)?.[1]);
    expect(Math.floor(oldest / 3_600)).toBe(1);
    await pool.query(`
      insert into dead_letters (id, outbox_id, topic, payload, attempts, error)
      values (gen_random_uuid(), gen_random_uuid(), 'test.work', '{}', 3, 'no')`);
    expect(await read()).toContain('outbox_jobs{state="failed"} 1\n');
    await pool.query('truncate outbox, dead_letters');
  });
});
