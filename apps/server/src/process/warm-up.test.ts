import { createDb, type Database } from '@ainotebook/db';
import { useTestDatabase } from '@ainotebook/testkit';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { takeWarmUp } from './warm-up.js';

const { url } = useTestDatabase();
let database: Database;
beforeAll(() => {
  database = createDb(url, { max: 4 });
});
afterAll(() => database.close());

it('is one process of a release that reads ahead, whichever starts, and again after a while', async () => {
  const { db } = database;
  const aLaterStart = () =>
    db.execute(sql`update cron_runs set slot = slot - interval '10 minutes'`);
  const starts = () => Promise.all([1, 2, 3].map(() => takeWarmUp(db, '1.0:a')));
  expect((await starts()).filter(Boolean)).toHaveLength(1);
  await aLaterStart();
  expect((await starts()).filter(Boolean)).toHaveLength(1);
  // Another release, or the database after a restore, knows nothing of it.
  expect(await takeWarmUp(db, '1.1:a')).toBe(true);
  expect(await takeWarmUp(db, '1.0:b')).toBe(true);
});
