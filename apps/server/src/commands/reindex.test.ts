import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEmptyDatabase } from '@ainotebook/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command } from '../process-support.js';

let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
const cwd = mkdtempSync(path.join(tmpdir(), 'ainotebook-reindex-'));

async function run(...args: string[]) {
  const made = command(args, { DATABASE_URL: database.url }, { cwd });
  return { code: await made.ended, output: made.output() };
}

async function waiting(): Promise<unknown> {
  const client = new pg.Client(database.url);
  await client.connect();
  const { rows } = await client.query(
    `select count(*)::int as jobs from outbox where topic = 'process-article' and done_at is null`,
  );
  await client.end();
  return rows[0]?.jobs;
}

describe('ainotebook reindex', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    database = await createEmptyDatabase();
    await run('seed', '--email', 'first@example.org');
  }, 60_000);
  afterAll(() => database.drop());

  it('queues what is not indexed yet, says how many, and repeats without harm', async () => {
    const jobs = await waiting();
    const first = await run('reindex');
    expect(first.code).toBe(0);
    expect(first.output).toMatch(/^(\d+) checked, \1 queued$/m);
    expect(first.output).toContain(`${jobs} of ${jobs} articles will be indexed again`);
    expect((await run('reindex', '--all')).code).toBe(0);
    expect(await waiting()).toBe(jobs);
  });

  it('keeps to the articles of one account', async () => {
    await run('seed', '--email', 'second@example.org');
    const jobs = Number(await waiting());
    const one = await run('reindex', '--all', '--user', 'second@example.org');
    expect(one.output).toContain(`${jobs / 2} of ${jobs / 2} articles will be indexed again`);
    expect(one.output).toContain(`${jobs} wait in all`);
  });

  it('says in one line that there is no such account', async () => {
    const refused = await run('reindex', '--user', 'nobody@example.org');
    expect(refused.code).toBe(1);
    expect(refused.output).toContain('There is no account of nobody@example.org');
    expect(refused.output).not.toContain('    at ');
  });

  it('is said among the commands', async () => {
    expect((await run('--help')).output).toContain('reindex');
  });
});
