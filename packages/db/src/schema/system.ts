import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { instant, primaryId, timestamps } from './columns.js';
import { users } from './users.js';

/** Replies of mutations, kept 24 h under the key the client sent. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    path: text('path').notNull(),
    key: text('key').notNull(),
    /** SHA-256 of the canonical input; another input under the same key is refused. */
    inputHash: text('input_hash').notNull(),
    reply: jsonb('reply'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.path, t.key] }),
    index('idx_idempotency_keys_created_at').on(t.createdAt),
  ],
);

/** Effects promised by a committed transaction. Ids only: never secrets or texts. */
export const outbox = pgTable(
  'outbox',
  {
    id: primaryId(),
    topic: text('topic').notNull(),
    payload: jsonb('payload').notNull(),
    /** Two undone rows never share a topic and key. */
    dedupeKey: text('dedupe_key'),
    /** 1 paid, 5 ordinary, 10 batch: smaller first. */
    priority: integer('priority').notNull().default(5),
    /** Runs begun. */
    attempt: integer('attempt').notNull().default(0),
    /** When it is looked at next: when it is due, or later while a queue holds it or a run has it. */
    nextAt: instant('next_at').notNull().defaultNow(),
    /** Due since or from then on, whoever holds it: how long it waits is told by this. */
    dueAt: instant('due_at').notNull().defaultNow(),
    /** The begin of the last run. */
    startedAt: instant('started_at'),
    /** While a run has the row: the end of its lease. */
    runUntil: instant('run_until'),
    /** Whose work it is; may see its progress and cancel it. */
    userId: uuid('user_id').references(() => users.id, { onDelete: 'cascade' }),
    /** What the run last reported. */
    progress: jsonb('progress').$type<{ done: number; total: number | null }>(),
    cancelledAt: instant('cancelled_at'),
    doneAt: instant('done_at'),
    failedAt: instant('failed_at'),
    lastError: text('last_error'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [
    index('idx_outbox_due')
      .on(t.priority, t.nextAt, t.id)
      .where(sql`done_at is null and failed_at is null`),
    index('idx_outbox_done_at').on(t.doneAt).where(sql`done_at is not null`),
    index('idx_outbox_failed_at').on(t.failedAt).where(sql`failed_at is not null`),
    index('idx_outbox_user_id').on(t.userId, t.id).where(sql`user_id is not null`),
    uniqueIndex('idx_outbox_dedupe')
      .on(t.topic, t.dedupeKey)
      .where(sql`done_at is null and failed_at is null and attempt = 0 and dedupe_key is not null`),
    // The dispatcher looks into these three lanes only.
    check('outbox_priority_check', sql`priority in (1, 5, 10)`),
  ],
);

/** An outbox row a consumer has already carried out. */
export const inbox = pgTable(
  'inbox',
  {
    consumer: text('consumer').notNull(),
    outboxId: uuid('outbox_id').notNull(),
    doneAt: instant('done_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.consumer, t.outboxId] }),
    index('idx_inbox_done_at').on(t.doneAt),
  ],
);

/** Outbox rows that failed for good, until somebody looks at them. */
export const deadLetters = pgTable(
  'dead_letters',
  {
    id: primaryId(),
    outboxId: uuid('outbox_id').notNull(),
    topic: text('topic').notNull(),
    payload: jsonb('payload').notNull(),
    attempts: integer('attempts').notNull(),
    error: text('error').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [uniqueIndex('idx_dead_letters_outbox_id').on(t.outboxId)],
);

/** A slot of a schedule that some process has taken: each runs once, however many processes there are. */
export const cronRuns = pgTable(
  'cron_runs',
  {
    name: text('name').notNull(),
    /** The beginning of the slot. */
    slot: instant('slot').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.name, t.slot] }), index('idx_cron_runs_slot').on(t.slot)],
);

/** Sign-ins counted against their limits, where no Redis counts them; the columns are the limiter's. */
export const rateLimits = pgTable(
  'rate_limits',
  {
    key: text('key').primaryKey(),
    points: integer('points').notNull().default(0),
    /** Milliseconds of the epoch. */
    expire: bigint('expire', { mode: 'number' }),
  },
  (t) => [index('idx_rate_limits_expire').on(t.expire)],
);

export const auditEvents = pgTable(
  'audit_events',
  {
    id: primaryId(),
    actorId: uuid('actor_id').references(() => users.id, { onDelete: 'set null' }),
    action: text('action').notNull(),
    subjectType: text('subject_type'),
    subjectId: text('subject_id'),
    ip: text('ip'),
    detail: jsonb('detail'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [
    index('idx_audit_events_created_at').on(t.createdAt, t.id),
    index('idx_audit_events_actor_id').on(t.actorId),
    // What an administrator opens one by one.
    index('idx_audit_events_order').on(t.subjectId).where(sql`subject_type = 'order'`),
  ],
);

export const siteSettings = pgTable('site_settings', {
  key: text('key').primaryKey(),
  value: jsonb('value').notNull(),
  ...timestamps,
});
