// A process of the views proof: `reader` counts hits, `flusher` brings them to Postgres.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDb } from '@ainotebook/db';
import { sql } from 'drizzle-orm';
import { Redis } from 'ioredis';
import { createViewBuffer } from '../../packages/api/dist/views/view-buffer.js';
import { createViewCounter } from '../../packages/api/dist/views/view-counter.js';
import { countViews, viewDayOf } from '../../packages/api/dist/views/views.service.js';
import { seededRandom } from './random.mjs';

const [role, number, ours, withoutId] = process.argv.slice(2);
const random = seededRandom(Number(number));
const { db } = createDb(process.env.DATABASE_URL, { max: 6, min: 0 });
// Frozen for a second it must not take for lost what Redis has taken.
const redis = new Redis(process.env.REDIS_URL, { commandTimeout: 10_000, maxRetriesPerRequest: 1 });
redis.on('error', () => {});
const bufferOf = (prefix) => createViewBuffer({ redis, prefix, isFull: async () => false });
const buffers = { ours: bufferOf('proof:ours'), withoutId: bufferOf('proof:without-id') };
const day = viewDayOf(new Date());

/** A reader is forgotten in days; here at once, so that only the batch can tell that it was counted. */
async function forget(hits) {
  await db.execute(sql`
    with gone as (
      delete from view_day
      where reader = any(${sql.param(hits.map(({ readerKey }) => readerKey))}::text[])
      returning article_id, reader
    )
    insert into forgotten select article_id, reader from gone on conflict do nothing`);
  await sleep(random() * 15);
}

/** What the buffer replaces: taken out of Redis and then written, or written and then deleted. */
async function flushNaively() {
  const write = async (kind, readers) => {
    await sleep(random() * 40);
    await db.execute(sql`insert into naive select ${kind}::text,
      unnest(${sql.param(readers)}::text[])`);
    await sleep(random() * 15);
  };
  const [[, taken]] = await redis.multi().lrange('naive:take', 0, -1).del('naive:take').exec();
  if (taken.length > 0) await write('take', taken);
  const read = await redis.lrange('naive:write', 0, -1);
  if (read.length > 0) await write('write', read);
  await redis.del('naive:write');
}

async function readForEver(lane) {
  const counters = {
    ours: createViewCounter({ db, buffer: buffers.ours }),
    withoutId: createViewCounter({ db, buffer: buffers.withoutId }),
  };
  const articles = { ours: JSON.parse(ours), withoutId: JSON.parse(withoutId) };
  const any = (list) => list[Math.floor(random() * list.length)];
  for (let n = 0; ; n += 1) {
    const readerKey = `${number}-${lane}-${n}`;
    try {
      const articleId = any(articles.ours);
      await counters.ours.count({ articleId, day, readerKey });
      await counters.withoutId.count({ articleId: any(articles.withoutId), day, readerKey });
      await redis.rpush('naive:take', readerKey);
      await redis.rpush('naive:write', readerKey);
      // A pipe is written to at once: what the parent reads was taken.
      process.stdout.write(`${articleId} ${readerKey}\n`);
    } catch {
      // The connection was cut: nothing was promised.
    }
    if (random() < 0.2) await sleep(random() * 10);
  }
}

async function flushForEver() {
  for (;;) {
    const flushes = [
      buffers.ours.flush(async (part, hits) => {
        await countViews(db, part, hits);
        await forget(hits);
      }),
      buffers.withoutId.flush(async ({ part }, hits) => {
        await countViews(db, { batchId: randomUUID(), part }, hits);
        await forget(hits);
      }),
      flushNaively(),
    ];
    // What a cut connection left comes again with the next turn.
    await Promise.allSettled(flushes);
    await sleep(random() * 20);
  }
}

await Promise.all([redis.ping(), db.execute(sql`select 1`)]);
process.stdout.write('up\n');
await Promise.all(
  role === 'reader' ? Array.from({ length: 6 }, (_, lane) => readForEver(lane)) : [flushForEver()],
);
