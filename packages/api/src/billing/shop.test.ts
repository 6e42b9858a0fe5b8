// What an administrator sees of everybody's orders.
import { planBenefitsSchema } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { useApi } from '../test-support.js';
import { readMyPlan } from './entitlements.js';
import { lockOrder } from './order-moves.js';
import { finishRefund, startRefund } from './refunds.js';
import { settlePayment } from './settle.js';
import { buildOrder, buildPlan } from './test-support.js';

const t = useApi();

async function paidOrder(fields: Parameters<typeof buildOrder>[2] = {}) {
  const admin = await t.user({ role: 'admin' });
  const buyer = await t.user();
  const plan = await buildPlan(admin);
  const order = await buildOrder(t, { userId: buyer.id, plan }, fields);
  const transactionId = `tx-${order.outTradeNo}`;
  const { db } = t.services();
  await db.transaction((tx) => settlePayment(tx, order.id, { transactionId, amountFen: 1200 }));
  return { admin, buyer, plan, order, transactionId };
}

describe('orders of everybody', () => {
  it('are found by their number, the number of the channel and the buyer', async () => {
    const { admin, buyer, order, transactionId } = await paidOrder();
    const { email } = await buyer.api.users.me();
    for (const q of [order.outTradeNo, order.outTradeNo.slice(0, 20), transactionId, email]) {
      const { items } = await admin.api.admin.orders.list({ q });
      expect(items.map(({ id, buyer: by }) => [id, by])).toEqual([[order.id, email]]);
    }
    for (const q of ['%', 'nobody@example.org', transactionId.slice(0, -1)]) {
      expect((await admin.api.admin.orders.list({ q })).items).toEqual([]);
    }
    const pending = await admin.api.admin.orders.list({ q: email, statuses: ['pending'] });
    expect(pending.items).toEqual([]);
  });

  it('leave of the AI what was paid for when a part is given back, and of the rest all', async () => {
    const admin = await t.user({ role: 'admin' });
    const user = await t.user();
    const benefits = planBenefitsSchema.parse({ storageBytes: 5, aiTokensPerMonth: 1_000_001 });
    const order = await buildOrder(t, {
      userId: user.id,
      plan: await buildPlan(admin, { benefits }),
    });
    const { db } = t.services();
    const payment = { transactionId: `tx-${order.outTradeNo}`, amountFen: 1200 };
    await db.transaction((tx) => settlePayment(tx, order.id, payment));
    await db.transaction(async (tx) => {
      const refund = { amountFen: 300, reason: 'late' };
      const id = await startRefund(tx, await lockOrder(tx, order.id), refund, {
        actorId: admin.id,
      });
      expect((await readMyPlan(tx, user.id)).benefits.aiTokensPerMonth).toBe(1_000_001);
      await finishRefund(tx, id, 'done');
    });
    expect((await user.api.billing.myPlan()).benefits).toMatchObject({
      storageBytes: 5,
      aiTokensPerMonth: 750_000,
    });
  });

  it('tell what happened to them, in order, with the notices as they came', async () => {
    const { admin, order, transactionId } = await paidOrder();
    const { db } = t.services();
    await db.insert(schema.paymentNotices).values([
      {
        channel: 'alipay',
        body: Buffer.from('trade=我们的'),
        headers: {},
        outTradeNo: order.outTradeNo,
      },
      {
        channel: 'wechat',
        body: Buffer.from('of another'),
        headers: {},
        outTradeNo: order.outTradeNo,
      },
    ]);
    await db.transaction(async (tx) => {
      const refund = { amountFen: 200, reason: 'late' };
      const id = await startRefund(tx, await lockOrder(tx, order.id), refund, {
        actorId: admin.id,
      });
      await finishRefund(tx, id, 'done');
    });
    const record = await admin.api.admin.orders.get({ id: order.id });
    expect(record.events.map(({ action, why }) => [action, why])).toEqual([
      ['order.paid', null],
      ['order.refunding', 'late'],
      ['order.partially_refunded', 'done'],
    ]);
    expect(record.events.map(({ actor }) => actor === null)).toEqual([true, false, true]);
    expect(record.payments).toMatchObject([{ transactionId, amountFen: 1200, isSurplus: false }]);
    expect(record.refunds).toMatchObject([{ amountFen: 200, reason: 'late', state: 'done' }]);
    expect(record.notices.map(({ body }) => body)).toEqual(['trade=我们的']);
    expect(record).toMatchObject({ refundedFen: 200, refundNeeds: null });
    expect('start' in record).toBe(false);
  });
});

describe('the revenue', () => {
  it('is twelve months by the clock of China, of what came and what went back', async () => {
    const { admin, order } = await paidOrder();
    const { db } = t.services();
    const before = await admin.api.admin.orders.revenue();
    expect(before).toHaveLength(12);
    const months = before.map(({ month }) => month);
    expect(months).toEqual([...months].sort());
    const find = async (month: string | undefined) =>
      (await admin.api.admin.orders.revenue()).find((one) => one.month === month);
    const fifth = months[5];
    const start = await find(fifth);
    // Half an hour into the month in China is the month before in Greenwich.
    await db
      .update(schema.payments)
      .set({ createdAt: new Date(`${fifth}-01T00:30:00+08:00`) })
      .where(eq(schema.payments.orderId, order.id));
    await db.insert(schema.refunds).values({
      orderId: order.id,
      refundNo: `r-${v7()}`,
      amountFen: 300,
      reason: 'x',
      state: 'done',
      finishedAt: new Date(),
    });
    expect(await find(fifth)).toEqual({
      ...start,
      paidFen: (start?.paidFen ?? 0) + 1200,
      orderCount: (start?.orderCount ?? 0) + 1,
    });
    const now = await find(months[11]);
    expect(now?.refundedFen).toBe((before[11]?.refundedFen ?? 0) + 300);
  });
});

describe('the report', () => {
  it('names what hangs and what does not match, and nothing that is well', async () => {
    const { admin, plan, buyer, order } = await paidOrder();
    const { db } = t.services();
    const kinds = async (orderId: string) => {
      const { troubles } = await admin.api.admin.orders.report();
      return troubles.filter((one) => one.orderId === orderId).map(({ kind }) => kind);
    };
    expect(await kinds(order.id)).toEqual([]);
    await db.transaction(async (tx) => {
      const second = { transactionId: `second-${order.id}`, amountFen: 1200 };
      await settlePayment(tx, order.id, second);
      await settlePayment(tx, order.id, { transactionId: `odd-${order.id}`, amountFen: 1 });
    });
    expect((await kinds(order.id)).sort()).toEqual(['mismatch', 'paid_twice']);
    const old = new Date(Date.now() - 3_600_000);
    const fields = { expiresAt: old, createdAt: new Date(Date.now() - 4_600_000) };
    const open = await buildOrder(t, { userId: buyer.id, plan }, fields);
    expect(await kinds(open.id)).toEqual(['overdue']);
    await db.insert(schema.refunds).values({
      orderId: order.id,
      refundNo: `r-${v7()}`,
      amountFen: 1,
      reason: 'x',
      state: 'failed',
      finishedAt: new Date(),
    });
    expect(await kinds(order.id)).toContain('refund_failed');
    // Believed, and without effect: our own fault.
    const { outTradeNo } = order;
    await db.insert(schema.paymentNotices).values({
      channel: 'alipay',
      outTradeNo,
      body: Buffer.from('x'),
      headers: {},
      createdAt: sql`now() - interval '11 minutes'`,
    });
    expect(await kinds(order.id)).toContain('notice_unsettled');
  });

  it('counts the notices that were not believed', async () => {
    const admin = await t.user({ role: 'admin' });
    const { db } = t.services();
    const reason = `r${v7().slice(0, 8)}`;
    const notice = { channel: 'alipay' as const, body: Buffer.from('x'), headers: {}, reason };
    await db.insert(schema.paymentNotices).values([
      { ...notice, state: 'rejected' as const },
      { ...notice, state: 'rejected' as const },
      { ...notice, state: 'rejected' as const, createdAt: sql`now() - interval '31 days'` },
    ]);
    const { rejectedNotices } = await admin.api.admin.orders.report();
    const found = rejectedNotices.find((one) => one.reason === reason);
    expect(found).toMatchObject({ channel: 'alipay', count: 2 });
    expect(found?.lastAt).toBeInstanceOf(Date);
  });
});
