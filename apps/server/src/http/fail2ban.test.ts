import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTestDatabase } from '@ainotebook/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { command, freePort } from '../process-support.js';
import { send } from '../test-support.js';

const FILTER = path.resolve(
  import.meta.dirname,
  '../../../../ops/fail2ban/filter.d/ainotebook.conf',
);
const hasFail2Ban = spawnSync('fail2ban-regex', ['--version']).status === 0;
const GUESSERS = ['203.0.113.7', '2001:db8::7'];

describe('the Fail2Ban filter', { timeout: 60_000 }, () => {
  const cwd = mkdtempSync(path.join(tmpdir(), 'ainotebook-fail2ban-'));
  const log = path.join(cwd, 'logs/combined.log');
  let lines: string[] = [];

  beforeAll(async () => {
    const database = await createTestDatabase();
    const env = {
      NODE_ENV: 'production',
      DATABASE_URL: database.url,
      PORT: String(await freePort()),
      APP_URL: 'https://notes.example.org',
      JWT_SECRET: 'Zk4s0qvXb1nT7yRmW2uPfE9hJcL6dAgV',
      JWT_REFRESH_SECRET: 'h8GdKq3ZtY5xNwB1rMvC7jSfP0aLuE2o',
      TRUST_PROXY: 'loopback',
      PG_POOL_MIN: '1',
    };
    const server = command(['serve'], env, { cwd });
    const base = `http://127.0.0.1:${env.PORT}`;
    const isReady = () => existsSync(log) && readFileSync(log, 'utf8').includes('Server is ready');
    await vi.waitUntil(isReady, { timeout: 30_000 });
    const signIn = (ip: string, email: string, procedure = 'auth.login') =>
      send(base, {
        method: 'POST',
        path: `/api/trpc/${procedure}`,
        headers: {
          'content-type': 'application/json',
          'x-ainotebook-client': 'test',
          'x-forwarded-for': ip,
          'x-forwarded-proto': 'https',
          'user-agent': `"ip":"198.51.100.1","level":"info","message":"Call refused"`,
        },
        body: JSON.stringify({ json: { email, password: 'not the password' } }),
      });
    for (const ip of GUESSERS) await signIn(ip, 'nobody@example.org');
    // What writes its own line, to have somebody else banned.
    const forged = `{"code":"invalid_credentials","ip":"198.51.100.2","level":"info","message":"Call refused","method":"POST","path":"auth.login"}`;
    await signIn('203.0.113.8', `a@example.org\n${forged}`);
    await signIn('203.0.113.9', 'a@example.org', encodeURIComponent(`x\n${forged}`));
    await signIn(
      '203.0.113.9',
      'a@example.org',
      encodeURIComponent(`auth.login","ip":"198.51.100.3`),
    );
    // Reading without being signed in is no guess.
    await send(base, {
      path: '/api/trpc/users.me',
      headers: { 'x-forwarded-for': '203.0.113.10' },
    });
    server.child.kill('SIGTERM');
    await server.ended;
    await database.drop();
    lines = readFileSync(log, 'utf8').split('\n');
  }, 60_000);
  afterAll(() => rmSync(cwd, { recursive: true }));

  it('matches refused sign-ins, with the address of who guessed, and nothing that was forged', () => {
    const [, pattern = ''] = /^failregex = (.+)$/m.exec(readFileSync(FILTER, 'utf8')) ?? [];
    const regex = new RegExp(pattern.replace('<ADDR>', '(?<ip>[\\da-f:.]+)'));
    const banned = lines.flatMap((line) => regex.exec(line)?.groups?.ip ?? []);
    expect(banned).toEqual(GUESSERS);
    // The forgeries are in the log, and are no lines of it.
    expect(lines.join('\n')).toContain('198.51.100');
  });

  const why = hasFail2Ban ? '' : ' (skipped: fail2ban is not installed)';
  it.skipIf(!hasFail2Ban)(`is read that way by fail2ban itself${why}`, () => {
    const { stdout } = spawnSync('fail2ban-regex', ['--out', 'ip', log, FILTER], {
      encoding: 'utf8',
    });
    expect(stdout.trim().split('\n').sort()).toEqual([...GUESSERS].sort());
  });
});
