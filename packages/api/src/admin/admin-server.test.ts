import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../auth/test-client.js';
import { createContext } from '../context.js';
import { type Caller, createCaller } from '../router.js';
import { type TestUser, useApi } from '../test-support.js';

const t = useApi();
let admin: TestUser;
let somebody: TestUser;
beforeAll(async () => {
  [admin, somebody] = [await t.user({ role: 'admin' }), await t.user()];
});

const db = () => t.services().db;
const CANARY = 'canary of a statement';

describe('the variables of the server', () => {
  it('are shown to administrators by name and place', async () => {
    const services = t.services();
    const variables = [
      { name: 'JWT_SECRET', group: 'Accounts', source: 'file', isSecret: true },
      { name: 'PORT', group: 'Application', source: 'default', isSecret: false },
    ] as const;
    const config = { ...services.config, variables };
    const as = ({ id: userId, sessionId }: TestUser, role: 'admin' | 'user'): Caller =>
      createCaller(
        createContext({ ...services, config }, t.request(), async () => ({
          userId,
          sessionId,
          role,
        })),
      );
    expect(await as(admin, 'admin').admin.server.variables()).toEqual(variables);
    expect(await codeOf(as(somebody, 'user').admin.server.variables())).toBe('forbidden');
  });
});

describe('slow queries', () => {
  it('say what is missing, and then which statements take the time, without their values', async () => {
    const ask = () => admin.api.admin.server.slowQueries({ by: 'total' });
    expect(await ask()).toEqual({ state: 'not_created', since: null, queries: [] });
    expect(await codeOf(somebody.api.admin.server.slowQueries({ by: 'total' }))).toBe('forbidden');
    const { rows: rights } = await db().execute<{ all: boolean }>(
      sql`select rolsuper as all from pg_roles where rolname = current_user`,
    );
    if (!rights[0]?.all) return;
    await db().execute(sql`create extension pg_stat_statements`);
    const { rows } = await db().execute<{ on: boolean }>(
      sql`select current_setting('shared_preload_libraries') like '%pg_stat_statements%' as on`,
    );
    if (!rows[0]?.on) {
      expect(await ask()).toEqual({ state: 'not_loaded', since: null, queries: [] });
      return;
    }
    const role = `canary_${process.pid}_${Date.now()}`;
    await db().execute(sql.raw(`create role ${role} password '${CANARY}'`));
    await db().execute(sql.raw(`drop role ${role}`));
    await db().execute(sql.raw(`select id from articles where title = '${CANARY}'`));
    const found = await ask();
    expect(found.state).toBe('on');
    expect(found.since).toBeInstanceOf(Date);
    const texts = found.queries.map(({ text }) => text);
    expect(texts.length).toBeLessThanOrEqual(30);
    expect(texts.every((text) => /^\s*(select|insert|update|delete|with)\b/i.test(text))).toBe(
      true,
    );
    expect(JSON.stringify(found)).not.toContain(CANARY);
    const times = found.queries.map(({ totalMs }) => totalMs);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    const byMean = await admin.api.admin.server.slowQueries({ by: 'mean' });
    const means = byMean.queries.map(({ meanMs }) => meanMs);
    expect(means).toEqual(means.toSorted((a, b) => b - a));
    // It is there, with a gap where its value was.
    const all = await db().execute<{ query: string }>(
      sql`select query from pg_stat_statements where query like 'select id from articles where title%'`,
    );
    expect(all.rows.map(({ query }) => query)).toContain(
      'select id from articles where title = $1',
    );
  });
});

describe('the use of indexes', () => {
  it('tells those that are looked up in from those that only cost; rules are none of them', async () => {
    const use = () => admin.api.admin.server.indexes();
    await db().transaction(async (tx) => {
      await tx.execute(sql`set local enable_seqscan = off`);
      await tx.execute(sql`select email from users where id = ${somebody.id}`);
    });
    await expect
      .poll(async () => (await use()).used.map(({ name }) => name), { timeout: 15_000 })
      .toContain('users_pkey');
    const { unused, used, count } = await use();
    expect(count).toBeGreaterThan(unused.length);
    expect(unused.length).toBeGreaterThan(0);
    expect(unused.every(({ scans, bytes }) => scans === 0 && bytes > 0)).toBe(true);
    expect(used.every(({ scans }) => scans > 0)).toBe(true);
    const { rows } = await db().execute<{ name: string }>(
      sql`select indexrelid::regclass::text as name from pg_index where indisunique`,
    );
    const rules = new Set(rows.map(({ name }) => name));
    expect(unused.filter(({ name }) => rules.has(name))).toEqual([]);
    expect(await codeOf(somebody.api.admin.server.indexes())).toBe('forbidden');
  });
});
