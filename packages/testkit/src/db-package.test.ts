// The tests of packages/db that need a server: testkit stands on that package, so they live here.
import {
  createDb,
  dbFailure,
  migrate,
  migrationState,
  readPoolParameters,
  SchemaNewerError,
  withStatementTimeout,
} from '@ainotebook/db';
import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import { createEmptyDatabase, startFaultProxy, useTestDatabase } from './index.js';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function open(url: string, options: Parameters<typeof createDb>[1] = {}) {
  const database = createDb(url, options);
  closers.push(() => database.close());
  return database;
}

const failureOf = (query: Promise<unknown>) =>
  query.then(
    () => undefined,
    (error: unknown) => dbFailure(error),
  );

describe('the pool', () => {
  const database = useTestDatabase();

  it('sets the time-outs of every connection', async () => {
    const { db } = open(database.url);
    const rows = await db.execute(
      sql`select name, setting from pg_settings
          where name in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'TimeZone')`,
    );
    expect(Object.fromEntries(rows.rows.map((row) => [row.name, row.setting]))).toEqual({
      statement_timeout: '10000',
      lock_timeout: '2000',
      idle_in_transaction_session_timeout: '10000',
      TimeZone: 'UTC',
    });
  });

  it('opens its minimum before the first request, and never more than its maximum', async () => {
    const { pool, warm } = open(database.url, { min: 3, max: 4 });
    await warm();
    expect(pool.totalCount).toBe(3);
    await Promise.all(Array.from({ length: 20 }, () => pool.query('select 1')));
    expect(pool.totalCount).toBeLessThanOrEqual(4);
  });

  it('keeps what it could open, and lends it, where the server lets in fewer', async () => {
    const { pool, db, warm } = open(database.url, { min: 3, max: 3, connectTimeoutMs: 500 });
    const held = await pool.connect();
    await warm();
    held.release();
    const answers = await Promise.all([1, 2, 3].map(() => db.execute(sql`select 1 as one`)));
    expect(answers.map(({ rows }) => rows[0]?.one)).toEqual([1, 1, 1]);
  });

  it('says that it is exhausted instead of waiting for ever', async () => {
    const { pool, db } = open(database.url, { max: 1, connectTimeoutMs: 500 });
    const held = await pool.connect();
    expect(await failureOf(db.execute(sql`select 1`))).toMatchObject({ kind: 'unavailable' });
    held.release();
    expect(await failureOf(db.execute(sql`select 1`))).toBeUndefined();
  });

  it.each([
    ['its password is wrong', (url: URL) => Object.assign(url, { password: 'another' })],
    ['its database is gone', (url: URL) => Object.assign(url, { pathname: '/gone' })],
  ])('is unavailable to everybody where %s', async (_what, change) => {
    const { db: of } = open(database.url);
    const name = `let_in_${Date.now()}`;
    await of.execute(sql.raw(`create role ${name} login password 'the one'`));
    const url = Object.assign(new URL(database.url), { username: name, password: 'the one' });
    const { db } = open(change(url).href, { min: 0 });
    expect(await failureOf(db.execute(sql`select 1`))).toEqual({ kind: 'unavailable' });
    await of.execute(sql.raw(`drop role ${name}`));
  });

  it('names what went wrong with a statement', async () => {
    const { db } = open(database.url, { statementTimeoutMs: 50 });
    expect(await failureOf(db.execute(sql`select pg_sleep(1)`))).toMatchObject({
      kind: 'statement_timeout',
    });
    expect(await failureOf(db.execute(sql`select 1 / 0`))).toBeUndefined();
    const insert = () =>
      db.execute(sql`insert into site_settings (key, value) values ('twice', '1')`);
    await insert();
    expect(await failureOf(insert())).toEqual({
      kind: 'unique_violation',
      constraint: 'site_settings_pkey',
    });
  });

  it('survives the loss of its connections', async () => {
    const { db } = open(database.url, { max: 2 });
    const others = sql`select pg_terminate_backend(pid) from pg_stat_activity
                       where datname = current_database() and pid <> pg_backend_pid()`;
    await Promise.all([db.execute(sql`select 1`), db.execute(sql`select 1`)]);
    await open(database.url).db.execute(others);
    await expect.poll(() => failureOf(db.execute(sql`select 1`))).toBeUndefined();
  });

  it('is unavailable to a transaction whose connection is lost under it', async () => {
    const { db, pool } = open(database.url);
    const ended = new Promise<void>((resolve) => {
      pool.once('connect', (client) => client.once('end', resolve));
    });
    const lost = db.transaction(async (tx) => {
      const { rows } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      await db.execute(sql`select pg_terminate_backend(${rows[0]?.pid})`);
      await ended;
      await tx.execute(sql`select 1`);
    });
    expect(await failureOf(lost)).toEqual({ kind: 'unavailable' });
  });

  it('gives up a connection on which the server has gone silent, a transaction with it', async () => {
    const proxy = await startFaultProxy(Number(new URL(database.url).port));
    closers.push(() => proxy.close());
    const { db } = open(proxy.through(database.url), { max: 1, statementTimeoutMs: 100 });
    await db.execute(sql`select 1`);
    await proxy.set({ timeout: 'both' });
    const lost = db.transaction(async (tx) => {
      await tx.execute(sql`select 1`);
    });
    expect(await failureOf(lost)).toEqual({ kind: 'unavailable' });
    await proxy.set({});
    expect(await failureOf(db.execute(sql`select 1`))).toBeUndefined();
  });

  it('has all its connections after an outage, however many transactions it cut at their beginning', async () => {
    const proxy = await startFaultProxy(Number(new URL(database.url).port));
    closers.push(() => proxy.close());
    const { db, pool } = open(proxy.through(database.url), { max: 2, connectTimeoutMs: 500 });
    const begin = () =>
      failureOf(
        db.transaction(async (tx) => {
          await tx.execute(sql`select 1`);
        }),
      );
    for (let outage = 0; outage < 3; outage++) {
      expect(await begin()).toBeUndefined();
      await proxy.set({ timeout: 'both' });
      const cut = [begin(), begin()];
      await expect.poll(() => pool.idleCount).toBe(0);
      proxy.reset();
      await Promise.all(cut);
      await proxy.set({});
    }
    expect(await begin()).toBeUndefined();
    expect(pool.waitingCount).toBe(0);
  });

  it('waits for a statement that may take longer, and for none beyond that', async () => {
    const { db } = open(database.url, { statementTimeoutMs: 100 });
    const sleeping = (seconds: number) =>
      failureOf(
        db.transaction((tx) =>
          withStatementTimeout(tx, 2_600, () => tx.execute(sql`select pg_sleep(${seconds})`)),
        ),
      );
    expect(await sleeping(2.3)).toBeUndefined();
    expect(await sleeping(5)).toEqual({ kind: 'statement_timeout' });
  });

  it('keeps a connection that nobody uses for long', async () => {
    const { pool } = open(database.url, { max: 1, min: 1, statementTimeoutMs: 10 });
    const pid = async () => (await pool.query('select pg_backend_pid() as pid')).rows[0].pid;
    const first = await pid();
    await new Promise((resolve) => setTimeout(resolve, 2_300));
    expect(await pid()).toBe(first);
  });

  it('is unavailable when no server answers', async () => {
    const { db } = open('postgresql://nobody@127.0.0.1:1/none');
    expect(await failureOf(db.execute(sql`select 1`))).toEqual({ kind: 'unavailable' });
  });
});

describe('the address of a database', () => {
  it('gives pool size and wait, which are not meant for the server', () => {
    expect(
      readPoolParameters(
        'postgresql://u:p%40ss@h:5432/db?connection_limit=20&pool_timeout=30&schema=public&sslmode=require',
      ),
    ).toEqual({ url: 'postgresql://u:p%40ss@h:5432/db?sslmode=require', max: 20, waitMs: 30_000 });
  });
});

describe('migrations', () => {
  it('bring an empty database to the newest schema, once', async () => {
    const { url, drop } = await createEmptyDatabase();
    closers.push(drop);
    const { pool } = open(url);
    expect((await migrationState(pool)).pending.length).toBeGreaterThan(0);
    expect((await migrate(url)).applied.length).toBeGreaterThan(0);
    expect(await migrationState(pool)).toEqual({ pending: [], isNewer: false });
    expect(await migrate(url)).toEqual({ applied: [] });
  });

  it('run once when several processes start together', async () => {
    const { url, drop } = await createEmptyDatabase();
    closers.push(drop);
    const runs = await Promise.all(Array.from({ length: 4 }, () => migrate(url)));
    expect(runs.filter((run) => run.applied.length > 0)).toHaveLength(1);
  });

  it('refuse a database that a newer release has migrated', async () => {
    const { url, drop } = await createEmptyDatabase();
    closers.push(drop);
    await migrate(url);
    const { db, pool } = open(url);
    await db.execute(
      sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('future', 99999999999999)`,
    );
    expect((await migrationState(pool)).isNewer).toBe(true);
    await expect(migrate(url)).rejects.toBeInstanceOf(SchemaNewerError);
  });
});
