import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEmptyDatabase } from '@ainotebook/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command } from '../process-support.js';

let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
beforeAll(async () => {
  database = await createEmptyDatabase();
});
afterAll(() => database.drop());

const cwd = mkdtempSync(path.join(tmpdir(), 'ainotebook-commands-'));

async function run(args: string[], input = '', env: Record<string, string> = {}) {
  const made = command(args, { DATABASE_URL: database.url, ...env }, { cwd, input });
  return { code: await made.ended, output: made.output() };
}

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(database.url);
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
}

describe('the commands', { timeout: 60_000 }, () => {
  it('explain themselves', async () => {
    const help = await run(['--help']);
    expect(help.code).toBe(0);
    for (const name of ['serve', 'migrate', 'seed', 'create-admin']) {
      expect(help.output).toContain(name);
    }
    expect((await run(['no-such-thing'])).code).toBe(1);
  });

  it('migrate, once', async () => {
    const first = await run(['migrate']);
    expect(first.code).toBe(0);
    expect(first.output).toContain('database migrated');
    expect((await run(['migrate'])).output).toContain('up to date');
  });

  it('make an administrator whose password comes by standard input', async () => {
    const args = ['create-admin', '--email', 'Admin@Example.org', '--password-stdin'];
    const made = await run(args, 'a password of an admin\n');
    expect(made.output).toContain('admin@example.org is an administrator now.');
    expect(made.code).toBe(0);
    expect(made.output).not.toContain('a password of');
    expect(await query('select email, role from users')).toEqual([
      { email: 'admin@example.org', role: 'admin' },
    ]);
  });

  it('refuse a short password in one line, with exit code 1', async () => {
    const refused = await run(
      ['create-admin', '--email', 'x@example.org', '--password-stdin'],
      'short',
    );
    expect(refused.code).toBe(1);
    expect(refused.output).toContain('password must have at least 8 characters');
    expect(refused.output).not.toContain('    at ');
  });

  it('ask for no password where there is no terminal', async () => {
    const refused = await run(['create-admin', '--email', 'x@example.org']);
    expect(refused.code).toBe(1);
    expect(refused.output).toContain('--password-stdin');
  });

  it('seed the demo, and change nothing the second time', async () => {
    const first = await run(['seed']);
    expect(first.output).toMatch(/\d\d articles added for demo@example\.com\nIts password is \S+/);
    const count = async () =>
      (
        await query(
          `select count(*)::int as articles, sum(revision)::int as revisions,
                (select count(*)::int from notebooks) as notebooks,
                (select count(*)::int from slugs) as slugs from articles`,
        )
      )[0];
    const before = await count();
    expect(Number(before?.articles)).toBeGreaterThanOrEqual(30);
    const second = await run(['seed']);
    expect(second.output).toContain('0 articles added');
    expect(second.code).toBe(0);
    expect(await count()).toEqual(before);
  });

  it('seed no production database without --yes', async () => {
    const env = {
      NODE_ENV: 'production',
      APP_URL: 'https://notes.example.org',
      JWT_SECRET: 'Zk4s0qvXb1nT7yRmW2uPfE9hJcL6dAgV',
      JWT_REFRESH_SECRET: 'h8GdKq3ZtY5xNwB1rMvC7jSfP0aLuE2o',
    };
    const refused = await run(['seed'], '', env);
    expect(refused.code).toBe(1);
    expect(refused.output).toContain('--yes');
    expect((await run(['seed', '--yes'], '', env)).code).toBe(0);
  });

  it('seed nothing into the account of a person', async () => {
    const refused = await run(['seed', '--email', 'admin@example.org']);
    expect(refused.code).toBe(1);
    expect(
      await query(
        "select 1 from articles a join users u on u.id = a.user_id where u.role = 'admin'",
      ),
    ).toEqual([]);
  });
});
