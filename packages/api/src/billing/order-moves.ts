import { schema, type Tx } from '@ainotebook/db';
import { and, asc, eq, sql } from 'drizzle-orm';
import { type Actor, type AuditAction, audit } from '../audit/audit.js';
import { notFound } from '../errors.js';

const { orders } = schema;

export type OrderStatus = typeof orders.$inferSelect.status;
export type OrderRow = typeof orders.$inferSelect;

/**
 * Where an order may go; the database holds it too (`money.sql`). `closed` to `paid`: money that came late is never
 * dropped. `refunding` to itself: the merchant gave a part back elsewhere while ours was under way.
 */
export const ORDER_MOVES: Record<OrderStatus, readonly OrderStatus[]> = {
  pending: ['paid', 'closed'],
  closed: ['paid'],
  paid: ['refunding'],
  refunding: ['paid', 'partially_refunded', 'refunded', 'refunding'],
  partially_refunded: ['refunding'],
  refunded: [],
};

const EVENTS = {
  paid: 'order.paid',
  closed: 'order.closed',
  refunding: 'order.refunding',
  partially_refunded: 'order.partially_refunded',
  refunded: 'order.refunded',
} as const;

/** An order, held to the end of the transaction. @throws AppError not_found */
export async function lockOrder(tx: Tx, id: string): Promise<OrderRow> {
  const [order] = await tx.select().from(orders).where(eq(orders.id, id)).for('update');
  if (!order) throw notFound('Order');
  return order;
}

/**
 * An order and the other attempts to buy the same thing, all held: which of them is paid first is
 * decided by who comes first here. @throws AppError not_found
 */
export async function lockCheckout(
  tx: Tx,
  id: string,
): Promise<{ order: OrderRow; others: OrderRow[] }> {
  const checkout = sql`(select checkout_id from orders where id = ${id})`;
  const rows = await tx
    .select()
    .from(orders)
    .where(eq(orders.checkoutId, checkout))
    .orderBy(asc(orders.id))
    .for('update');
  const order = rows.find((row) => row.id === id);
  if (!order) throw notFound('Order');
  return { order, others: rows.filter((row) => row.id !== id) };
}

/**
 * The only way a status changes: from a locked row, along `ORDER_MOVES`, written down.
 * @throws Error when there is no such move, which is a bug of the caller
 */
export async function moveOrder(
  tx: Tx,
  order: OrderRow,
  move: {
    to: Exclude<OrderStatus, 'pending'>;
    refundedFen?: number;
    /** How it is written down, if not by where it went. */
    event?: AuditAction;
    by?: Actor;
    why?: string;
  },
): Promise<OrderRow> {
  const { to, refundedFen = order.refundedFen, by = { actorId: null }, why } = move;
  const { event = EVENTS[to] } = move;
  if (!ORDER_MOVES[order.status].includes(to)) {
    throw new Error(`An order cannot go from ${order.status} to ${to}`);
  }
  const [row] = await tx
    .update(orders)
    .set({
      status: to,
      refundedFen,
      ...(to === 'paid' && order.paidAt === null ? { paidAt: sql`now()` } : {}),
    })
    .where(and(eq(orders.id, order.id), eq(orders.status, order.status)))
    .returning();
  if (!row) throw new Error('An order was moved without its lock');
  await audit(tx, {
    ...by,
    action: event,
    subjectType: 'order',
    subjectId: order.id,
    detail: {
      from: order.status,
      amountFen: order.amountFen,
      refundedFen,
      ...(why ? { why } : {}),
    },
  });
  return row;
}
