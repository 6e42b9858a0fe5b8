import { schema, type Tx } from '@ainotebook/db';
import { and, eq, sql } from 'drizzle-orm';
import { audit } from '../audit/audit.js';
import { emitWebhooks } from '../webhooks/emit.js';
import { grantTerm, readMyPlan } from './entitlements.js';
import { queueReconcile } from './order-jobs.js';
import { lockCheckout, moveOrder, type OrderRow } from './order-moves.js';
import { returnSurplus, startRefund } from './refunds.js';

const { auditEvents, payments, users } = schema;

/** Money that the channel says it took, proven. */
export interface ProvenPayment {
  transactionId: string;
  amountFen: number;
}

/**
 * - `granted`: the order is paid and its term given.
 * - `repeat`: known already.
 * - `returned`: paid, but for what was paid already, is had for good, or by nobody we know: it goes back.
 * - `second`: another payment of a paid order; written down, and it goes back.
 * - `mismatch`: not the amount of the order; nothing changed.
 */
export type Settlement = 'granted' | 'repeat' | 'returned' | 'second' | 'mismatch';

/**
 * What a proven payment does to its order: at most one grant a checkout, whoever tells it how often.
 * In the transaction of the caller, who answers the channel after its commit.
 * @throws AppError not_found
 */
export async function settlePayment(
  tx: Tx,
  orderId: string,
  payment: ProvenPayment,
): Promise<Settlement> {
  const { order, others } = await lockCheckout(tx, orderId);
  const [known] = await tx
    .select({ orderId: payments.orderId })
    .from(payments)
    .where(
      and(eq(payments.channel, order.channel), eq(payments.transactionId, payment.transactionId)),
    );
  const isOurs = known === undefined || known.orderId === order.id;
  if (!isOurs || payment.amountFen !== order.amountFen) {
    await noteMismatch(tx, order, payment);
    return 'mismatch';
  }
  if (known) return 'repeat';
  const isFirst = order.status === 'pending' || order.status === 'closed';
  const wasBought = others.some((other) => other.paidAt !== null && other.status !== 'refunded');
  const isSurplus = !isFirst || wasBought || !(await canBeGranted(tx, order));
  const { id, channel } = order;
  const [row] = await tx
    .insert(payments)
    .values({ orderId: id, channel, ...payment, isSurplus })
    .returning({ id: payments.id, amountFen: payments.amountFen });
  if (!row) throw new Error('the insert of a payment returned no row');
  if (!isFirst) {
    await note(tx, order, { action: 'order.paid_twice', payment });
    await returnSurplus(tx, order, row);
    return 'second';
  }
  const why = order.status === 'closed' ? { why: 'late' } : {};
  const paid = await moveOrder(tx, order, { to: 'paid', ...why });
  if (isSurplus || order.userId === null) {
    const reason = reasonOf(order, wasBought);
    await startRefund(tx, paid, { amountFen: paid.amountFen, reason }, { actorId: null });
    return 'returned';
  }
  const { userId, planId, versionId, period } = order;
  for (const other of others) {
    if (other.status !== 'pending') continue;
    await queueReconcile(tx, other.id, { delayMs: 0, isReplaced: true });
  }
  const source = { orderId: order.id };
  await grantTerm(tx, { userId, planId, versionId, period, source }, { actorId: null });
  await tellOfPaid(tx, userId, paid);
  return 'granted';
}

/** The buyer, and who keeps the shop. */
async function tellOfPaid(tx: Tx, buyerId: string, order: OrderRow): Promise<void> {
  const { id: orderId, outTradeNo, planId, period, amountFen, channel } = order;
  const admins = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.role, 'admin'), eq(users.status, 'active')));
  const userIds = new Set([buyerId, ...admins.map(({ id }) => id)]);
  const data = { orderId, outTradeNo, planId, period, amountFen, channel };
  await emitWebhooks(tx, [...userIds], [{ type: 'order.paid', data }]);
}

/** Whether its term would give anything: to somebody who is there and does not have the plan for good. */
async function canBeGranted(tx: Tx, { userId, planId }: OrderRow): Promise<boolean> {
  if (userId === null) return false;
  const { plans } = await readMyPlan(tx, userId);
  return !plans.some((plan) => plan.planId === planId && plan.endsAt === null);
}

function reasonOf(order: OrderRow, wasBought: boolean): string {
  if (order.userId === null) return 'account deleted';
  return wasBought ? 'paid twice' : 'had for good';
}

/** Once for each transaction: it may be told of every half hour. */
async function noteMismatch(tx: Tx, order: OrderRow, payment: ProvenPayment): Promise<void> {
  const [known] = await tx
    .select({ id: auditEvents.id })
    .from(auditEvents)
    .where(
      and(
        eq(auditEvents.subjectType, 'order'),
        eq(auditEvents.subjectId, order.id),
        eq(auditEvents.action, 'order.mismatch'),
        sql`${auditEvents.detail} ->> 'transactionId' = ${payment.transactionId}`,
      ),
    )
    .limit(1);
  if (!known) await note(tx, order, { action: 'order.mismatch', payment });
}

async function note(
  tx: Tx,
  order: OrderRow,
  { action, payment }: { action: 'order.mismatch' | 'order.paid_twice'; payment: ProvenPayment },
): Promise<void> {
  const { amountFen, transactionId } = payment;
  await audit(tx, {
    actorId: null,
    action,
    subjectType: 'order',
    subjectId: order.id,
    detail: { status: order.status, expectedFen: order.amountFen, amountFen, transactionId },
  });
}
