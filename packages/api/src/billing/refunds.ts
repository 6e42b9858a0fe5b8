import { schema, type Tx } from '@ainotebook/db';
import { count, eq } from 'drizzle-orm';
import { type Actor, audit } from '../audit/audit.js';
import { AppError, notFound } from '../errors.js';
import { revokeTerm } from './entitlements.js';
import { queueRefund } from './order-jobs.js';
import { lockOrder, moveOrder, type OrderRow } from './order-moves.js';

const { refunds } = schema;

/**
 * Begins to give money back for a locked order; the channel is asked after the commit, under a number
 * that stays the same in every attempt.
 * @returns the id of the refund
 * @throws AppError conflict (not paid, or a refund is under way), bad_input (more than is left)
 */
export async function startRefund(
  tx: Tx,
  order: OrderRow,
  refund: { amountFen: number; reason: string },
  by: Actor,
): Promise<string> {
  const { amountFen, reason } = refund;
  if (order.status !== 'paid' && order.status !== 'partially_refunded') {
    throw new AppError('conflict', 'This order has nothing that could be refunded now');
  }
  if (amountFen < 1 || amountFen > order.amountFen - order.refundedFen) {
    throw new AppError('bad_input', 'More than was paid, or than is left of it');
  }
  const id = await insertRefund(tx, order, { amountFen, reason, requestedBy: by.actorId });
  await moveOrder(tx, order, { to: 'refunding', why: reason, by });
  return id;
}

/** Begins to give back a payment of a locked order that was paid already; the order stays as it is. */
export async function returnSurplus(
  tx: Tx,
  order: OrderRow,
  payment: { id: string; amountFen: number },
): Promise<void> {
  const { id: paymentId, amountFen } = payment;
  const refund = { paymentId, amountFen, reason: 'paid twice', requestedBy: null };
  await insertRefund(tx, order, refund);
}

async function insertRefund(
  tx: Tx,
  order: OrderRow,
  refund: Omit<typeof refunds.$inferInsert, 'orderId' | 'refundNo'>,
): Promise<string> {
  const [former] = await tx
    .select({ count: count() })
    .from(refunds)
    .where(eq(refunds.orderId, order.id));
  const refundNo = `${order.outTradeNo}-r${(former?.count ?? 0) + 1}`;
  const [row] = await tx
    .insert(refunds)
    .values({ ...refund, orderId: order.id, refundNo })
    .returning({ id: refunds.id });
  if (!row) throw new Error('the insert of a refund returned no row');
  await queueRefund(tx, row.id);
  return row.id;
}

/**
 * What became of a refund at the channel; again is harmless. What went back whole ends the term.
 * @returns whether it was not known yet. @throws AppError not_found
 */
export async function finishRefund(
  tx: Tx,
  refundId: string,
  state: 'done' | 'failed',
): Promise<boolean> {
  const [which] = await tx
    .select({ orderId: refunds.orderId })
    .from(refunds)
    .where(eq(refunds.id, refundId));
  if (!which) throw notFound('Refund');
  // The order first, as everywhere.
  const order = await lockOrder(tx, which.orderId);
  const [refund] = await tx.select().from(refunds).where(eq(refunds.id, refundId)).for('update');
  if (refund?.state !== 'pending') return false;
  await tx.update(refunds).set({ state }).where(eq(refunds.id, refundId));
  if (refund.paymentId !== null) {
    const { paymentId, amountFen } = refund;
    await audit(tx, {
      actorId: null,
      action: 'order.surplus_refund',
      subjectType: 'order',
      subjectId: order.id,
      detail: { state, paymentId, amountFen },
    });
    return true;
  }
  const refundedFen = order.refundedFen + (state === 'done' ? refund.amountFen : 0);
  const to =
    refundedFen === 0
      ? 'paid'
      : refundedFen === order.amountFen
        ? 'refunded'
        : 'partially_refunded';
  await moveOrder(tx, order, { to, refundedFen, why: state });
  if (to === 'refunded') {
    await revokeTerm(tx, { orderId: order.id }, { actorId: null, reason: 'refunded' });
  }
  return true;
}
