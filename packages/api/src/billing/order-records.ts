import type { ListAllOrdersInput, ListedOrder, OrderRecord } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { and, asc, desc, eq, inArray, or, sql } from 'drizzle-orm';
import type { AuthedContext } from '../context.js';
import { notFound } from '../errors.js';
import { escapeLike } from '../escape-like.js';
import { afterCursor, selectInstantKey, toPage } from '../pagination.js';
import type { OrderRow } from './order-moves.js';
import { toOrder } from './order-view.js';

const { auditEvents, orders, paymentNotices, payments, refunds, users } = schema;

/** Of each kind of record. */
const MOST = 100;
const NOTICE_CHARS = 16_000;

function toListed(row: OrderRow, buyer: string | null): ListedOrder {
  const { start: _, leftMs: _left, ...order } = toOrder(row);
  return { ...order, userId: row.userId, buyer };
}

/** Orders of everybody, newest first. */
export async function listAllOrders(
  ctx: Pick<AuthedContext, 'db'>,
  { limit, cursor, statuses, q }: ListAllOrdersInput,
): Promise<{ items: ListedOrder[]; nextCursor: string | null }> {
  const position = { instant: orders.createdAt, id: orders.id };
  const rows = await ctx.db
    .select({ order: orders, buyer: users.email, key: selectInstantKey(orders.createdAt) })
    .from(orders)
    .leftJoin(users, eq(users.id, orders.userId))
    .where(
      and(
        statuses ? inArray(orders.status, statuses) : undefined,
        q ? isAbout(q) : undefined,
        afterCursor('desc', position, cursor),
      ),
    )
    .orderBy(desc(orders.createdAt), desc(orders.id))
    .limit(limit + 1);
  return toPage(rows, limit, {
    keyOf: (row) => [row.key, row.order.id],
    itemOf: (row) => toListed(row.order, row.buyer),
  });
}

function isAbout(q: string) {
  const plain = escapeLike(q);
  return or(
    sql`${orders.outTradeNo} like ${`${plain}%`}`,
    sql`${users.email} like ${`%${plain.toLowerCase()}%`}`,
    sql`${orders.id} in (select order_id from payments where transaction_id = ${q})`,
  );
}

/** One order with all that is known of it. @throws AppError not_found */
export async function getOrderRecord(
  ctx: Pick<AuthedContext, 'db' | 'payments'>,
  { id }: { id: string },
): Promise<OrderRecord> {
  const { db } = ctx;
  const [found] = await db
    .select({ order: orders, buyer: users.email })
    .from(orders)
    .leftJoin(users, eq(users.id, orders.userId))
    .where(eq(orders.id, id));
  if (!found) throw notFound('Order');
  const { order } = found;
  const events = await db
    .select({
      id: auditEvents.id,
      action: auditEvents.action,
      actor: users.displayName,
      why: sql<string | null>`${auditEvents.detail} ->> 'why'`,
      amountFen: sql<number | null>`(${auditEvents.detail} ->> 'amountFen')::int`,
      createdAt: auditEvents.createdAt,
    })
    .from(auditEvents)
    .leftJoin(users, eq(users.id, auditEvents.actorId))
    .where(and(eq(auditEvents.subjectType, 'order'), eq(auditEvents.subjectId, id)))
    .orderBy(asc(auditEvents.createdAt), asc(auditEvents.id))
    .limit(MOST);
  const paid = await db
    .select({
      transactionId: payments.transactionId,
      amountFen: payments.amountFen,
      isSurplus: payments.isSurplus,
      createdAt: payments.createdAt,
    })
    .from(payments)
    .where(eq(payments.orderId, id))
    .orderBy(asc(payments.createdAt))
    .limit(MOST);
  const returned = await db
    .select({
      id: refunds.id,
      refundNo: refunds.refundNo,
      amountFen: refunds.amountFen,
      reason: refunds.reason,
      state: refunds.state,
      // Of those of one payment the last alone is begun anew.
      canRetry: sql<boolean>`refunds.state = 'failed' and not exists (
        select 1 from refunds newer
        where newer.order_id = refunds.order_id and newer.created_at > refunds.created_at
          and newer.payment_id is not distinct from refunds.payment_id)`,
      createdAt: refunds.createdAt,
    })
    .from(refunds)
    .where(eq(refunds.orderId, id))
    .orderBy(asc(refunds.createdAt))
    .limit(MOST);
  const notices = await db
    .select({
      id: paymentNotices.id,
      state: paymentNotices.state,
      reason: paymentNotices.reason,
      body: paymentNotices.body,
      createdAt: paymentNotices.createdAt,
    })
    .from(paymentNotices)
    .where(
      and(
        eq(paymentNotices.outTradeNo, order.outTradeNo),
        eq(paymentNotices.channel, order.channel),
      ),
    )
    .orderBy(asc(paymentNotices.createdAt))
    .limit(MOST);
  return {
    ...toListed(order, found.buyer),
    events,
    payments: paid,
    refunds: returned,
    notices: notices.map(({ body, ...notice }) => ({
      ...notice,
      body: Buffer.from(body).toString('utf8').slice(0, NOTICE_CHARS),
    })),
    refundNeeds: ctx.payments[order.channel]?.refundNeeds.slice() ?? null,
  };
}
