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
  paidAt: z.date().nullable(),
  createdAt: z.date(),
});
export type Order = z.infer<typeof orderSchema>;

export const createOrderInput = z.strictObject({
  planId: id,
  period: planPeriodSchema,
  channel: paymentChannelSchema,
  mode: paymentModeSchema,
  /** WeChat's name of the payer, for `jsapi`. */
  openId: line(128).optional(),
});
export type CreateOrderInput = z.infer<typeof createOrderInput>;

export const listOrdersInput = z
  .strictObject({ ...pageInput, statuses: z.array(orderStatusSchema).min(1).max(6).optional() })
  .default({ limit: LIMITS.pageSize });
export type ListOrdersInput = z.infer<typeof listOrdersInput>;

/** An order of anybody; `userId` is null once the account is gone. */
export const adminOrderSchema = orderSchema.omit({ start: true }).extend({ userId: id.nullable() });
export type AdminOrder = z.infer<typeof adminOrderSchema>;

export const refundOrderInput = z.strictObject({
  id,
  amountFen: z.number().int().min(1).max(LIMITS.amountFen),
  reason: line(80).pipe(z.string().min(1)),
});
export type RefundOrderInput = z.infer<typeof refundOrderInput>;
