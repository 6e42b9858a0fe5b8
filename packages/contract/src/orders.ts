import { z } from 'zod';
import { planPeriodSchema } from './billing.js';
import { id, line, pageInput } from './common.js';
import { LIMITS } from './limits.js';

export const paymentChannelSchema = z.enum(['alipay', 'wechat']);
/** By a code, on the channel's page (desktop or telephone), or inside WeChat. */
export const paymentModeSchema = z.enum(['qr', 'page', 'mobile', 'jsapi']);
export type PaymentMode = z.infer<typeof paymentModeSchema>;
export const paymentChannelInfoSchema = z.object({
  name: paymentChannelSchema,
  modes: z.array(paymentModeSchema),
  /**
   * Where WeChat's own browser goes first, for `jsapi`: it comes back to `/pricing` with a `code` and the `state`
   * that was set in this address. Null where there is no such mode.
   */
  payerUrl: z.url().nullable(),
});
export type PaymentChannelInfo = z.infer<typeof paymentChannelInfoSchema>;

export const orderStatusSchema = z.enum([
  'pending',
  'paid',
  'closed',
  'refunding',
  'partially_refunded',
  'refunded',
]);

/** How the payer goes on: a code to draw, an address to open, or what WeChat's bridge is handed. */
export const orderStartSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('qr'), codeUrl: z.string() }),
  z.object({ kind: z.literal('redirect'), url: z.string() }),
  z.object({ kind: z.literal('jsapi'), params: z.record(z.string(), z.string()) }),
]);

/** Money in whole fen of CNY. */
export const orderSchema = z.object({
  id,
  /** The order's number, as the channel's bill has it too. */
  outTradeNo: z.string(),
  planId: id,
  /** What was bought, as it was called then. */
  subject: z.string(),
  period: planPeriodSchema,
  amountFen: z.number().int(),
  refundedFen: z.number().int(),
  channel: paymentChannelSchema,
  mode: paymentModeSchema,
  status: orderStatusSchema,
  /** While it is pending. */
  start: orderStartSchema.nullable(),
  expiresAt: z.date(),
  /** Milliseconds until then by the server's clock, not below 0: clocks of devices are wrong by minutes. */
  leftMs: z.number().int(),
  /** The payer has scanned the code or opened the channel's page; not every channel tells. */
  isScanned: z.boolean(),
  paidAt: z.date().nullable(),
  createdAt: z.date(),
});
export type Order = z.infer<typeof orderSchema>;

export const createOrderInput = z.strictObject({
  planId: id,
  period: planPeriodSchema,
  channel: paymentChannelSchema,
  mode: paymentModeSchema,
  /** The `code` with which WeChat's browser came back (`payerUrl`), for `jsapi`; good once. */
  payerCode: line(512).optional(),
});
export type CreateOrderInput = z.infer<typeof createOrderInput>;

export const listOrdersInput = z
  .strictObject({ ...pageInput, statuses: z.array(orderStatusSchema).min(1).max(6).optional() })
  .default({ limit: LIMITS.pageSize });
export type ListOrdersInput = z.infer<typeof listOrdersInput>;

/** An order of anybody; `userId` is null once the account is gone. */
export const adminOrderSchema = orderSchema
  .omit({ start: true, leftMs: true, isScanned: true })
  .extend({ userId: id.nullable() });
export type AdminOrder = z.infer<typeof adminOrderSchema>;

export const refundOrderInput = z.strictObject({
  id,
  amountFen: z.number().int().min(1).max(LIMITS.amountFen),
  reason: line(80).pipe(z.string().min(1)),
});
export type RefundOrderInput = z.infer<typeof refundOrderInput>;

/**
 * Something that a channel's bill and our ledger do not both say: `absent` here, `unbilled` there, or of
 * another `amount`.
 */
export const billDifferenceSchema = z.object({
  kind: z.enum(['absent', 'unbilled', 'amount']),
  movement: z.enum(['payment', 'refund']),
  outTradeNo: z.string(),
  /** The channel's number of a payment, ours of a refund. */
  number: z.string(),
  billedFen: z.number().int().nullable(),
  ledgerFen: z.number().int().nullable(),
});
export type BillDifference = z.infer<typeof billDifferenceSchema>;

/** A day's bill of a channel beside our ledger. */
export const billComparisonSchema = z.object({
  channel: paymentChannelSchema,
  /** Of Beijing: `2026-03-01`. */
  day: z.iso.date(),
  paidFen: z.number().int(),
  returnedFen: z.number().int(),
  differenceCount: z.number().int(),
  /** The first hundred. */
  differences: z.array(billDifferenceSchema.extend({ orderId: id.nullable() })),
  /** When an administrator had looked into them. */
  seenAt: z.date().nullable(),
  createdAt: z.date(),
});
export type BillComparison = z.infer<typeof billComparisonSchema>;
export const markBillSeenInput = z.strictObject({
  channel: paymentChannelSchema,
  day: z.iso.date(),
});
export type MarkBillSeenInput = z.infer<typeof markBillSeenInput>;
