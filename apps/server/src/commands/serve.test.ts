import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres } from '@ainotebook/db/embedded';
import { createTestDatabase } from '@ainotebook/testkit';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { type Command, command, freePort } from '../process-support.js';
import { send } from '../test-support.js';

const started: Command[] = [];
const scratch = () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'ainotebook-serve-'));
  // Open to the account that Postgres runs under when this runs as root.
  chmodSync(folder, 0o755);
  return folder;
};

function run(args: string[], env: Record<string, string>, cwd: string): Command {
  const made = command(args, env, { cwd });
  started.push(made);
  return made;
}

afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    child.kill('SIGTERM');
    await Promise.race([ended, sleep(20_000).then(() => child.kill('SIGKILL'))]);
  }
});

const post = (base: string, procedure: string, input: unknown, token?: string) =>
  send(base, {
    method: 'POST',
    path: `/api/trpc/${procedure}`,
    headers: {
      'content-type': 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify({ json: input }),
  });

async function signUp(base: string): Promise<string> {
  const answer = await post(base, 'auth.register', {
    email: 'someone@example.org',
    password: 'correct horse battery',
    displayName: 'Someone',
    session: 'token',
  });
  return JSON.parse(answer.text).result.data.json.accessToken;
}

describe('ainotebook serve', { timeout: 60_000 }, () => {
  it('says in one line that the port is taken, before it starts a database', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const port = String((holder.address() as { port: number }).port);
    const cwd = scratch();
    const server = run(['serve'], { PORT: port }, cwd);
    expect(await server.ended).toBe(1);
    holder.close();
    expect(server.output()).toContain(`Port ${port} on 127.0.0.1 is taken`);
    expect(server.output()).not.toContain('    at ');
    expect(existsSync(path.join(cwd, '.data'))).toBe(false);
  });

  it('refuses production without secrets, one line per variable', async () => {
    const server = run(['serve'], { NODE_ENV: 'production' }, scratch());
    expect(await server.ended).toBe(1);
    const lines = server.output().trim().split('\n');
    expect(lines[0]).toBe('The settings need repair:');
    expect(lines.slice(1).map((line) => line.trim().split(' ')[0])).toEqual([
      'DATABASE_URL',
      'APP_URL',
      'JWT_SECRET',
      'JWT_REFRESH_SECRET',
    ]);
  });

  it('says which database it cannot reach, without its password', async () => {
    const env = {
      PORT: String(await freePort()),
      DATABASE_URL: 'postgres://me:hidden@127.0.0.1:1/x',
    };
    const server = run(['serve'], env, scratch());
    expect(await server.ended).toBe(1);
    expect(server.output()).toMatch(/PostgreSQL at 127\.0\.0\.1:1 cannot be used/);
    expect(server.output()).not.toContain('hidden');
  });

  it('refuses the database of a newer release', async () => {
    const database = await createTestDatabase();
    const client = new pg.Client(database.url);
    await client.connect();
    await client.query(
      "insert into drizzle.__drizzle_migrations (hash, created_at) values ('of a later release', 9999999999999)",
    );
    await client.end();
    const env = { PORT: String(await freePort()), DATABASE_URL: database.url };
    const server = run(['serve'], env, scratch());
    expect(await server.ended).toBe(1);
    expect(server.output()).toContain('migrated by a newer release');
    expect(server.output()).not.toContain('    at ');
    await database.drop();
  });

  it('lowers the pool to what PostgreSQL allows, and refuses when too little is left', async () => {
    const database = await createTestDatabase();
    const client = new pg.Client(database.url);
    await client.connect();
    const { rows } = await client.query('show max_connections');
    await client.end();
    const max = Number(rows[0].max_connections);
    const env = { DATABASE_URL: database.url, PG_POOL_MAX: '1000' };
    const lowered = run(['serve'], { ...env, PORT: String(await freePort()) }, scratch());
    await lowered.until(/ready:/);
    expect(lowered.output()).toContain(`PG_POOL_MAX lowered from 1000 to ${max - 10}`);
    const refused = run(
      ['serve'],
      { ...env, PROCESSES: String(max), PORT: String(await freePort()) },
      scratch(),
    );
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toMatch(/too few for \d+ processes/);
    lowered.child.kill('SIGTERM');
    await lowered.ended;
    await database.drop();
  });

  it('answers what is under way after SIGTERM, takes nothing new, and ends with 0', async () => {
    const database = await createTestDatabase();
    const port = await freePort();
    const server = run(['serve'], { DATABASE_URL: database.url, PORT: String(port) }, scratch());
    await server.until(/ready:/);
    const base = `http://127.0.0.1:${port}`;
    const token = await signUp(base);
    const blocker = new pg.Client(database.url);
    await blocker.connect();
    await blocker.query('begin; lock table articles in access exclusive mode');
    const underWay = post(base, 'articles.create', { title: 'while ending' }, token);
    await sleep(300);
    server.child.kill('SIGTERM');
    await sleep(200);
    await expect(send(base, { path: '/health' })).rejects.toThrow(/ECONNREFUSED/);
    await blocker.query('commit');
    const answer = await underWay;
    expect(answer.status).toBe(200);
    expect(answer.headers.connection).toBe('close');
    expect(await server.ended).toBe(0);
    const { rows } = await blocker.query(
      `select title, (select count(*)::int from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()) as others from articles`,
    );
    await blocker.end();
    expect(rows).toEqual([{ title: 'while ending', others: 0 }]);
    await database.drop();
  });

  it('ends at once on the second Ctrl-C', async () => {
    const database = await createTestDatabase();
    const port = await freePort();
    const server = run(['serve'], { DATABASE_URL: database.url, PORT: String(port) }, scratch());
    await server.until(/ready:/);
    const base = `http://127.0.0.1:${port}`;
    const token = await signUp(base);
    const blocker = new pg.Client(database.url);
    await blocker.connect();
    await blocker.query('begin; lock table articles in access exclusive mode');
    const cut = post(base, 'articles.create', { title: 'x' }, token).catch(() => 'cut');
    await sleep(300);
    server.child.kill('SIGINT');
    // As npm does: hands on what the terminal has sent to both.
    server.child.kill('SIGINT');
    await sleep(500);
    expect(server.child.exitCode).toBeNull();
    server.child.kill('SIGINT');
    expect(await server.ended).toBe(130);
    expect(await cut).toBe('cut');
    await blocker.end();
    await database.drop();
  });

  it('writes JSON without secrets into logs/ in production', async () => {
    const database = await createTestDatabase();
    const port = await freePort();
    const cwd = scratch();
    const secrets = {
      JWT_SECRET: 'canary-Zk4s0qvXb1nT7yRmW2uPfE9hJcL6dAgV',
      JWT_REFRESH_SECRET: 'canary-h8GdKq3ZtY5xNwB1rMvC7jSfP0aLuE2o',
      METRICS_TOKEN: 'canary-Qm3vT8yKp1xZc6nBw4sLd7fGh2jRa9eU',
    };
    const server = run(
      ['serve'],
      {
        ...secrets,
        NODE_ENV: 'production',
        DATABASE_URL: database.url,
        APP_URL: 'https://notes.example.org',
        LOG_LEVEL: 'debug',
        PORT: String(port),
      },
      cwd,
    );
    const base = `http://127.0.0.1:${port}`;
    while (!(await send(base, { path: '/ready' }).catch(() => null))?.text.includes('"ok"')) {
      await sleep(50);
    }
    await post(base, 'auth.login', { email: 'a@example.org', password: 'canary-password' });
    await send(base, { path: '/ready?token=canary-query' });
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    const text = readFileSync(path.join(cwd, 'logs/combined.log'), 'utf8');
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => line.message)).toContain('Server is ready');
    expect(lines.every((line) => typeof line.timestamp === 'string')).toBe(true);
    expect(text + server.output()).not.toContain('canary');
    expect(existsSync(path.join(cwd, 'logs/error.log'))).toBe(true);
    await database.drop();
  });
});

describe('the embedded default', { timeout: 90_000 }, () => {
  it('makes everything it needs, survives kill -9 and leaves nothing behind', async () => {
    const cwd = scratch();
    const env = { PORT: String(await freePort()) };
    const base = `http://127.0.0.1:${env.PORT}`;
    const first = run(['serve'], env, cwd);
    await first.until(/demo sign-in: \S+ {2}password: \S+[\s\S]*Ctrl-C/);
    const [, email, password] = /demo sign-in: (\S+) {2}password: (\S+)/.exec(first.output()) ?? [];
    for (const name of ['secrets.json', 'demo.json']) {
      expect(statSync(path.join(cwd, '.data', name)).mode & 0o777).toBe(0o600);
    }
    const login = await post(base, 'auth.login', { email, password, session: 'token' });
    const token = JSON.parse(login.text).result.data.json.accessToken;
    const saved = await post(base, 'articles.create', { title: 'acknowledged' }, token);
    expect(saved.status).toBe(200);
    // Indexed by the jobs of this process, not by a request.
    const search = async () =>
      send(base, {
        path: `/api/trpc/search.query?input=${encodeURIComponent(JSON.stringify({ json: { q: '绿茶' } }))}`,
        headers: { authorization: `Bearer ${token}` },
      });
    for (let i = 0; i < 100 && !(await search()).text.includes('水温'); i++) await sleep(100);
    expect((await search()).text).toContain('水温');
    first.child.kill('SIGKILL');
    await first.ended;

    const second = run(['serve'], env, cwd);
    await second.until(/Ctrl-C/);
    expect(second.output()).toContain(`password: ${password}`);
    expect(second.output()).not.toContain('making the demo');
    // Its secrets are the same, so the session still holds.
    const list = await send(base, {
      path: '/api/trpc/articles.list',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(list.text).toContain('acknowledged');
    const landing = await send(base, { path: '/', headers: { accept: 'text/html' } });
    expect(landing.text).toContain('/p/');

    second.child.kill('SIGINT');
    expect(await second.ended).toBe(0);
    const postgres = path.join(cwd, '.data/postgres');
    expect(existsSync(path.join(postgres, 'cluster/postmaster.pid'))).toBe(false);
    expect(readdirSync(path.join(postgres, 'claims'))).toEqual([]);
  });

  it('copies the database aside before an update changes it', async () => {
    const cwd = scratch();
    const env = { PORT: String(await freePort()) };
    const first = run(['serve'], env, cwd);
    await first.until(/Ctrl-C/);
    first.child.kill('SIGINT');
    expect(await first.ended).toBe(0);
    const dataDir = path.join(cwd, '.data/postgres');
    const own = await startEmbeddedPostgres({ dataDir, log: () => undefined });
    const client = new pg.Client(own.url);
    await client.connect();
    // As an older release left it: known to the migrator, and lacking what this one has.
    await client.query(
      'drop schema public cascade; create schema public; delete from drizzle.__drizzle_migrations',
    );
    await client.end();
    await own.stop();

    const second = run(['serve'], env, cwd);
    await second.until(/Ctrl-C/);
    expect(second.output()).toContain('copying it aside first');
    expect(second.output()).toContain('database migrated');
    const snapshots = path.join(cwd, '.data/snapshots');
    const [copy, ...more] = readdirSync(snapshots);
    expect(more).toEqual([]);
    expect(readdirSync(path.join(snapshots, copy ?? ''))).toContain('cluster');
  });

  it('gives no demo to the network', async () => {
    const cwd = scratch();
    const server = run(['serve'], { PORT: String(await freePort()), HOST: '0.0.0.0' }, cwd);
    await server.until(/Ctrl-C/);
    expect(server.output()).not.toContain('demo sign-in');
    expect(existsSync(path.join(cwd, '.data/demo.json'))).toBe(false);
  });
});
