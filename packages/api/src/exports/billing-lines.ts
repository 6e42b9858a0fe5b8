import { type Db, schema } from '@ainotebook/db';
import { and, asc, eq } from 'drizzle-orm';
import { type AccountLines, allRows } from './row-lines.js';

const { entitlements, invoices, orders, payments, planVersions, plans, refunds } = schema;

/** What a person bought, paid and got. How an open order is paid at its channel is a secret of it. */
export function readBilling(db: Db, userId: string): AccountLines[] {
  return [
    { path: 'orders', rows: readOrders(db, userId) },
    { path: 'payments', rows: readPayments(db, userId) },
    { path: 'refunds', rows: readRefunds(db, userId) },
    { path: 'invoices', rows: readInvoices(db, userId) },
    { path: 'plans', rows: readEntitlements(db, userId) },
  ];
}

function readOrders(db: Db, userId: string) {
  return allRows(async ({ behind, limit }) => {
    const { id, outTradeNo, period, amountFen, refundedFen, channel, subject } = orders;
    const { status, paidAt, createdAt } = orders;
    return db
      .select({
        ...{ key: id, id, outTradeNo, plan: plans.key, period, amountFen, refundedFen, channel },
        ...{ subject, status, paidAt, createdAt },
      })
      .from(orders)
      .innerJoin(plans, eq(plans.id, orders.planId))
      .where(and(eq(orders.userId, userId), behind(id)))
      .orderBy(asc(id))
      .limit(limit);
  });
}

function readPayments(db: Db, userId: string) {
  return allRows(async ({ behind, limit }) => {
    const { id, orderId, channel, transactionId, amountFen, isSurplus, createdAt } = payments;
    return db
      .select({ key: id, orderId, channel, transactionId, amountFen, isSurplus, createdAt })
      .from(payments)
      .innerJoin(orders, eq(orders.id, orderId))
      .where(and(eq(orders.userId, userId), behind(id)))
      .orderBy(asc(id))
      .limit(limit);
  });
}

function readRefunds(db: Db, userId: string) {
  return allRows(async ({ behind, limit }) => {
    const { id, orderId, refundNo, amountFen, reason, state, createdAt } = refunds;
    return db
      .select({ key: id, orderId, refundNo, amountFen, reason, state, createdAt })
      .from(refunds)
      .innerJoin(orders, eq(orders.id, orderId))
      .where(and(eq(orders.userId, userId), behind(id)))
      .orderBy(asc(id))
      .limit(limit);
  });
}

function readInvoices(db: Db, userId: string) {
  return allRows(async ({ behind, limit }) => {
    const { id, orderId, kind, title, taxNumber, email, amountFen, status, answer } = invoices;
    const { answeredAt, createdAt } = invoices;
    return db
      .select({
        ...{ key: id, orderId, kind, title, taxNumber, email, amountFen, status, answer },
        ...{ answeredAt, createdAt },
      })
      .from(invoices)
      .where(and(eq(invoices.userId, userId), behind(id)))
      .orderBy(asc(id))
      .limit(limit);
  });
}

function readEntitlements(db: Db, userId: string) {
  return allRows(async ({ behind, limit }) => {
    const { id, orderId, period, reason, grantedAt, revokedAt } = entitlements;
    return db
      .select({
        ...{ key: id, plan: plans.key, name: planVersions.name, period, orderId, reason },
        ...{ grantedAt, revokedAt },
      })
      .from(entitlements)
      .innerJoin(plans, eq(plans.id, entitlements.planId))
      .innerJoin(planVersions, eq(planVersions.id, entitlements.versionId))
      .where(and(eq(entitlements.userId, userId), behind(id)))
      .orderBy(asc(id))
      .limit(limit);
  });
}
