import { type Db, schema, type Tx } from '@ainotebook/db';
import type { PaymentChannel } from '@ainotebook/payments';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Services } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { nextCheckMs } from './order-jobs.js';
import { lockOrder, moveOrder, type OrderRow } from './order-moves.js';
import { settlePayment } from './settle.js';

const { orders } = schema;

/** The channel of an order or a checkout. @throws AppError payment_off */
export function requireChannel(
  payments: Services['payments'],
  name: keyof Services['payments'],
): PaymentChannel {
  const channel = payments[name];
  if (!channel) throw new AppError('payment_off', 'This way to pay is not set up here');
  return channel;
}

/**
 * Asks the channel about a pending order and does what follows: settles what was paid, closes what is
 * over, and only once the channel says that it takes no money any more.
 * @returns milliseconds until it should be asked again; null when the order is pending no more
 * @throws AppError payment_off, not_found; PaymentError
 */
export async function reconcileOrder(
  { db, payments }: { db: Db; payments: Services['payments'] },
  orderId: string,
  { mustClose }: { mustClose: boolean },
): Promise<number | null> {
  const [row] = await db
    .select({
      order: orders,
      ageMs: sql<number>`extract(epoch from now() - ${orders.createdAt}) * 1000`.mapWith(Number),
      isOver: sql<boolean>`${orders.expiresAt} <= now()`,
    })
    .from(orders)
    .where(eq(orders.id, orderId));
  if (!row) throw notFound('Order');
  const { order, ageMs, isOver } = row;
  if (order.status !== 'pending') return null;
  const channel = requireChannel(payments, order.channel);
  if (await settleAsked(db, channel, order)) return null;
  if (!isOver && !mustClose) return nextCheckMs(ageMs);
  const ended = await channel.close(order.outTradeNo);
  if (ended === 'not_open') {
    // Paid between the question and the closing.
    return (await settleAsked(db, channel, order)) ? null : nextCheckMs(ageMs);
  }
  await closeOrder(db, orderId);
  return null;
}

/** @returns whether the order is pending no more */
async function settleAsked(db: Db, channel: PaymentChannel, order: OrderRow): Promise<boolean> {
  const state = await channel.query(order.outTradeNo);
  switch (state.kind) {
    case 'paid': {
      const { transactionId, amountFen } = state;
      const payment = { transactionId, amountFen };
      const settled = await db.transaction((tx) => settlePayment(tx, order.id, payment));
      return settled !== 'mismatch';
    }
    // Given back by the merchant before we knew that it was paid: nothing is owed.
    case 'returned':
    case 'closed':
      await closeOrder(db, order.id);
      return true;
    case 'scanned':
      await noteScan(db, order.id);
      return false;
    case 'open':
    case 'absent':
      return false;
  }
}

/** Writes down when the payer was first seen at it; again is harmless. */
export async function noteScan(db: Db | Tx, orderId: string): Promise<void> {
  await db
    .update(orders)
    .set({ scannedAt: sql`now()` })
    .where(and(eq(orders.id, orderId), isNull(orders.scannedAt)));
}

/** Closes an order that its channel takes no money for; again is harmless. */
export async function closeOrder(db: Db, orderId: string): Promise<void> {
  await db.transaction(async (tx) => {
    const order = await lockOrder(tx, orderId);
    // A notice may have come meanwhile.
    if (order.status === 'pending') await moveOrder(tx, order, { to: 'closed' });
  });
}
