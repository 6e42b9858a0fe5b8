import { createDb, type Database, type Db, schema } from '@ainotebook/db';
import { useTestDatabase as testDatabase } from '@ainotebook/testkit';
import { eq, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Dispatcher } from './dispatcher.js';
import type { EnqueueOptions } from './enqueue.js';
import { enqueue } from './enqueue.js';
import type { Job } from './job.js';

const { deadLetters, inbox, outbox, users } = schema;

/** A database of the calling file, with the queue emptied before each test. */
export function jobsFixture() {
  const { url } = testDatabase();
  let database: Database | undefined;
  const db = (): Db => {
    if (!database) throw new Error('jobsFixture() is ready inside tests only');
    return database.db;
  };
  beforeAll(async () => {
    database = createDb(url, { max: 30 });
    await db().execute(sql`create table effects (job uuid not null, attempt int not null)`);
  });
  beforeEach(() => db().execute(sql`truncate outbox, inbox, dead_letters, effects`));
  afterAll(() => database?.close());

  return {
    url,
    db,
    /** Enqueues in a transaction of its own. @throws when a dedupe key swallowed it. */
    add: async <Payload>(job: Job<Payload>, payload: Payload, options?: EnqueueOptions) => {
      const id = await db().transaction((tx) => enqueue(tx, job, payload, options));
      if (id === null) throw new Error('a row with this dedupe key waits already');
      return id;
    },
    /** A user who may own jobs. */
    user: async () => {
      const name = `u${v7().replaceAll('-', '')}`;
      const [row] = await db()
        .insert(users)
        .values({
          id: v7(),
          email: `${name}@example.org`,
          handle: name,
          displayName: name,
          passwordHash: 'none',
        })
        .returning({ id: users.id });
      if (!row) throw new Error('the insert of a user returned no row');
      return row.id;
    },
    rows: () => db().select().from(outbox).orderBy(outbox.id),
    row: async (id: string) => {
      const [found] = await db().select().from(outbox).where(eq(outbox.id, id));
      if (!found) throw new Error(`no outbox row ${id}`);
      return found;
    },
    letters: () => db().select().from(deadLetters).orderBy(deadLetters.id),
    inboxCount: () => db().$count(inbox),
    effectCount: () =>
      db()
        .execute<{ n: number }>(sql`select count(*)::int as n from effects`)
        .then((result) => result.rows[0]?.n),
    /** Moves all undone rows to `seconds` ago, as if that time had passed. */
    age: (seconds: number) =>
      db().execute(
        sql`update outbox set next_at = now() - ${seconds} * interval '1 s',
          due_at = now() - ${seconds} * interval '1 s' where done_at is null`,
      ),
  };
}

/** A promise with its switch. */
export function gate() {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/**
 * Polls until `check` holds. One that cannot be made is no answer: a queue whose connection is just being made refuses to
 * be asked. @throws after fifteen seconds, with what the last check threw.
 */
export async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 15_000;
  let cause: unknown;
  const holds = async () => {
    try {
      return await check();
    } catch (error) {
      cause = error;
      return false;
    }
  };
  while (!(await holds())) {
    if (performance.now() > deadline) {
      throw new Error('nothing happened within fifteen seconds', { cause });
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Stops a dispatcher at the end of a test, so that none outlives its database. */
export async function running<T>(dispatcher: Dispatcher, work: () => Promise<T>): Promise<T> {
  dispatcher.start();
  try {
    return await work();
  } finally {
    await dispatcher.stop({ deadlineMs: 2_000 });
  }
}
