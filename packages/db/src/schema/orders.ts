import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { bytea, instant, primaryId, timestamps } from './columns.js';
import { plans, planVersions, redemptionCodes } from './plans.js';
import { users } from './users.js';

const CHANNELS = { enum: ['alipay', 'wechat'] } as const;

/**
 * What somebody wants to pay for. It owns its price. Its status is changed by one function only
 * (`moveOrder` of packages/api), and outlives the account.
 */
export const orders = pgTable(
  'orders',
  {
    id: primaryId(),
    userId: uuid('user_id').references(() => users.id, { onDelete: 'set null' }),
    /** Attempts to buy the same thing, one after the other: only one of them is to be paid. */
    checkoutId: uuid('checkout_id').notNull(),
    /** Our number at the channel. */
    outTradeNo: text('out_trade_no').notNull(),
    planId: uuid('plan_id')
      .notNull()
      .references(() => plans.id, { onDelete: 'restrict' }),
    versionId: uuid('version_id')
      .notNull()
      .references(() => planVersions.id, { onDelete: 'restrict' }),
    period: text('period', { enum: ['month', 'year', 'lifetime'] }).notNull(),
    /** Whole fen of CNY. */
    amountFen: integer('amount_fen').notNull(),
    /** Of these, gone back. */
    refundedFen: integer('refunded_fen').notNull().default(0),
    channel: text('channel', CHANNELS).notNull(),
    mode: text('mode', { enum: ['qr', 'page', 'mobile', 'jsapi'] }).notNull(),
    /** What the payer sees at the channel. */
    subject: text('subject').notNull(),
    /** How the payer goes on (`PaymentStart` of packages/payments); null until the channel said it. */
    start: jsonb('start'),
    status: text('status', {
      enum: ['pending', 'paid', 'closed', 'refunding', 'partially_refunded', 'refunded'],
    })
      .notNull()
      .default('pending'),
    expiresAt: instant('expires_at').notNull(),
    /** When the channel first told that the payer is at it. */
    scannedAt: instant('scanned_at'),
    paidAt: instant('paid_at'),
    ...timestamps,
  },
  (t) => [
    uniqueIndex('idx_orders_out_trade_no').on(t.outTradeNo),
    uniqueIndex('idx_orders_open').on(t.userId, t.planId).where(sql`status = 'pending'`),
    index('idx_orders_user_id').on(t.userId, t.createdAt, t.id),
    index('idx_orders_created_at').on(t.createdAt, t.id),
    index('idx_orders_checkout_id').on(t.checkoutId),
    index('idx_orders_plan_id').on(t.planId),
    index('idx_orders_version_id').on(t.versionId),
    check('orders_amount', sql`${t.amountFen} > 0`),
    check('orders_number', sql`${t.outTradeNo} ~ '^[A-Za-z0-9_-]{6,32}$'`),
    check('orders_channel', sql`${t.channel} in ('alipay', 'wechat')`),
    check(
      'orders_status',
      sql`${t.status} in ('pending', 'paid', 'closed', 'refunding', 'partially_refunded', 'refunded')`,
    ),
    check('orders_paid', sql`(${t.status} in ('pending', 'closed')) = (${t.paidAt} is null)`),
    check(
      'orders_refunded',
      sql`case ${t.status}
        when 'refunded' then ${t.refundedFen} = ${t.amountFen}
        when 'partially_refunded' then ${t.refundedFen} > 0 and ${t.refundedFen} < ${t.amountFen}
        when 'refunding' then ${t.refundedFen} >= 0 and ${t.refundedFen} < ${t.amountFen}
        else ${t.refundedFen} = 0 end`,
    ),
  ],
);

/** Money that came in. */
export const payments = pgTable(
  'payments',
  {
    id: primaryId(),
    orderId: uuid('order_id')
      .notNull()
      .references(() => orders.id, { onDelete: 'restrict' }),
    channel: text('channel', CHANNELS).notNull(),
    /** The channel's number. */
    transactionId: text('transaction_id').notNull(),
    amountFen: integer('amount_fen').notNull(),
    /** Paid for what was paid already; goes back. */
    isSurplus: boolean('is_surplus').notNull(),
    /** The day of Beijing in whose bill it was found. */
    billedOn: date('billed_on'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('idx_payments_transaction').on(t.channel, t.transactionId),
    index('idx_payments_order_id').on(t.orderId),
    // What an order was paid with, once.
    uniqueIndex('idx_payments_paid').on(t.orderId).where(sql`not is_surplus`),
    index('idx_payments_created_at').on(t.createdAt),
    check('payments_amount', sql`${t.amountFen} > 0`),
  ],
);

/** What channels told us, as it came; of what was not believed only some, and of that the beginning. */
export const paymentNotices = pgTable(
  'payment_notices',
  {
    id: primaryId(),
    channel: text('channel', CHANNELS).notNull(),
    body: bytea('body').notNull(),
    /** Those that carry a signature. */
    headers: jsonb('headers').notNull(),
    state: text('state', { enum: ['received', 'processed', 'duplicate', 'rejected'] })
      .notNull()
      .default('received'),
    /** Why it was rejected. */
    reason: text('reason'),
    /** As the channel names it; known once it is proven. */
    noticeId: text('notice_id'),
    outTradeNo: text('out_trade_no'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [
    index('idx_payment_notices_created_at').on(t.createdAt, t.id),
    index('idx_payment_notices_out_trade_no').on(t.outTradeNo),
    check(
      'payment_notices_state',
      sql`${t.state} in ('received', 'processed', 'duplicate', 'rejected')`,
    ),
  ],
);

/** Money that goes back. */
export const refunds = pgTable(
  'refunds',
  {
    id: primaryId(),
    orderId: uuid('order_id')
      .notNull()
      .references(() => orders.id, { onDelete: 'restrict' }),
    /** A payment of an order that was paid already; null: what the order was paid with. */
    paymentId: uuid('payment_id').references(() => payments.id, { onDelete: 'restrict' }),
    /** Our number at the channel: the same one again is the same refund. */
    refundNo: text('refund_no').notNull(),
    amountFen: integer('amount_fen').notNull(),
    reason: text('reason').notNull(),
    state: text('state', { enum: ['pending', 'done', 'failed'] })
      .notNull()
      .default('pending'),
    /** The day of Beijing in whose bill it was found. */
    billedOn: date('billed_on'),
    /** When it was known to be done, or given up. */
    finishedAt: instant('finished_at'),
    /** Null when the server itself decided, or the merchant did elsewhere. */
    requestedBy: uuid('requested_by').references(() => users.id, { onDelete: 'set null' }),
    ...timestamps,
  },
  (t) => [
    uniqueIndex('idx_refunds_refund_no').on(t.refundNo),
    // One at a time: the next is decided on when it is known how much went back.
    uniqueIndex('idx_refunds_pending')
      .on(t.orderId)
      .where(sql`state = 'pending' and payment_id is null`),
    // A surplus goes back once, and whole; what failed may be tried again.
    uniqueIndex('idx_refunds_payment_id').on(t.paymentId).where(sql`state <> 'failed'`),
    index('idx_refunds_finished_at').on(t.finishedAt),
    index('idx_refunds_order_id').on(t.orderId),
    index('idx_refunds_requested_by').on(t.requestedBy),
    check('refunds_amount', sql`${t.amountFen} > 0`),
    check('refunds_state', sql`${t.state} in ('pending', 'done', 'failed')`),
    check('refunds_finished', sql`(${t.state} = 'pending') = (${t.finishedAt} is null)`),
  ],
);

/**
 * A term of a plan that somebody has. When it begins follows from those before it
 * (`entitlementsNow` of packages/api).
 */
export const entitlements = pgTable(
  'entitlements',
  {
    id: primaryId(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    planId: uuid('plan_id')
      .notNull()
      .references(() => plans.id, { onDelete: 'restrict' }),
    versionId: uuid('version_id')
      .notNull()
      .references(() => planVersions.id, { onDelete: 'restrict' }),
    period: text('period', { enum: ['month', 'year', 'lifetime'] }).notNull(),
    /** Exactly one of these, or neither and a reason. */
    orderId: uuid('order_id').references(() => orders.id, { onDelete: 'restrict' }),
    codeId: uuid('code_id').references(() => redemptionCodes.id, { onDelete: 'restrict' }),
    /** Why it was given by hand. */
    reason: text('reason'),
    grantedBy: uuid('granted_by').references(() => users.id, { onDelete: 'set null' }),
    grantedAt: instant('granted_at').notNull().defaultNow(),
    revokedAt: instant('revoked_at'),
    ...timestamps,
  },
  (t) => [
    index('idx_entitlements_user_id').on(t.userId, t.grantedAt, t.id),
    // One payment and one code give one term, whatever happens.
    uniqueIndex('idx_entitlements_order_id').on(t.orderId),
    uniqueIndex('idx_entitlements_code_id').on(t.codeId),
    index('idx_entitlements_plan_id').on(t.planId),
    index('idx_entitlements_version_id').on(t.versionId),
    index('idx_entitlements_granted_by').on(t.grantedBy),
    check('entitlements_source', sql`num_nonnulls(${t.orderId}, ${t.codeId}, ${t.reason}) = 1`),
    check('entitlements_period', sql`${t.period} in ('month', 'year', 'lifetime')`),
  ],
);

/** Holders who were told that a plan of theirs ends; once for each end and each number of days. */
export const planReminders = pgTable(
  'plan_reminders',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    planId: uuid('plan_id')
      .notNull()
      .references(() => plans.id, { onDelete: 'cascade' }),
    endsAt: instant('ends_at').notNull(),
    days: integer('days').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.planId, t.endsAt, t.days] }),
    index('idx_plan_reminders_plan_id').on(t.planId),
    index('idx_plan_reminders_ends_at').on(t.endsAt),
  ],
);

/** A day's bill of a channel beside our ledger. */
export const billComparisons = pgTable(
  'bill_comparisons',
  {
    channel: text('channel', CHANNELS).notNull(),
    /** Of Beijing. */
    day: date('day').notNull(),
    paidFen: bigint('paid_fen', { mode: 'number' }).notNull(),
    returnedFen: bigint('returned_fen', { mode: 'number' }).notNull(),
    /** All of them, also where `differences` holds the first only. */
    differenceCount: integer('difference_count').notNull(),
    /** `billDifferenceSchema` of the contract, at most 100. */
    differences: jsonb('differences').notNull(),
    /** When an administrator had looked into them. */
    seenAt: instant('seen_at'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.channel, t.day] }), index('idx_bill_comparisons_day').on(t.day)],
);
