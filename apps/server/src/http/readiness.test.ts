import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  createTestDatabase,
  describeWithRedis,
  type FaultProxy,
  keeperUrl,
  type S3StandIn,
  type SmtpStandIn,
  startFaultProxy,
  startOwnRedis,
  startS3,
  startSmtp,
} from '@ainotebook/testkit';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Command, command, freePort } from '../process-support.js';
import { send } from '../test-support.js';

/** What is seen from outside while one thing is as it is. */
interface Seen {
  health: string;
  ready: string;
  /** What `/ready` complains of. */
  names: string;
  reading: string;
  saving: string;
}

const WELL: Seen = {
  health: '200 ok',
  ready: '200 ok',
  names: '',
  reading: 'works',
  saving: 'works',
};
const degraded = (names: string): Seen => ({ ...WELL, ready: '200 degraded', names });
const BUSY = '503 unavailable';
const NO_DATABASE: Seen = {
  health: '200 error',
  ready: '503 unavailable',
  names: 'database down, migrations unknown, jobs waiting',
  reading: BUSY,
  saving: BUSY,
};
const STARTING: Seen = {
  health: '503 starting',
  ready: '503 starting',
  names: '',
  reading: '503 starting',
  saving: '503 starting',
};

/** Each way of a piece: far longer than Redis is waited for in a request, and nothing to PostgreSQL. */
const SLOW = { latency: 300 };
const HUNG = { timeout: 'both' } as const;
const DOWN = { isDown: true };

/** Rows of docs/readiness.md, and what has to be seen. */
const rows: { what: string; state: string; seen: Seen }[] = [];

const fieldsOf = (text: string): Record<string, unknown> => {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
};

async function ask(base: string, address: string): Promise<{ says: string; text: string }> {
  const { status, text } = await send(base, { path: address });
  const word = text === 'Starting\n' ? 'starting' : fieldsOf(text).status;
  return { says: `${status} ${word}`, text };
}

/** What `/ready` says of itself where something is not as it should be. */
function namesIn(text: string): string {
  const info = fieldsOf(text).info as Record<string, { status: string }> | undefined;
  return Object.entries(info ?? {})
    .filter(([, { status }]) => !['up', 'off', 'configured'].includes(status))
    .map(([name, { status }]) => `${name} ${status}`)
    .join(', ');
}

async function outcomeOf(call: ReturnType<typeof send>): Promise<string> {
  const { status, text } = await call;
  if (status === 200) return 'works';
  const error = fieldsOf(text).error as { json?: { data?: { appCode?: string } } } | undefined;
  return `${status} ${text === 'Starting\n' ? 'starting' : error?.json?.data?.appCode}`;
}

describeWithRedis('what /health and /ready say', () => {
  let server: Command;
  let base: string;
  let token: string;
  let articleId: string;
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  const redis: Awaited<ReturnType<typeof startOwnRedis>>[] = [];
  let postgres: FaultProxy;
  let cache: FaultProxy;
  let queue: FaultProxy;
  let queueKeeper: Redis;
  let s3: S3StandIn;
  let smtp: SmtpStandIn;
  const cwd = mkdtempSync(path.join(tmpdir(), 'ainotebook-ready-'));
  const portOf = (url: string | undefined) => Number(new URL(url ?? '').port);

  const call = (procedure: string, input: unknown) =>
    send(base, {
      method: 'POST',
      path: `/api/trpc/${procedure}`,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ json: input }),
    });
  const read = () =>
    send(base, {
      path: `/api/trpc/articles.get?input=${encodeURIComponent(JSON.stringify({ json: { id: articleId } }))}`,
      headers: { authorization: `Bearer ${token}` },
    });
  async function look(at = base): Promise<Seen> {
    const [health, ready] = [await ask(at, '/health'), await ask(at, '/ready')];
    return {
      health: health.says,
      ready: ready.says,
      names: namesIn(ready.text),
      reading: await outcomeOf(read()),
      saving: await outcomeOf(call('articles.create', { title: 'seen' })),
    };
  }
  const query = async (text: string) => {
    const client = new pg.Client(database.url);
    await client.connect();
    await client.query(text).finally(() => client.end());
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    redis.push(await startOwnRedis(), await startOwnRedis());
    queueKeeper = new Redis(keeperUrl(redis[1]?.url ?? ''));
    postgres = await startFaultProxy(portOf(database.url));
    cache = await startFaultProxy(portOf(redis[0]?.url));
    queue = await startFaultProxy(portOf(redis[1]?.url));
    s3 = await startS3();
    smtp = await startSmtp();
    const env = {
      DATABASE_URL: postgres.through(database.url),
      REDIS_URL: cache.through(redis[0]?.url ?? ''),
      REDIS_QUEUE_URL: queue.through(redis[1]?.url ?? ''),
      // A silent database is given up two seconds later.
      PG_STATEMENT_TIMEOUT_MS: '3000',
      S3_ENDPOINT: s3.endpoint,
      S3_REGION: s3.region,
      S3_BUCKET: s3.bucket,
      AWS_ACCESS_KEY_ID: s3.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
      S3_FORCE_PATH_STYLE: 'true',
      SMTP_URL: smtp.url,
      MAIL_FROM: 'Notes <notes@example.org>',
    };
    const start = async () => {
      const port = await freePort();
      base = `http://127.0.0.1:${port}`;
      return command(['serve'], { ...env, PORT: String(port) }, { cwd });
    };
    server = await start();
    await server.until(/ready:/);
    const session = await call('auth.register', {
      email: 'ready@example.org',
      password: 'correct horse battery',
      displayName: 'Ready',
      session: 'token',
    });
    token = JSON.parse(session.text).result.data.json.accessToken;
    const made = await call('articles.create', { title: 'first' });
    articleId = JSON.parse(made.text).result.data.json.id;
  }, 90_000);
  afterAll(async () => {
    await Promise.all([postgres.set({}), cache.set({}), queue.set({})]);
    server.child.kill('SIGTERM');
    await server.ended;
    queueKeeper.disconnect();
    await Promise.all([postgres.close(), cache.close(), queue.close(), s3.stop(), smtp.stop()]);
    for (const one of redis) await one.stop();
    await database.drop();
  }, 60_000);

  /** One row: brought about, seen, healed. */
  function row(
    what: string,
    state: string,
    { set, heal, seen }: { set: () => unknown; heal: () => unknown; seen: Seen },
  ): void {
    rows.push({ what, state, seen });
    it(`${what}: ${state}`, { timeout: 120_000 }, async () => {
      await set();
      try {
        await expect.poll(() => look(), { timeout: 60_000, interval: 100 }).toEqual(seen);
      } finally {
        await heal();
      }
      await expect.poll(() => look(), { timeout: 60_000, interval: 100 }).toEqual(WELL);
    });
  }
  const through = (proxy: () => FaultProxy, toxics: Parameters<FaultProxy['set']>[0]) => ({
    set: () => proxy().set(toxics),
    heal: () => proxy().set({}),
  });

  row('everything', 'there', { set: () => undefined, heal: () => undefined, seen: WELL });

  row('PostgreSQL', 'stopped', { ...through(() => postgres, DOWN), seen: NO_DATABASE });
  row('PostgreSQL', 'hangs', { ...through(() => postgres, HUNG), seen: NO_DATABASE });
  row('PostgreSQL', 'slow, 0.1 s', { ...through(() => postgres, { latency: 50 }), seen: WELL });
  row('the tables', 'of a newer release', {
    set: () =>
      query(`insert into drizzle.__drizzle_migrations (hash, created_at)
      values ('of a later release', 9999999999999)`),
    heal: () => query('delete from drizzle.__drizzle_migrations where created_at = 9999999999999'),
    seen: degraded('migrations newer'),
  });

  row('the cache Redis', 'stopped', {
    ...through(() => cache, DOWN),
    seen: degraded('redis down'),
  });
  row('the cache Redis', 'hangs', { ...through(() => cache, HUNG), seen: degraded('redis down') });
  row('the cache Redis', 'slow, 0.6 s', {
    ...through(() => cache, SLOW),
    seen: degraded('redis down'),
  });

  row('the queue Redis', 'stopped', {
    ...through(() => queue, DOWN),
    seen: degraded('jobs waiting'),
  });
  row('the queue Redis', 'hangs', {
    ...through(() => queue, HUNG),
    seen: degraded('jobs waiting'),
  });
  row('the queue Redis', 'slow, 0.6 s', { ...through(() => queue, SLOW), seen: WELL });
  row('the queue Redis', 'evicts', {
    set: () => queueKeeper.config('SET', 'maxmemory-policy', 'allkeys-lru'),
    heal: () => queueKeeper.config('SET', 'maxmemory-policy', 'noeviction'),
    seen: degraded('jobs waiting'),
  });

  row('the bucket of the files', 'stopped', {
    set: () => s3.down(),
    heal: () => s3.up(),
    seen: WELL,
  });
  row('the bucket of the files', 'hangs', {
    set: () => s3.behave('silent'),
    heal: () => s3.behave('serve'),
    seen: WELL,
  });
  row('the mail server', 'stopped', {
    set: () => smtp.down(),
    heal: () => smtp.up(),
    seen: WELL,
  });
  row('the mail server', 'hangs', {
    set: () => smtp.behave('silent'),
    heal: () => smtp.behave('take'),
    seen: WELL,
  });

  it('names what an operator has to mend', { timeout: 90_000 }, async () => {
    const problem = async () => {
      const { text } = await ask(base, '/ready');
      return (fieldsOf(text).info as { jobs: { problem: string | null } }).jobs.problem;
    };
    const told = { timeout: 30_000, interval: 100 };
    await queueKeeper.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await expect.poll(problem, told).toContain('put "maxmemory-policy noeviction" into');
    await queueKeeper.config('SET', 'maxmemory-policy', 'noeviction');
    await expect.poll(problem, told).toBeNull();
    await queue.set(DOWN);
    await expect.poll(problem, told).toContain('The Redis that holds jobs does not answer');
    await queue.set({});
    await expect.poll(problem, told).toBeNull();
    await postgres.set(DOWN);
    await expect.poll(problem, told).toContain('The database does not answer');
    await postgres.set({});
    await expect.poll(problem, told).toBeNull();
  });

  rows.push({ what: 'the server', state: 'starts', seen: STARTING });
  it('the server: starts', { timeout: 60_000 }, async () => {
    const own = await startFaultProxy(portOf(database.url));
    await own.set(HUNG);
    const port = await freePort();
    const settled = base;
    const young = command(
      ['serve'],
      { DATABASE_URL: own.through(database.url), PORT: String(port) },
      { cwd },
    );
    base = `http://127.0.0.1:${port}`;
    try {
      await expect
        .poll(() => look().catch(() => null), { timeout: 30_000, interval: 20 })
        .toEqual(STARTING);
    } finally {
      base = settled;
      await own.close();
      young.child.kill('SIGTERM');
      await young.ended;
    }
  });

  it('is the table in docs/readiness.md', async () => {
    const cells = rows.map(
      ({ what, state, seen }) =>
        `| ${what} | ${state} | ${seen.health} | ${seen.ready} | ${seen.names || '–'} | ${seen.reading} | ${seen.saving} |`,
    );
    await expect(PAGE(cells.join('\n'))).toMatchFileSnapshot('../../../../docs/readiness.md');
  });
});

const PAGE = (table: string) => `# What /health and /ready say

\`/health\` says that the process lives, and takes requests: it is 200 whatever else is down, so that nobody starts a
process anew for the fault of another. \`/ready\` says whether its requests would succeed: 503 takes it out of a load
balancer. What is only slower without something (\`degraded\`) stays in. Both answer within two seconds, and ask at
most once in 50 ms, however often they are asked.

Each row was brought about on a real server, by a proxy that fails as networks do, and seen from outside
(\`apps/server/src/http/readiness.test.ts\`, which also writes this page: \`vitest run -u\`).

| What | is | \`/health\` | \`/ready\` | \`/ready\` names | Reading a note | Saving one |
|---|---|---|---|---|---|---|
${table}

- PostgreSQL that hangs is told from a slow one after two seconds. A connection on which a statement gets no answer is given
  up two seconds after \`PG_STATEMENT_TIMEOUT_MS\`; who waits for it then reads 503 and comes again.
- Tables of a newer release: a running process goes on, so that an update can replace one process after the other.
  Missing migrations make it 503, and a process of an older release does not start.
- Jobs that wait are in the database; \`problem\` in the answer says which line of which file to change, or who is away.
- Files and mail are not asked: a note can be read and saved without them. A process that was told to end answers 503
  \`draining\` on connections that are still open.
`;
