import type { UsageFeature, UsageOutcome } from '@ainotebook/contract';
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  date,
  index,
  integer,
  pgTable,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { instant, primaryId, timestamps } from './columns.js';
import { users } from './users.js';

const microYuan = (name: string) => bigint(name, { mode: 'number' });
const tokens = (name: string) => integer(name).notNull().default(0);

/** Calls of models and search engines. While one is open its row holds what it took so far. */
export const usageRecords = pgTable(
  'usage_records',
  {
    id: primaryId(),
    /** Null once the account is gone: what was spent stays spent. */
    userId: uuid('user_id').references(() => users.id, { onDelete: 'set null' }),
    feature: text('feature').$type<UsageFeature>().notNull(),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    outcome: text('outcome').$type<UsageOutcome>().notNull().default('open'),
    /** With the cached ones. */
    inputTokens: tokens('input_tokens'),
    cachedTokens: tokens('cached_tokens'),
    /** With those of the reasoning. */
    outputTokens: tokens('output_tokens'),
    reasoningTokens: tokens('reasoning_tokens'),
    /** Counted by us, because the provider did not say. */
    isEstimated: boolean('is_estimated').notNull().default(true),
    /** Null where no price is known. */
    costMicroYuan: microYuan('cost_micro_yuan'),
    /** The first day of the month whose budget it is of. */
    month: date('month').notNull(),
    /** What was set aside for it; nothing once it is over. */
    reservedTokens: tokens('reserved_tokens'),
    reservedMicroYuan: microYuan('reserved_micro_yuan').notNull().default(0),
    /** When the process that asks last said that it does. */
    aliveAt: instant('alive_at').notNull().defaultNow(),
    /** Its place among those that wait for their turn, the earliest first; null once it is asked. */
    turnAt: instant('turn_at'),
    /** How long it took; null while it is open. */
    ms: integer('ms'),
    ...timestamps,
  },
  (t) => [
    index('idx_usage_records_user_id').on(t.userId, t.createdAt),
    index('idx_usage_records_created_at').on(t.createdAt),
    index('idx_usage_records_open').on(t.userId, t.aliveAt).where(sql`outcome = 'open'`),
    check(
      'usage_records_reserved',
      sql`${t.outcome} = 'open' or (${t.reservedTokens} = 0 and ${t.reservedMicroYuan} = 0)`,
    ),
  ],
);

/** Sums of `usage_records` by month: a budget is decided on one row, under its lock. */
export const usageMonths = pgTable(
  'usage_months',
  {
    /** Null: everybody together. */
    userId: uuid('user_id').references(() => users.id, { onDelete: 'cascade' }),
    /** Its first day. */
    month: date('month').notNull(),
    tokens: bigint('tokens', { mode: 'number' }).notNull().default(0),
    microYuan: microYuan('micro_yuan').notNull().default(0),
    /** Set aside for calls that are open. */
    reservedTokens: bigint('reserved_tokens', { mode: 'number' }).notNull().default(0),
    reservedMicroYuan: microYuan('reserved_micro_yuan').notNull().default(0),
  },
  (t) => [
    unique('usage_months_user_id').on(t.userId, t.month).nullsNotDistinct(),
    check(
      'usage_months_amounts',
      sql`${t.tokens} >= 0 and ${t.microYuan} >= 0 and ${t.reservedTokens} >= 0 and ${t.reservedMicroYuan} >= 0`,
    ),
  ],
);
