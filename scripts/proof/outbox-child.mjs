// A process of the outbox proof: `writer` commits orders, `worker` carries out what follows.
import { setTimeout as sleep } from 'node:timers/promises';
import { createDb } from '@ainotebook/db';
import { createDispatcher, createQueueDelivery, enqueue, handleJob } from '@ainotebook/jobs';
import { sql } from 'drizzle-orm';
import { call, DOCUMENTS, LEASE_MS, poison, reindex, ship } from './outbox-jobs.mjs';
import { seededRandom } from './random.mjs';

const [role, seed] = process.argv.slice(2);
const random = seededRandom(Number(seed));
const { db } = createDb(process.env.DATABASE_URL, { max: 12, min: 0 });

class RolledBack extends Error {}

/** What the outbox replaces: the same work, begun in this process right after the commit. */
async function carryOutNaively(orderId) {
  await sleep(random() * 25);
  await db.execute(sql`insert into naive_effects values (${orderId})`).catch(() => {});
}

async function writeOrders() {
  for (;;) {
    await sleep(random() * 30);
    try {
      const orderId = await db.transaction(async (tx) => {
        const { rows } = await tx.execute(
          sql`insert into proof_orders default values returning id`,
        );
        const id = Number(rows[0].id);
        await enqueue(tx, ship, { orderId: id }, { priority: random() < 0.3 ? 1 : 5 });
        await enqueue(tx, call, { orderId: id }, { priority: 10 });
        if (random() < 0.1) throw new RolledBack();
        return id;
      });
      void carryOutNaively(orderId);
      // A pipe is written to at once: what the parent reads was committed.
      process.stdout.write(`${orderId}\n`);
    } catch {
      // Rolled back on purpose, or the connection was cut: nothing was promised.
    }
  }
}

/** A burst of changes to one document, then it rests: a change that was missed stays missed. */
async function writeDocuments() {
  for (;;) {
    const documentId = 1 + Math.floor(random() * DOCUMENTS);
    for (let change = 0; change < 3; change++) {
      await sleep(random() * 40);
      await db
        .transaction(async (tx) => {
          await tx.execute(
            sql`update documents set version = version + 1 where id = ${documentId}`,
          );
          await enqueue(
            tx,
            reindex,
            { documentId },
            { dedupeKey: String(documentId), priority: 1 },
          );
          // Time for a run of the row that waits already, which must not happen before the commit.
          await sleep(random() * 60);
        })
        .catch(() => {});
    }
  }
}

/** Notes when a run began and ended, by the clock of the database. */
function noted(work) {
  return async (run, payload) => {
    await db.execute(sql`
      insert into runs select id, attempt, topic, ${process.pid}::int, clock_timestamp(), next_at, null
      from outbox where id = ${run.outboxId} and attempt = ${run.attempt}`);
    try {
      // One in ten is slow, so that every fault finds runs under way.
      await sleep(random() * (random() < 0.1 ? 800 : 25));
      await work(run, payload);
    } finally {
      await noteEnd(run);
    }
  };
}

async function noteEnd(run) {
  for (let tries = 0; tries < 5; tries++) {
    try {
      await db.execute(sql`update runs set ended_at = clock_timestamp()
        where outbox_id = ${run.outboxId} and attempt = ${run.attempt}`);
      return;
    } catch {
      await sleep(20);
    }
  }
}

async function work() {
  const handlers = [
    handleJob(
      ship,
      noted((run, { orderId }) =>
        run.once(async (tx) => {
          await tx.execute(sql`insert into effects values (${orderId})`);
          await sleep(random() * 10);
        }),
      ),
    ),
    handleJob(
      call,
      noted(async (run, { orderId }) => {
        await db.execute(sql`insert into calls values (${orderId}, ${run.outboxId})`);
      }),
    ),
    handleJob(
      reindex,
      noted(async (run, { documentId }) => {
        const { rows } = await db.execute(
          sql`select version from documents where id = ${documentId}`,
        );
        await run.once(async (tx) => {
          await tx.execute(sql`update indexed set version = greatest(version, ${rows[0].version})
              where id = ${documentId}`);
        });
      }),
    ),
    handleJob(
      poison,
      noted(async () => {
        process.kill(process.pid, 'SIGKILL');
        await sleep(60_000);
      }),
    ),
  ];
  const redisUrl = process.env.REDIS_QUEUE_URL;
  const options = { db, pollMs: 50, handlers };
  const dispatcher = redisUrl
    ? createQueueDelivery({ ...options, redisUrl, hasWorkers: true, handoverMs: LEASE_MS })
    : createDispatcher(options);
  dispatcher.start();
  process.once('SIGTERM', async () => {
    await dispatcher.stop({ deadlineMs: 10 });
    process.exit(0);
  });
}

if (role === 'writer') {
  await Promise.all([
    ...Array.from({ length: 3 }, writeOrders),
    ...Array.from({ length: 3 }, writeDocuments),
  ]);
} else {
  await work();
}
