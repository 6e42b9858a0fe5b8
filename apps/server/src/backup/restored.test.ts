import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTestDatabase } from '@ainotebook/testkit';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { command, freePort } from '../process-support.js';

const cwd = mkdtempSync(path.join(tmpdir(), 'ainotebook-restored-'));
afterAll(() => rmSync(cwd, { recursive: true }));

describe('a database that is restored under a running server', { timeout: 60_000 }, () => {
  it('ends it, so that it is started anew; one started then says what is held', async () => {
    const database = await createTestDatabase();
    const client = new pg.Client(database.url);
    await client.connect();
    const env = { DATABASE_URL: database.url, PORT: String(await freePort()), PG_POOL_MIN: '1' };
    const first = command(['serve'], env, { cwd });
    await first.until(/^ready: /m);
    await client.query(`insert into site_settings (key, value) values
      ('cache_epoch', '{"id": "another"}'), ('jobs_held', '{"since": "now", "reason": "a test"}')`);
    expect(await first.ended).toBe(1);
    expect(first.output()).toContain('the database was restored');

    const second = command(['serve'], env, { cwd });
    await second.until(/Outgoing jobs are held: run ainotebook jobs release/);
    await second.until(/^ready: /m);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    await client.end();
    await database.drop();
  });
});
