import { useTestDatabase } from '@ainotebook/testkit';
import pg from 'pg';
import { expect, it } from 'vitest';
import { checkDatabase } from './database.js';

const database = useTestDatabase();

it('looks at a database as the ordinary account that the guide makes', async () => {
  const role = `ordinary_${process.pid}_${Date.now()}`;
  const keeper = new pg.Client(database.url);
  await keeper.connect();
  await keeper.query(`create role ${role} login password 'of an ordinary account'`);
  const url = new URL(database.url);
  url.username = role;
  url.password = 'of an ordinary account';
  const client = new pg.Client(url.href);
  try {
    await client.connect();
    const found = await checkDatabase(client);
    expect(found[0]).toMatchObject({ check: 'database', status: 'ok' });
    await client.end();
  } finally {
    await keeper.query(`drop role ${role}`);
    await keeper.end();
  }
});
