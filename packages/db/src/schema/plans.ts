import { sql } from 'drizzle-orm';
import {
  boolean,
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

/** What can be bought. What it holds and costs is in its versions. */
export const plans = pgTable(
  'plans',
  {
    id: primaryId(),
    /** Names the plan in addresses and in settings; never changes. */
    key: text('key').notNull(),
    /** Offered to people; what was sold goes on. */
    isActive: boolean('is_active').notNull().default(true),
    ...timestamps,
  },
  (t) => [uniqueIndex('idx_plans_key').on(t.key)],
);

/** A plan as it was sold at some time; never changed, so that what was bought stays what it was. */
export const planVersions = pgTable(
  'plan_versions',
  {
    id: primaryId(),
    planId: uuid('plan_id')
      .notNull()
      .references(() => plans.id, { onDelete: 'restrict' }),
    /** 1 for the first; the highest is the present one. */
    number: integer('number').notNull(),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    /** `planBenefitsSchema` of the contract. */
    benefits: jsonb('benefits').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [uniqueIndex('idx_plan_versions_plan_id').on(t.planId, t.number)],
);

/** What a term of a version costs. */
export const planPrices = pgTable(
  'plan_prices',
  {
    versionId: uuid('version_id')
      .notNull()
      .references(() => planVersions.id, { onDelete: 'cascade' }),
    period: text('period', { enum: ['month', 'year', 'lifetime'] }).notNull(),
    /** Whole fen of CNY. */
    amountFen: integer('amount_fen').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.versionId, t.period] }),
    check('plan_prices_amount', sql`${t.amountFen} > 0`),
    check('plan_prices_period', sql`${t.period} in ('month', 'year', 'lifetime')`),
  ],
);

/** Codes that were made together. */
export const redemptionBatches = pgTable(
  'redemption_batches',
  {
    id: primaryId(),
    /** What they are for, in the words of who made them. */
    note: text('note').notNull(),
    versionId: uuid('version_id')
      .notNull()
      .references(() => planVersions.id, { onDelete: 'restrict' }),
    period: text('period', { enum: ['month', 'year', 'lifetime'] }).notNull(),
    expiresAt: instant('expires_at').notNull(),
    /** From then on no code of it is taken. */
    revokedAt: instant('revoked_at'),
    createdBy: uuid('created_by').references(() => users.id, { onDelete: 'set null' }),
    ...timestamps,
  },
  (t) => [
    index('idx_redemption_batches_created_at').on(t.createdAt, t.id),
    index('idx_redemption_batches_version_id').on(t.versionId),
    index('idx_redemption_batches_created_by').on(t.createdBy),
    check('redemption_batches_period', sql`${t.period} in ('month', 'year', 'lifetime')`),
  ],
);

/** A code for one term; only its hash is stored, the code is derived from the id. */
export const redemptionCodes = pgTable(
  'redemption_codes',
  {
    id: primaryId(),
    batchId: uuid('batch_id')
      .notNull()
      .references(() => redemptionBatches.id, { onDelete: 'cascade' }),
    hash: text('hash').notNull(),
    redeemedBy: uuid('redeemed_by').references(() => users.id, { onDelete: 'set null' }),
    redeemedAt: instant('redeemed_at'),
  },
  (t) => [
    uniqueIndex('idx_redemption_codes_hash').on(t.hash),
    index('idx_redemption_codes_batch_id').on(t.batchId, t.id),
    index('idx_redemption_codes_redeemed_by').on(t.redeemedBy),
    check('redemption_codes_redeemed', sql`${t.redeemedBy} is null or ${t.redeemedAt} is not null`),
  ],
);
