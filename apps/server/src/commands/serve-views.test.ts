// Readers counted by way of Redis reach the database when the process ends, and by its job.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createDb, type Database } from '@ainotebook/db';
import { createEmptyDatabase, describeWithRedis } from '@ainotebook/testkit';
import { sql } from 'drizzle-orm';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { command, freePort } from '../process-support.js';
import { BROWSER, send } from '../test-support.js';

const cwd = mkdtempSync(path.join(tmpdir(), 'ainotebook-views-'));
const WAIT = { timeout: 30_000, interval: 50 };

describeWithRedis('ainotebook serve with Redis', (redisUrl) => {
  let empty: Awaited<ReturnType<typeof createEmptyDatabase>>;
  let database: Database;
  let redis: Redis;
  let slug: string;

  beforeAll(async () => {
    empty = await createEmptyDatabase();
    redis = new Redis(redisUrl);
    await command(['seed'], { DATABASE_URL: empty.url }, { cwd }).ended;
    database = createDb(empty.url, { max: 2 });
    const { rows } = await database.db.execute<{ slug: string }>(
      sql`select slug from slugs where is_current order by slug limit 1`,
    );
    slug = rows[0]?.slug ?? '';
  }, 60_000);
  afterAll(async () => {
    redis.disconnect();
    await database.close();
    await empty.drop();
  });

  const views = async () => {
    const { rows } = await database.db.execute<{ views: number }>(
      sql`select sum(views)::int as views from articles`,
    );
    return rows[0]?.views;
  };
  const waiting = () => redis.llen('ainotebook:views:waiting');

  async function serve(more: Record<string, string>) {
    const port = await freePort();
    const env = { DATABASE_URL: empty.url, REDIS_QUEUE_URL: redisUrl, PORT: String(port), ...more };
    const server = command(['serve'], env, { cwd });
    await server.until(/ready: /);
    const read = async (reader: string) => {
      const headers = { accept: 'text/html', 'user-agent': `${BROWSER} ${reader}` };
      const base = `http://127.0.0.1:${port}`;
      expect((await send(base, { path: `/p/${slug}`, headers })).status).toBe(200);
    };
    return { server, read };
  }

  it('writes what waits when it ends, and what a killed one left', async () => {
    const killed = await serve({ SERVE_JOBS: 'false' });
    await killed.read('one');
    await expect.poll(waiting, WAIT).toBe(1);
    killed.server.child.kill('SIGKILL');
    await killed.server.ended;
    expect(await views()).toBe(0);
    const ended = await serve({ SERVE_JOBS: 'false' });
    await ended.read('two');
    await expect.poll(waiting, WAIT).toBe(2);
    ended.server.child.kill('SIGTERM');
    expect(await ended.server.ended).toBe(0);
    expect(await views()).toBe(2);
    expect(await waiting()).toBe(0);
  }, 120_000);

  it('writes them by the job of each interval', async () => {
    const { server, read } = await serve({ VIEWS_FLUSH_SECONDS: '5' });
    await read('three');
    await expect.poll(views, WAIT).toBe(3);
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
  }, 120_000);
});
