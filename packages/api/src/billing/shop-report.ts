import type { OrderTrouble, RevenueMonth, ShopReport } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { and, count, desc, eq, gt, inArray, max, sql } from 'drizzle-orm';
import type { AuthedContext } from '../context.js';

const { auditEvents, orders, paymentNotices, refunds } = schema;

const MOST = 100;
const BODY_CHARS = 4096;
/** Where the money is counted. */
const ZONE = 'Asia/Shanghai';

/** What came in and went back in each of the last twelve months, the oldest first. */
export async function readRevenue(ctx: Pick<AuthedContext, 'db'>): Promise<RevenueMonth[]> {
  const { rows } = await ctx.db.execute<{
    month: string;
    paid: string;
    refunded: string;
    orders: string;
  }>(sql`
    with months as (
      select generate_series(
        date_trunc('month', now() at time zone ${ZONE}) - interval '11 months',
        date_trunc('month', now() at time zone ${ZONE}),
        interval '1 month') as month
    ), bounds as (
      select month, month at time zone ${ZONE} as starts,
        (month + interval '1 month') at time zone ${ZONE} as ends
      from months
    )
    select to_char(month, 'YYYY-MM') as month,
      (select coalesce(sum(p.amount_fen), 0) from payments p
        where p.created_at >= starts and p.created_at < ends) as paid,
      (select coalesce(sum(r.amount_fen), 0) from refunds r
        where r.state = 'done' and r.finished_at >= starts and r.finished_at < ends) as refunded,
      (select count(*) from payments p
        where not p.is_surplus and p.created_at >= starts and p.created_at < ends) as orders
    from bounds order by month`);
  return rows.map((row) => ({
    month: row.month,
    paidFen: Number(row.paid),
    refundedFen: Number(row.refunded),
    orderCount: Number(row.orders),
  }));
}

/** What a person should look at: orders and refunds that hang, money that does not match, notices refused. */
export async function readShopReport(ctx: Pick<AuthedContext, 'db'>): Promise<ShopReport> {
  const { db } = ctx;
  const about = {
    orderId: orders.id,
    outTradeNo: orders.outTradeNo,
    subject: orders.subject,
    amountFen: orders.amountFen,
  };
  const overdue = await db
    .select({ ...about, since: orders.expiresAt })
    .from(orders)
    // The channel is asked at the end, which takes a moment.
    .where(
      and(eq(orders.status, 'pending'), sql`${orders.expiresAt} < now() - interval '5 minutes'`),
    )
    .orderBy(desc(orders.expiresAt))
    .limit(MOST);
  const hanging = await db
    .select({
      ...about,
      amountFen: refunds.amountFen,
      state: refunds.state,
      since: refunds.createdAt,
    })
    .from(refunds)
    .innerJoin(orders, eq(orders.id, refunds.orderId))
    .where(
      sql`${refunds.state} = 'failed'
        or (${refunds.state} = 'pending' and ${refunds.createdAt} < now() - interval '1 hour')`,
    )
    .orderBy(desc(refunds.createdAt))
    .limit(MOST);
  const odd = await db
    .select({
      ...about,
      action: auditEvents.action,
      paidFen: sql<number | null>`(${auditEvents.detail} ->> 'amountFen')::int`,
      since: auditEvents.createdAt,
    })
    .from(auditEvents)
    .innerJoin(orders, sql`${orders.id}::text = ${auditEvents.subjectId}`)
    .where(
      and(
        eq(auditEvents.subjectType, 'order'),
        inArray(auditEvents.action, ['order.mismatch', 'order.paid_twice']),
        gt(auditEvents.createdAt, sql`now() - interval '30 days'`),
      ),
    )
    .orderBy(desc(auditEvents.createdAt))
    .limit(MOST);
  const unsettled = await db
    .select({ ...about, since: paymentNotices.createdAt })
    .from(paymentNotices)
    .innerJoin(
      orders,
      and(
        eq(orders.outTradeNo, paymentNotices.outTradeNo),
        eq(orders.channel, paymentNotices.channel),
      ),
    )
    // Believed, and what it says was not done: an error of ours, which the channel answers by repeating it.
    .where(
      sql`${paymentNotices.state} = 'received'
        and ${paymentNotices.createdAt} between now() - interval '30 days' and now() - interval '10 minutes'`,
    )
    .orderBy(desc(paymentNotices.createdAt))
    .limit(MOST);
  const troubles: OrderTrouble[] = [
    ...unsettled.map((row) => ({ kind: 'notice_unsettled' as const, ...row })),
    ...overdue.map((row) => ({ kind: 'overdue' as const, ...row })),
    ...hanging.map(({ state, ...row }) => ({
      kind: state === 'failed' ? ('refund_failed' as const) : ('refund_waiting' as const),
      ...row,
    })),
    ...odd.map(({ action, paidFen, ...row }) => ({
      kind: action === 'order.mismatch' ? ('mismatch' as const) : ('paid_twice' as const),
      ...row,
      amountFen: paidFen ?? row.amountFen,
    })),
  ];
  const rejectedNotices = await db
    .select({
      channel: paymentNotices.channel,
      reason: sql<string>`coalesce(${paymentNotices.reason}, '')`,
      count: count(),
      lastAt: sql<Date>`${max(paymentNotices.createdAt)}`.mapWith(paymentNotices.createdAt),
      lastBody: sql<Buffer>`(array_agg(${paymentNotices.body} order by ${paymentNotices.createdAt} desc))[1]`,
    })
    .from(paymentNotices)
    .where(
      and(
        eq(paymentNotices.state, 'rejected'),
        gt(paymentNotices.createdAt, sql`now() - interval '30 days'`),
      ),
    )
    .groupBy(paymentNotices.channel, sql`coalesce(${paymentNotices.reason}, '')`)
    .limit(MOST);
  troubles.sort((a, b) => b.since.getTime() - a.since.getTime());
  return {
    troubles: troubles.slice(0, MOST),
    rejectedNotices: rejectedNotices.map(({ lastBody, ...one }) => ({
      ...one,
      lastBody: Buffer.from(lastBody).toString('utf8').slice(0, BODY_CHARS),
    })),
  };
}
