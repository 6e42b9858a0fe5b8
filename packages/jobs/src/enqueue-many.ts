import { schema, type Tx } from '@ainotebook/db';
import { type SQL, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import type { EnqueueOptions } from './enqueue.js';
import type { Job } from './job.js';

const { outbox } = schema;

/** One payload of a batch. */
export interface EnqueueItem<Payload> {
  payload: Payload;
  /** At most one row of this topic and key waits for its first run. */
  dedupeKey?: string;
}

/** Rows a statement. */
const CHUNK = 1_000;

/** What `enqueue` does with a row that waits already; see there why "do nothing" would not do. */
const TAKE_OVER = sql`on conflict (topic, dedupe_key)
  where done_at is null and failed_at is null and attempt = 0 and dedupe_key is not null
  do update set priority = least(${outbox.priority}, excluded.priority),
    next_at = least(${outbox.nextAt}, excluded.next_at),
    due_at = least(${outbox.dueAt}, excluded.due_at)`;

function asStored<Payload>(job: Job<Payload>, payload: Payload): string {
  const json = JSON.stringify(payload);
  job.payload.parse(JSON.parse(json));
  return json;
}

/**
 * `enqueue` for many payloads, 1,000 a statement, in the order of their dedupe keys.
 * A key given twice is queued once.
 * @throws ZodError when a payload, as JSON, does not fit the job.
 */
export async function enqueueMany<Payload>(
  tx: Tx,
  job: Job<Payload>,
  items: readonly EnqueueItem<Payload>[],
  options: Omit<EnqueueOptions, 'dedupeKey'> = {},
): Promise<void> {
  const { priority = 5, delayMs = 0, ownerId = null } = options;
  const once = new Map(items.map((item) => [item.dedupeKey ?? Symbol('no key'), item]));
  const rows = [...once.values()]
    .map((item) => ({ key: item.dedupeKey ?? null, json: asStored(job, item.payload) }))
    .sort((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : 1));
  for (let at = 0; at < rows.length; at += CHUNK) {
    const chunk = rows.slice(at, at + CHUNK);
    await tx.execute(sql`
      insert into ${outbox} (id, topic, payload, dedupe_key, priority, user_id, next_at, due_at)
      select new.id, ${job.topic}, new.payload, new.dedupe_key, ${priority}, ${ownerId}::uuid,
        now() + ${delayMs} * interval '1 ms', now() + ${delayMs} * interval '1 ms'
      from unnest(
        ${sql.param(chunk.map(() => v7()))}::uuid[],
        ${sql.param(chunk.map((row) => row.json))}::jsonb[],
        ${sql.param(chunk.map((row) => row.key))}::text[]
      ) as new(id, payload, dedupe_key)
      ${TAKE_OVER}`);
  }
}

/**
 * The insert of `enqueue` as a part (`with queued as (...)`) of the statement that makes the change,
 * for changes that must not cost a second round trip. It queues when `source` yields a row; the
 * statement is the transaction.
 * @param source a former part of the same statement, at most one row.
 * @throws ZodError when the payload, as JSON, does not fit the job.
 */
export function enqueuePart<Payload>(
  job: Job<Payload>,
  item: EnqueueItem<Payload>,
  source: SQL,
): SQL {
  return sql`
    insert into ${outbox} (id, topic, payload, dedupe_key)
    select ${v7()}::uuid, ${job.topic}, ${asStored(job, item.payload)}::jsonb,
      ${item.dedupeKey ?? null}::text
    from ${source}
    ${TAKE_OVER}`;
}
