import { schema, type Tx } from '@ainotebook/db';
import { and, count, eq, gt, isNull, sql } from 'drizzle-orm';
import { type Actor, audit } from '../audit/audit.js';
import { AppError, notFound } from '../errors.js';
import { revokeTerm } from './entitlements.js';
import { queueRefund } from './order-jobs.js';
import { lockOrder, moveOrder, type OrderRow } from './order-moves.js';

const { payments, refunds } = schema;

export type RefundStatus = typeof refunds.$inferSelect.state;

/** Where a refund may go; the database holds it too (`money.sql`). `failed` to `done`: a channel may still do it. */
const REFUND_MOVES: Record<RefundStatus, readonly RefundStatus[]> = {
  pending: ['done', 'failed'],
  failed: ['done'],
  done: [],
};

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

/**
 * Begins a refund anew that the channel had refused: under another number, for it may have closed the former one.
 * @returns its order. @throws AppError not_found, conflict (it has not failed, or is under way again)
 */
export async function retryRefund(tx: Tx, refundId: string, by: Actor): Promise<OrderRow> {
  const order = await lockOrderOf(tx, refundId);
  const [refund] = await tx.select().from(refunds).where(eq(refunds.id, refundId)).for('update');
  if (refund?.state !== 'failed') {
    throw new AppError('conflict', 'Only a refund that failed is begun anew');
  }
  const { paymentId, amountFen, reason } = refund;
  const isNewer = and(
    eq(refunds.orderId, order.id),
    sql`${refunds.paymentId} is not distinct from ${paymentId}`,
    gt(refunds.createdAt, sql`(select f.created_at from refunds f where f.id = ${refundId})`),
  );
  const [newer] = await tx.select({ id: refunds.id }).from(refunds).where(isNewer).limit(1);
  // Else the same money would go back with every press.
  if (newer) throw new AppError('conflict', 'This refund was begun anew already');
  if (paymentId === null) await startRefund(tx, order, { amountFen, reason }, by);
  else await returnSurplus(tx, order, { id: paymentId, amountFen });
  return order;
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

/** The order of a refund, held: the order first, as everywhere. @throws AppError not_found */
async function lockOrderOf(tx: Tx, refundId: string): Promise<OrderRow> {
  const [which] = await tx
    .select({ orderId: refunds.orderId })
    .from(refunds)
    .where(eq(refunds.id, refundId));
  if (!which) throw notFound('Refund');
  return lockOrder(tx, which.orderId);
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
  const order = await lockOrderOf(tx, refundId);
  const [refund] = await tx.select().from(refunds).where(eq(refunds.id, refundId)).for('update');
  if (!refund || !REFUND_MOVES[refund.state].includes(state)) return false;
  await tx.update(refunds).set({ state, finishedAt: new Date() }).where(eq(refunds.id, refundId));
  const { paymentId, amountFen } = refund;
  if (paymentId !== null) await noteSurplus(tx, order, { state, paymentId, amountFen });
  else if (state === 'done') await bookReturn(tx, order, { amountFen, why: 'done' });
  else if (order.status === 'refunding') {
    const to = order.refundedFen === 0 ? 'paid' : 'partially_refunded';
    await moveOrder(tx, order, { to, event: 'order.refund_failed', why: 'failed' });
  }
  return true;
}

const noteSurplus = (
  tx: Tx,
  order: OrderRow,
  detail: { state: RefundStatus; paymentId: string; amountFen: number },
) =>
  audit(tx, {
    actorId: null,
    action: 'order.surplus_refund',
    subjectType: 'order',
    subjectId: order.id,
    detail: { ...detail, why: detail.state },
  });

/** Money of a locked, paid order that has gone back, whoever sent it. */
async function bookReturn(
  tx: Tx,
  order: OrderRow,
  { amountFen, why }: { amountFen: number; why: string },
): Promise<void> {
  const refundedFen = order.refundedFen + amountFen;
  if (refundedFen > order.amountFen) {
    // Only a person can say what happened: the channel gave back more than it took.
    const detail = { status: order.status, expectedFen: order.amountFen, amountFen: refundedFen };
    const about = { subjectType: 'order', subjectId: order.id, detail } as const;
    return audit(tx, { actorId: null, action: 'order.mismatch', ...about });
  }
  // What was not begun here, or was given up, goes the way of every refund.
  const underWay =
    order.status === 'refunding' ? order : await moveOrder(tx, order, { to: 'refunding', why });
  if (refundedFen === order.amountFen) {
    await moveOrder(tx, underWay, { to: 'refunded', refundedFen, why });
    await revokeTerm(tx, { orderId: order.id }, { actorId: null, reason: 'refunded' });
    return;
  }
  const isPending = and(
    eq(refunds.orderId, order.id),
    eq(refunds.state, 'pending'),
    isNull(refunds.paymentId),
  );
  const [other] = await tx.select({ id: refunds.id }).from(refunds).where(isPending).limit(1);
  const event = 'order.partially_refunded';
  const to = other ? 'refunding' : 'partially_refunded';
  await moveOrder(tx, underWay, { to, event, refundedFen, why });
}

/**
 * Writes down what the merchant gave back in the channel's own console, as the channel says; again is harmless.
 * @throws AppError not_found
 */
export async function bookForeignRefund(
  tx: Tx,
  orderId: string,
  found: { refundNo: string; amountFen: number; transactionId: string | null },
): Promise<void> {
  const { refundNo, amountFen, transactionId } = found;
  const order = await lockOrder(tx, orderId);
  const isIt = and(eq(refunds.orderId, orderId), eq(refunds.refundNo, refundNo));
  const [known] = await tx.select({ id: refunds.id }).from(refunds).where(isIt);
  // One of ours that was given up, or one that was told of before.
  if (known) return void (await finishRefund(tx, known.id, 'done'));
  // Nothing was paid here, so nothing is owed.
  if (order.paidAt === null) return;
  const [payment] = await tx
    .select({ id: payments.id, isSurplus: payments.isSurplus })
    .from(payments)
    .where(and(eq(payments.orderId, orderId), eq(payments.transactionId, transactionId ?? '')));
  const [main] = await tx
    .select({ id: payments.id })
    .from(payments)
    .where(and(eq(payments.orderId, orderId), eq(payments.isSurplus, false)));
  const surplusId = payment?.isSurplus && main ? payment.id : null;
  const [row] = await tx
    .insert(refunds)
    .values({
      orderId,
      paymentId: surplusId,
      refundNo,
      amountFen,
      reason: 'by the merchant',
      state: 'done',
      finishedAt: new Date(),
    })
    .onConflictDoNothing()
    .returning({ id: refunds.id });
  if (!row) return;
  if (surplusId === null) await bookReturn(tx, order, { amountFen, why: 'by the merchant' });
  else await noteSurplus(tx, order, { state: 'done', paymentId: surplusId, amountFen });
}
