import { sql } from 'drizzle-orm';
import { check, index, integer, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { instant, primaryId, timestamps } from './columns.js';
import { orders } from './orders.js';
import { users } from './users.js';

/**
 * What somebody asked to be invoiced for an order, and what became of it. The invoice itself is made in
 * the merchant's tax system, which keeps it; this goes with the account.
 */
export const invoices = pgTable(
  'invoices',
  {
    id: primaryId(),
    orderId: uuid('order_id')
      .notNull()
      .references(() => orders.id, { onDelete: 'restrict' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    kind: text('kind', { enum: ['personal', 'company'] }).notNull(),
    title: text('title').notNull(),
    /** Of a company: its unified social credit code, or what it has instead. */
    taxNumber: text('tax_number'),
    /** Where it is sent to. */
    email: text('email').notNull(),
    /** What was kept of the order's money when it was asked for; whole fen. */
    amountFen: integer('amount_fen').notNull(),
    status: text('status', { enum: ['requested', 'issued', 'declined'] })
      .notNull()
      .default('requested'),
    /** Of the invoice, or why there is none. */
    answer: text('answer'),
    answeredAt: instant('answered_at'),
    ...timestamps,
  },
  (t) => [
    uniqueIndex('idx_invoices_order_id').on(t.orderId),
    index('idx_invoices_user_id').on(t.userId),
    index('idx_invoices_created_at').on(t.createdAt, t.id),
    check('invoices_kind', sql`${t.kind} in ('personal', 'company')`),
    check('invoices_tax_number', sql`(${t.kind} = 'company') = (${t.taxNumber} is not null)`),
    check('invoices_amount', sql`${t.amountFen} > 0`),
    check('invoices_status', sql`${t.status} in ('requested', 'issued', 'declined')`),
    check(
      'invoices_answered',
      sql`(${t.status} = 'requested') = (${t.answeredAt} is null) and (${t.status} = 'requested') = (${t.answer} is null)`,
    ),
  ],
);
