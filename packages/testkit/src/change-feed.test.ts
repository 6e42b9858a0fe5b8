import { randomUUID } from 'node:crypto';
import {
  type Change,
  createChangeFeed,
  createDb,
  type Database,
  FIRST_EPOCH,
  pruneChangeLog,
  readCacheEpoch,
  schema,
  snapshotVersion,
} from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import pg from 'pg';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { useTestDatabase } from './index.js';

const { articles, articleTags, notebooks, publications, sessions, slugs, tags, users } = schema;
const database = useTestDatabase();
let open: Database;
beforeAll(() => {
  open = createDb(database.url);
});
afterAll(() => open.close());
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function makeUser(): Promise<string> {
  const id = randomUUID();
  const name = `u${id.replaceAll('-', '').slice(12)}`;
  await open.db
    .insert(users)
    .values({ id, email: `${name}@x.org`, handle: name, displayName: name, passwordHash: 'none' });
  return id;
}

async function makeArticle(userId: string, fields: Partial<typeof articles.$inferInsert> = {}) {
  const id = randomUUID();
  await open.db.insert(articles).values({ id, userId, contentHash: 'none', ...fields });
  return id;
}

/** A running feed with what it has told so far. */
function listen(options: Parameters<typeof createChangeFeed>[1] = {}, on = open) {
  const feed = createChangeFeed(on.pool, { intervalMs: 20, ...options });
  const seen: Change[] = [];
  let proof = Number.NEGATIVE_INFINITY;
  feed.subscribe({
    onChanges: (changes) => void seen.push(...changes),
    onProof: (at) => {
      proof = at;
    },
  });
  feed.start();
  closers.push(() => feed.close());
  return {
    feed,
    seen,
    proof: () => proof,
    /** Waits until everything committed by now has been told. */
    caughtUp: async () => {
      const now = performance.now();
      await expect.poll(() => proof, { timeout: 15_000, interval: 5 }).toBeGreaterThan(now);
    },
    /** The newest version told of a key. */
    newest: (key: string) =>
      seen
        .filter((change) => change.key === key)
        .reduce<Change | undefined>((a, b) => (a && a.ver >= b.ver ? a : b), undefined),
  };
}

it('tells a log that takes longer than the deadline of a poll, as long as it goes on', async () => {
  await open.db.execute(sql`
    insert into cache_inval (key) select 'slug:long-' || n from generate_series(1, 600) n`);
  const feed = createChangeFeed(open.pool, { intervalMs: 20, batch: 20, deadlineMs: 400 });
  const heard = new Set<string>();
  let isProven = false;
  feed.subscribe({
    onChanges: (changes) => {
      for (const { key } of changes) if (key.startsWith('slug:long-')) heard.add(key);
      // Thirty batches of this are well above the deadline, one is well below.
      const until = performance.now() + 40;
      while (performance.now() < until);
    },
    onProof: () => {
      isProven = true;
    },
  });
  feed.start();
  closers.push(() => feed.close());
  await expect.poll(() => isProven, { timeout: 15_000 }).toBe(true);
  expect(heard.size).toBe(600);
});

/** What `work` makes the log say: what is told again while a transaction is open elsewhere is left out. */
async function told(work: () => Promise<unknown>): Promise<Change[]> {
  const listener = listen();
  const nameOf = ({ key, ver, deleted }: Change) => `${key} ${ver} ${deleted}`;
  await listener.caughtUp();
  const before = new Set(listener.seen.map(nameOf));
  await work();
  await listener.caughtUp();
  const unique = new Map(listener.seen.map((change) => [nameOf(change), change]));
  return [...unique].flatMap(([name, change]) => (before.has(name) ? [] : [change]));
}

const keysOf = (changes: Change[]) => [...new Set(changes.map((change) => change.key))].sort();

describe('what the triggers log', () => {
  it('tells of an article and of the lists of its owner', async () => {
    const userId = await makeUser();
    let id = '';
    const made = await told(async () => {
      id = await makeArticle(userId);
    });
    expect(keysOf(made)).toEqual([`article:${id}`, `user:${userId}:articles`]);
    const saved = await told(() =>
      open.db.update(articles).set({ revision: 2, title: 'new' }).where(eq(articles.id, id)),
    );
    const [row] = await open.db.select().from(articles).where(eq(articles.id, id));
    expect(saved.find((change) => change.key === `article:${id}`)).toEqual({
      key: `article:${id}`,
      ver: row?.ver,
      deleted: false,
      scope: `user:${userId}:articles`,
      isQuiet: false,
    });
    const gone = await told(() => open.db.delete(articles).where(eq(articles.id, id)));
    const change = gone.find((one) => one.key === `article:${id}`);
    expect(change?.deleted).toBe(true);
    expect(change?.ver).toBeGreaterThan(row?.ver ?? 0n);
  });

  it('tells of counters and the state of the index quietly', async () => {
    const userId = await makeUser();
    const id = await makeArticle(userId);
    const set = async (values: Partial<typeof articles.$inferInsert>) => {
      const changes = await told(() =>
        open.db.update(articles).set(values).where(eq(articles.id, id)),
      );
      const ofUser = changes.filter(({ key }) => key !== 'publications');
      expect(ofUser.every((change) => change.isQuiet)).toBe(true);
      return keysOf(changes);
    };
    const own = [`article:${id}`, `user:${userId}:articles`];
    expect(await set({ indexedRevision: 1 })).toEqual(own);
    // The lists that visitors see show views.
    expect(await set({ views: 7 })).toEqual([own[0], 'publications', own[1]]);
  });

  it('tells of an article whose tags change, with a new version', async () => {
    const userId = await makeUser();
    const id = await makeArticle(userId);
    const version = async () =>
      (await open.db.select().from(articles).where(eq(articles.id, id)))[0]?.ver;
    const tagId = randomUUID();
    await open.db.insert(tags).values({ id: tagId, userId, name: 'tea' });
    const changes = {
      link: () => open.db.insert(articleTags).values({ articleId: id, tagId }),
      rename: () => open.db.update(tags).set({ name: 'green tea' }).where(eq(tags.id, tagId)),
      remove: () => open.db.delete(tags).where(eq(tags.id, tagId)),
    };
    for (const change of Object.values(changes)) {
      const before = (await version()) ?? 0n;
      const log = await told(change);
      expect(keysOf(log)).toEqual([
        `article:${id}`,
        `user:${userId}:articles`,
        `user:${userId}:tags`,
      ]);
      expect(await version()).toBeGreaterThan(before);
    }
  });

  it('writes an article once that gets its tags where it is made', async () => {
    const userId = await makeUser();
    const id = randomUUID();
    const tagId = randomUUID();
    const log = await told(() =>
      open.db.transaction(async (tx) => {
        await tx.insert(tags).values({ id: tagId, userId, name: 'tea' });
        await tx.insert(articles).values({ id, userId, contentHash: 'none' });
        await tx.insert(articleTags).values({ articleId: id, tagId });
      }),
    );
    expect(log.filter((change) => change.key === `article:${id}`)).toHaveLength(1);
  });

  it('tells of the articles of a notebook that goes, and of all that goes with a user', async () => {
    const userId = await makeUser();
    const notebookId = randomUUID();
    await open.db.insert(notebooks).values({ id: notebookId, userId, name: 'n', position: 'a0' });
    const id = await makeArticle(userId, { notebookId });
    expect(
      keysOf(await told(() => open.db.delete(notebooks).where(eq(notebooks.id, notebookId)))),
    ).toEqual([`article:${id}`, `user:${userId}:articles`, `user:${userId}:notebooks`]);
    const sessionId = randomUUID();
    await open.db
      .insert(sessions)
      .values({ id: sessionId, userId, kind: 'token', expiresAt: new Date() });
    const gone = await told(() => open.db.delete(users).where(eq(users.id, userId)));
    const deleted = gone.filter((change) => change.deleted).map((change) => change.key);
    expect(deleted.sort()).toEqual(
      [`article:${id}`, `session:${sessionId}`, `user:${userId}`].sort(),
    );
  });

  it('tells of what readers see of an author', async () => {
    const userId = await makeUser();
    const id = await makeArticle(userId);
    const scope = `user:${userId}:publications`;
    const publication = {
      articleId: id,
      userId,
      title: '',
      content: '',
      contentHash: '',
      excerpt: '',
      language: 'en' as const,
      wordCount: 0,
      revision: 1,
    };
    const slug = `s-${id}`;
    const published = await told(() =>
      open.db.transaction(async (tx) => {
        await tx.insert(publications).values(publication);
        await tx.insert(slugs).values({ slug, articleId: id, isCurrent: true });
      }),
    );
    expect(keysOf(published)).toEqual([`publication:${id}`, 'publications', `slug:${slug}`, scope]);
    const trashed = await told(() =>
      open.db.update(articles).set({ deletedAt: new Date() }).where(eq(articles.id, id)),
    );
    expect(keysOf(trashed)).toEqual(expect.arrayContaining([scope, 'publications']));
    const renamed = await told(() =>
      open.db.update(users).set({ displayName: 'n' }).where(eq(users.id, userId)),
    );
    expect(keysOf(renamed)).toEqual(['publications', `user:${userId}`, scope]);
    const signedIn = await told(() =>
      open.db.update(users).set({ lastLoginAt: new Date() }).where(eq(users.id, userId)),
    );
    expect(keysOf(signedIn)).toEqual([`user:${userId}`]);
    const gone = await told(() => open.db.delete(articles).where(eq(articles.id, id)));
    expect(keysOf(gone)).toEqual(
      [
        `article:${id}`,
        `publication:${id}`,
        'publications',
        `slug:${slug}`,
        `user:${userId}:articles`,
        scope,
      ].sort(),
    );
  });

  it('tells of nothing that was rolled back', async () => {
    const userId = await makeUser();
    const changes = await told(() =>
      open.db
        .transaction(async (tx) => {
          await tx.insert(notebooks).values({ userId, name: 'n', position: 'a0' });
          tx.rollback();
        })
        .catch(() => undefined),
    );
    expect(changes).toEqual([]);
  });
});

describe('the feed', () => {
  it('misses no commit and no order of versions, however transactions overlap', async () => {
    const userId = await makeUser();
    const ids = await Promise.all(Array.from({ length: 4 }, () => makeArticle(userId)));
    const listener = listen({ intervalMs: 1, batch: 3 });
    const wait = fc.integer({ min: 0, max: 12 });
    const transaction = fc.record({
      article: fc.integer({ min: 0, max: 3 }),
      // The xid is drawn by the first write, before the row is locked.
      afterXid: wait,
      afterWrite: wait,
      isRolledBack: fc.boolean(),
    });
    const committed: { id: string; ver: bigint }[] = [];
    await fc.assert(
      fc.asyncProperty(fc.array(transaction, { minLength: 2, maxLength: 8 }), async (plans) => {
        const mine: { id: string; ver: bigint }[] = [];
        await Promise.all(
          plans.map(async (plan) => {
            const id = ids[plan.article] ?? '';
            // Plain SQL on a connection of its own, as psql would.
            const client = await open.pool.connect();
            try {
              await client.query('begin');
              await client.query('select pg_current_xact_id(), pg_sleep($1 / 1000.0)', [
                plan.afterXid,
              ]);
              const { rows } = await client.query(
                'update articles set revision = revision + 1 where id = $1 returning ver',
                [id],
              );
              await client.query('select pg_sleep($1 / 1000.0)', [plan.afterWrite]);
              await client.query(plan.isRolledBack ? 'rollback' : 'commit');
              if (!plan.isRolledBack) mine.push({ id, ver: BigInt(rows[0].ver) });
            } finally {
              client.release();
            }
          }),
        );
        await listener.caughtUp();
        const told = new Set(listener.seen.map((change) => `${change.key} ${change.ver}`));
        for (const { id, ver } of mine) expect(told).toContain(`article:${id} ${ver}`);
        committed.push(...mine);
      }),
      { numRuns: 40 },
    );
    // The row holds the newest version that was told of it: versions rise in the order of commits.
    for (const id of ids) {
      const [row] = await open.db.select().from(articles).where(eq(articles.id, id));
      expect(listener.newest(`article:${id}`)?.ver).toBe(row?.ver);
    }
    expect(committed.length).toBeGreaterThan(0);
  });

  it('gives a snapshot a version below that of any change it lacks', async () => {
    const userId = await makeUser();
    const scope = `user:${userId}:notebooks`;
    const listener = listen();
    const late = new pg.Client({ connectionString: database.url });
    await late.connect();
    closers.push(() => late.end());
    await late.query('begin');
    await late.query(
      'insert into notebooks (id, user_id, name, position) values ($1, $2, $3, $4)',
      [randomUUID(), userId, 'late', 'a0'],
    );
    await open.db.insert(notebooks).values({ userId, name: 'early', position: 'a1' });
    const read = async () => {
      const rows = await open.db
        .select({ ver: snapshotVersion })
        .from(users)
        .where(eq(users.id, userId));
      return rows[0]?.ver ?? 0n;
    };
    const before = await read();
    await late.query('commit');
    await listener.caughtUp();
    const change = listener.newest(scope);
    expect(before).toBeLessThan(change?.ver ?? 0n);
    // Transactions of other databases of this server hold it back as well, as long as they last.
    await expect.poll(read, { timeout: 15_000 }).toBeGreaterThanOrEqual(change?.ver ?? 0n);
  });

  it('tells a listener the retained log before the first proof, in batches', async () => {
    const userId = await makeUser();
    const made = await Promise.all(Array.from({ length: 7 }, () => makeArticle(userId)));
    const first = listen({ batch: 2 });
    await first.caughtUp();
    // One that comes later is told it all as well.
    const order: string[] = [];
    first.feed.subscribe({
      onChanges: (changes) => void order.push(...changes.map((change) => change.key)),
      onProof: () => void order.push('proof'),
    });
    await expect.poll(() => order).toContain('proof');
    const before = order.slice(0, order.indexOf('proof'));
    expect(before).toEqual(expect.arrayContaining(made.map((id) => `article:${id}`)));
  });

  it('polls soon after a hint', async () => {
    const listener = listen({ intervalMs: 3_600_000 });
    await expect.poll(listener.proof).toBeGreaterThan(0);
    const userId = await makeUser();
    await expect
      .poll(() => {
        listener.feed.nudge();
        return listener.newest(`user:${userId}`);
      })
      .toBeDefined();
  });

  it('gives no proof to a listener that failed, and tells it again', async () => {
    const errors: unknown[] = [];
    const listener = listen({ onError: (error) => void errors.push(error) });
    await listener.caughtUp();
    let isBroken = true;
    const got: string[] = [];
    listener.feed.subscribe({
      onChanges: (changes) => {
        if (isBroken) throw new Error('broken listener');
        got.push(...changes.map((change) => change.key));
      },
      onProof: () => void got.push('proof'),
    });
    const userId = await makeUser();
    await expect.poll(() => errors.length).toBeGreaterThan(0);
    expect(got).toEqual([]);
    isBroken = false;
    await expect.poll(() => got).toContain('proof');
    expect(got).toContain(`user:${userId}`);
  });

  it('goes on when its connection is cut', async () => {
    const listener = listen();
    await listener.caughtUp();
    await open.db
      .execute(sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`)
      .catch(() => undefined);
    const userId = await makeUser().catch(() => makeUser());
    await listener.caughtUp();
    expect(listener.newest(`user:${userId}`)).toBeDefined();
  });

  it('takes no notice of rows that a restore brought from another server', async () => {
    await open.db.execute(
      sql`insert into cache_inval (xid, key) values ('9000000000000000000', 'article:of-the-future')`,
    );
    const listener = listen();
    await listener.caughtUp();
    expect(listener.newest('article:of-the-future')).toBeUndefined();
  });

  it('proves nothing any more once the database was restored under it, and says so once', async () => {
    let restored = 0;
    const listener = listen({ epoch: FIRST_EPOCH, onOtherEpoch: () => (restored += 1) });
    await listener.caughtUp();
    await open.db
      .insert(schema.siteSettings)
      .values({ key: 'cache_epoch', value: { id: 'another' } });
    await expect.poll(() => restored).toBe(1);
    const last = listener.proof();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(listener.proof()).toBe(last);
    expect(restored).toBe(1);
    // A process that starts now knows the new one.
    expect(await readCacheEpoch(database.url)).toBe('another');
    await listen({ epoch: 'another' }).caughtUp();
    await open.db.delete(schema.siteSettings);
    expect(await readCacheEpoch(database.url)).toBe(FIRST_EPOCH);
  });
});

describe('pruneChangeLog', () => {
  it('forgets what is old and keeps the rest', async () => {
    await open.db.execute(sql`insert into cache_inval (key, at) values
      ('old', now() - interval '81 minutes'), ('kept', now() - interval '79 minutes')`);
    expect(await pruneChangeLog(open.db)).toBe(1);
    const listener = listen();
    await listener.caughtUp();
    expect(listener.newest('old')).toBeUndefined();
    expect(listener.newest('kept')).toBeDefined();
  });
});
