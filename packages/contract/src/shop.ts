import { z } from 'zod';
import { id, line, pageInput } from './common.js';
import { LIMITS } from './limits.js';
import { adminOrderSchema, orderStatusSchema, paymentChannelSchema } from './orders.js';

/** `q`: the beginning of an order's number, a channel's number, or a part of the buyer's e-mail address. */
export const listAllOrdersInput = z
  .strictObject({
    ...pageInput,
    statuses: z.array(orderStatusSchema).min(1).max(6).optional(),
    q: line(100).optional(),
  })
  .default({ limit: LIMITS.pageSize });
export type ListAllOrdersInput = z.infer<typeof listAllOrdersInput>;

/** An order as it stands in a list of everybody's. */
export const listedOrderSchema = adminOrderSchema.extend({
  /** The buyer's e-mail address; null once the account is gone. */
  buyer: z.string().nullable(),
});
export type ListedOrder = z.infer<typeof listedOrderSchema>;

const at = z.date();

/** An order with everything that is known of it, oldest first; 100 of each at most. */
export const orderRecordSchema = listedOrderSchema.extend({
  /** What was written down of it. */
  events: z.array(
    z.object({
      id,
      action: z.string(),
      /** Who did it, by name; null: the server. */
      actor: z.string().nullable(),
      /** Why, and which money, as far as it was written down. */
      why: z.string().nullable(),
      amountFen: z.number().int().nullable(),
      createdAt: at,
    }),
  ),
  payments: z.array(
    z.object({
      /** The channel's number. */
      transactionId: z.string(),
      amountFen: z.number().int(),
      isSurplus: z.boolean(),
      createdAt: at,
    }),
  ),
  refunds: z.array(
    z.object({
      id,
      refundNo: z.string(),
      amountFen: z.number().int(),
      reason: z.string(),
      state: z.enum(['pending', 'done', 'failed']),
      /** It was refused, and can be begun anew. */
      canRetry: z.boolean(),
      createdAt: at,
    }),
  ),
  /** As the channel sent them; the first 16,000 characters of each. */
  notices: z.array(
    z.object({
      id,
      state: z.enum(['received', 'processed', 'duplicate', 'rejected']),
      reason: z.string().nullable(),
      body: z.string(),
      createdAt: at,
    }),
  ),
  /** Settings without which its channel gives nothing back; null: the channel is off. */
  refundNeeds: z.array(z.string()).nullable(),
});
export type OrderRecord = z.infer<typeof orderRecordSchema>;

/** A calendar month in China. Money in whole fen. */
export const revenueMonthSchema = z.object({
  /** `2026-11`. */
  month: z.string(),
  paidFen: z.number().int(),
  /** Gone back in this month, whenever it was paid. */
  refundedFen: z.number().int(),
  orderCount: z.number().int(),
});
export type RevenueMonth = z.infer<typeof revenueMonthSchema>;

/**
 * Something about an order that a person should look at.
 * - `overdue`: its time is over and the channel has not said what became of it.
 * - `refund_waiting`: money should have gone back an hour ago.
 * - `refund_failed`: the channel did not give it back; nobody tries any more.
 * - `mismatch`: other money came than was asked for, in the last 30 days.
 * - `paid_twice`: a second payment for a paid order, in the last 30 days.
 * - `notice_unsettled`: a notice that is believed, and what it says was not done: a fault of the server.
 */
export const orderTroubleSchema = z.object({
  kind: z.enum([
    'overdue',
    'refund_waiting',
    'refund_failed',
    'mismatch',
    'paid_twice',
    'notice_unsettled',
  ]),
  orderId: id,
  outTradeNo: z.string(),
  subject: z.string(),
  amountFen: z.number().int(),
  since: at,
});
export type OrderTrouble = z.infer<typeof orderTroubleSchema>;

/** What does not add up, and notices of the last 30 days that were not believed. */
export const shopReportSchema = z.object({
  /** Newest first; 100 at most. */
  troubles: z.array(orderTroubleSchema),
  rejectedNotices: z.array(
    z.object({
      channel: paymentChannelSchema,
      reason: z.string(),
      count: z.number().int(),
      lastAt: at,
      /** The beginning of the last one, as it came. */
      lastBody: z.string(),
    }),
  ),
});
export type ShopReport = z.infer<typeof shopReportSchema>;
