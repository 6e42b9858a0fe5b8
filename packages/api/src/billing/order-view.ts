import { type Order, orderStartSchema } from '@ainotebook/contract';
import type { Db } from '@ainotebook/db';
import { PaymentError } from '@ainotebook/payments';
import type { AuthedContext } from '../context.js';
import { AppError } from '../errors.js';
import type { OrderRow } from './order-moves.js';

/** What buying takes of the context. */
export type Buyer = Pick<
  AuthedContext,
  'db' | 'auth' | 'request' | 'config' | 'payments' | 'nudgeJobs'
>;

/** An order as its buyer sees it. */
export function toOrder(row: OrderRow): Order {
  const { id, outTradeNo, planId, subject, period, amountFen, refundedFen, channel, mode, status } =
    row;
  const { expiresAt, scannedAt, paidAt, createdAt } = row;
  const start = status === 'pending' ? orderStartSchema.nullable().parse(row.start) : null;
  const money = { period, amountFen, refundedFen, channel, mode, status, start };
  const leftMs = Math.max(0, expiresAt.getTime() - Date.now());
  const times = { expiresAt, leftMs, isScanned: scannedAt !== null, paidAt, createdAt };
  return { id, outTradeNo, planId, subject, ...money, ...times };
}

/** Channels are asked outside of transactions, which these procedures do not run in. */
export function outside<T extends Pick<Buyer, 'db' | 'payments'>>(ctx: T) {
  return { db: ctx.db as Db, payments: ctx.payments };
}

/** What a channel refuses or does not answer, in the words of the wire. */
export async function asked<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof PaymentError)) throw error;
    throw new AppError('payment_failed', 'The payment service does not work now', {
      cause: error,
    });
  }
}
