import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTestDatabase, describeWithRedis, keeperUrl } from '@ainotebook/testkit';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from '../pdf/test-support.js';
import { command, freePort } from '../process-support.js';
import type { Finding } from './finding.js';

const cwd = mkdtempSync(path.join(tmpdir(), 'ainotebook-doctor-'));
afterAll(() => rmSync(cwd, { recursive: true }));

let database: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  database = await createTestDatabase();
}, 60_000);
afterAll(() => database.drop());

const query = async (sql: string) => {
  const client = new pg.Client(database.url);
  await client.connect();
  await client.query(sql);
  await client.end();
};

async function examine(env: Record<string, string> = {}, args: string[] = []) {
  const made = command(
    ['doctor', '--json', ...args],
    { DATABASE_URL: database.url, BACKUP_DIR: path.join(cwd, 'backups'), ...env },
    { cwd },
  );
  const code = await made.ended;
  const { ok, findings } = JSON.parse(made.output()) as {
    ok: boolean;
    findings: (Finding & { runbook: string })[];
  };
  const of = (check: Finding['check'], status: Finding['status']) =>
    findings.filter((one) => one.check === check && one.status === status);
  return { code, ok, findings, of, output: made.output() };
}

describe('ainotebook doctor', { timeout: 60_000 }, () => {
  it('finds nothing to mend where all is well, and looks at everything', async () => {
    const { code, ok, findings, of } = await examine();
    const fails = findings.filter(({ status }) => status === 'fail');
    // The server of the tests forgets for the sake of speed, and is told so.
    for (const { says } of fails) expect(says).toMatch(/^(fsync|full_page_writes) is off/);
    expect({ code, ok }).toEqual({ code: fails.length > 0 ? 1 : 0, ok: fails.length === 0 });
    for (const check of [
      'database',
      'migrations',
      'connections',
      'jobs',
      'clock',
      'disk',
      'files',
    ] as const) {
      expect(of(check, 'ok'), check).not.toEqual([]);
    }
    expect(of('redis-queue', 'off')).toHaveLength(1);
    expect(of('pdf', 'off')).toHaveLength(1);
    expect(of('providers', 'off').length).toBeGreaterThan(2);
    expect(findings[0]?.runbook).toMatch(/^docs\/runbook\.md#/);
  });

  it('says each variable that is wrong, and what it must be', async () => {
    const { code, of } = await examine({
      NODE_ENV: 'production',
      PORT: 'eighty',
      APP_URL: 'notes.example.org',
    });
    expect(code).toBe(1);
    const lines = of('settings', 'fail').map(({ says }) => says);
    expect(lines).toEqual([
      'PORT must be a whole number (it is "eighty").',
      'APP_URL must be an address that begins with http:// or https:// (it is "notes.example.org").',
    ]);
  });

  it('prints a page where a Chromium is set up, and says what is wrong with it', async () => {
    const missing = await examine({ CHROMIUM_PATH: '/nowhere/chromium' });
    expect(missing.of('pdf', 'fail')[0]?.says).toContain('ENOENT');
    if (!CHROMIUM) return;
    const found = await examine({ CHROMIUM_PATH: CHROMIUM, CHROMIUM_SANDBOX: 'false' });
    expect(found.of('pdf', 'ok')).toHaveLength(1);
  });

  it('says what production lacks that starts all the same', async () => {
    const { of } = await examine({
      NODE_ENV: 'production',
      APP_URL: 'http://notes.invalid',
      JWT_SECRET: 'Zk4s0qvXb1nT7yRmW2uPfE9hJcL6dAgV',
      JWT_REFRESH_SECRET: 'h8GdKq3ZtY5xNwB1rMvC7jSfP0aLuE2o',
    });
    expect(of('settings', 'warn')[0]?.says).toContain('without TLS');
    expect(of('address', 'fail')[0]?.says).toContain('notes.invalid leads nowhere');
    expect(of('backup', 'warn')[0]?.says).toContain('There is no backup');
  });

  it('says why the database cannot be used, without its password', async () => {
    const url = new URL(database.url);
    url.password = 'canary-4711';
    url.port = String(await freePort());
    const { code, of, output } = await examine({ DATABASE_URL: url.href });
    expect(code).toBe(1);
    expect(of('database', 'fail')[0]?.says).toContain(`127.0.0.1:${url.port} cannot be used`);
    expect(output).not.toContain('canary');
  });

  it('counts connections against processes', async () => {
    const tight = await examine({ PROCESSES: '40', PG_POOL_MAX: '20' });
    expect(tight.of('connections', 'warn')[0]?.mend).toMatch(/^Set PG_POOL_MAX=\d+/);
    const impossible = await examine({ PROCESSES: '900' });
    expect(impossible.of('connections', 'fail')).toHaveLength(1);
  });

  it('finds jobs that wait, failed or are held, and tables of another release', async () => {
    await query(`
      -- Taken by a queue a moment ago.
      insert into outbox (id, topic, payload, next_at, due_at) values
        (gen_random_uuid(), 'mail.send', '{}', now() + interval '1 minute', now() - interval '1 hour');
      insert into dead_letters (id, outbox_id, topic, payload, attempts, error)
        values (gen_random_uuid(), gen_random_uuid(), 'mail.send', '{}', 3, 'no')`);
    const late = await examine();
    expect(late.of('jobs', 'warn').map(({ says }) => says)).toEqual([
      '1 jobs have been due for more than ten minutes.',
      '1 jobs have failed for good.',
    ]);
    await query(`insert into site_settings (key, value)
      values ('jobs_held', '{"since": "2026-11-29", "reason": "restored from db_1"}')`);
    expect((await examine()).of('jobs', 'warn')[0]?.says).toContain('held since 2026-11-29');
    await query('truncate outbox, dead_letters, site_settings');

    await query("insert into drizzle.__drizzle_migrations (hash, created_at) values ('x', 9e12)");
    const newer = await examine();
    expect(newer.code).toBe(1);
    expect(newer.of('migrations', 'fail')[0]?.says).toContain('newer release');
    await query('delete from drizzle.__drizzle_migrations where created_at > 8e12');
  });

  it('says where files cannot be kept', async () => {
    writeFileSync(path.join(cwd, 'file'), '');
    const { code, of } = await examine({ UPLOAD_DIR: path.join(cwd, 'file/uploads') });
    expect(code).toBe(1);
    expect(of('files', 'fail')[0]?.says).toContain('UPLOAD_DIR');
  });

  it('is read by people as well', async () => {
    const env = { DATABASE_URL: database.url, BACKUP_DIR: path.join(cwd, 'backups') };
    const made = command(['doctor'], env, { cwd });
    await made.ended;
    expect(made.output()).toMatch(/^ ok {3}database: PostgreSQL \d+/m);
    expect(made.output()).toMatch(/^\d+ to mend, \d+ to look at\.$/m);
    expect(made.output()).not.toContain('\u001b[');
  });
});

describeWithRedis('the doctor and Redis', (redisUrl) => {
  it('accepts a queue that does not evict, and finds one that does', async () => {
    const good = await examine({ REDIS_QUEUE_URL: redisUrl });
    expect(good.of('redis-queue', 'fail')).toEqual([]);
    expect(good.of('redis-queue', 'ok')).toHaveLength(1);
    expect(
      good
        .of('redis-queue', 'warn')
        .map(({ says }) => says)
        .join(' '),
    ).toContain('append-only');
    const keeper = new Redis(keeperUrl(redisUrl));
    await keeper.config('SET', 'maxmemory-policy', 'allkeys-lru');
    try {
      const bad = await examine({ REDIS_URL: redisUrl });
      expect(bad.code).toBe(1);
      expect(bad.of('redis-queue', 'fail')[0]?.mend).toContain('noeviction');
    } finally {
      await keeper.config('SET', 'maxmemory-policy', 'noeviction');
      keeper.disconnect();
    }
    const away = await examine({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
    expect(away.of('redis-cache', 'fail')[0]?.says).toContain('cannot be used');
  }, 60_000);
});
