import { describe, expect, it } from 'vitest';
import { createEmptyDatabase, createTestDatabase, useTestDatabase } from './index.js';
import { withClient } from './postgres.js';

const TABLES =
  "select count(*)::int as n from information_schema.tables where table_schema = 'public'";
const count = (url: string, text: string) =>
  withClient(url, async (client) => Number((await client.query(text)).rows[0].n));

describe('the databases of a test run', () => {
  const first = useTestDatabase();
  const second = useTestDatabase();

  it('are migrated', async () => {
    expect(await count(first.url, TABLES)).toBeGreaterThan(10);
  });

  it('do not see each other', async () => {
    await withClient(first.url, (client) => client.query('create table only_here (n int)'));
    const seen = `select count(*) as n from pg_tables where tablename = 'only_here'`;
    expect(await count(first.url, seen)).toBe(1);
    expect(await count(second.url, seen)).toBe(0);
  });

  it('can be had without any schema, and are gone once dropped', async () => {
    const empty = await createEmptyDatabase();
    expect(await count(empty.url, TABLES)).toBe(0);
    await empty.drop();
    await expect(count(empty.url, TABLES)).rejects.toThrow(/does not exist/);
  });

  it('can be made several at once', async () => {
    const made = await Promise.all([1, 2, 3].map(() => createTestDatabase()));
    for (const database of made) expect(await count(database.url, TABLES)).toBeGreaterThan(10);
    await Promise.all(made.map((database) => database.drop()));
  });
});
