import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { schema } from '@ainotebook/db';
import { createDispatcher } from '@ainotebook/jobs';
import { createAlipay, type PaymentChannel, PaymentError } from '@ainotebook/payments';
import { type AlipayStandIn, startAlipay } from '@ainotebook/testkit';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf as failureOf } from '../auth/test-client.js';
import { type TestUser, useApi } from '../test-support.js';
import { resolveDifferences } from './bill-differences.js';
import { billingJobHandlers } from './billing.jobs.js';
import { billedDays, compareBill, compareDueBills } from './compare-bill.js';
import { queueComparison } from './order-jobs.js';
import { lockOrder } from './order-moves.js';
import { closeOrder } from './reconcile.js';
import { finishRefund, startRefund } from './refunds.js';
import { settlePayment } from './settle.js';
import { buildOrder, buildPlan } from './test-support.js';

const APP = '2021000000000001';
const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const [ours, theirs, stranger] = [pair(), pair(), pair()];
const pem = (key: KeyObject, type: 'pkcs8' | 'spki') =>
  key.export({ type, format: 'pem' }).toString();

const t = useApi();
const db = () => t.services().db;
let standIn: AlipayStandIn;
let alipay: PaymentChannel;
let admin: TestUser;

beforeAll(async () => {
  standIn = await startAlipay({ appId: APP, keys: { app: ours, alipay: theirs, stranger } });
  const keys = {
    privateKey: pem(ours.privateKey, 'pkcs8'),
    publicKey: pem(theirs.publicKey, 'spki'),
  };
  alipay = createAlipay(
    { appId: APP, ...keys, sellerId: null },
    { notifyUrl: 'https://notes.test/api/payments/alipay/notify', baseUrl: standIn.url },
  );
  admin = await t.user({ role: 'admin' });
});
afterAll(() => standIn.stop());

/** Today in Beijing, of which the stand-in has a bill already. */
const today = () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);

/** An order that is paid at the channel; told of it or not. */
async function paidOrder({ isTold }: { isTold: boolean }) {
  const user = await t.user();
  const order = await buildOrder(t, { userId: user.id, plan: await buildPlan(admin) });
  const { outTradeNo, amountFen, subject, expiresAt } = order;
  await alipay.createPayment({ mode: 'qr', outTradeNo, amountFen, subject, expiresAt });
  standIn.scan(outTradeNo);
  const transactionId = standIn.pay(outTradeNo).transactionId ?? '';
  const payment = { transactionId, amountFen };
  if (isTold) await db().transaction((tx) => settlePayment(tx, order.id, payment));
  return { ...order, transactionId };
}

/** Runs what was queued about orders. */
async function runQueue() {
  const handlers = billingJobHandlers({ payments: { alipay } });
  await createDispatcher({ db: db(), handlers }).runDue();
}

async function compared() {
  await db().delete(schema.billComparisons);
  await compareBill({ db: db(), payments: { alipay } }, 'alipay', today());
  const [made] = await admin.api.admin.bills.list();
  if (!made) throw new Error('nothing was compared');
  return {
    sums: [made.paidFen, made.returnedFen],
    found: made.differences.map((one) => `${one.kind} ${one.movement} ${one.number}`).sort(),
  };
}

describe('the bill of a day and the ledger', () => {
  it('are the same when everything was heard of', async () => {
    const order = await paidOrder({ isTold: true });
    const refundId = await db().transaction(async (tx) =>
      startRefund(
        tx,
        await lockOrder(tx, order.id),
        { amountFen: 200, reason: 'asked' },
        { actorId: null },
      ),
    );
    const [refund] = await db()
      .select()
      .from(schema.refunds)
      .where(eq(schema.refunds.id, refundId));
    const refundNo = refund?.refundNo ?? '';
    const { outTradeNo, amountFen: totalFen } = order;
    await alipay.refund({ outTradeNo, refundNo, amountFen: 200, totalFen, reason: 'asked' });
    await db().transaction((tx) => finishRefund(tx, refundId, 'done'));
    expect(await compared()).toEqual({ sums: [1200, 200], found: [] });
    // Compared again it is what it was.
    expect(await compared()).toEqual({ sums: [1200, 200], found: [] });
  });

  it('differ by what one of them does not say, or says otherwise', async () => {
    const unheard = await paidOrder({ isTold: false });
    const other = await paidOrder({ isTold: true });
    for (const line of standIn.bill)
      if (line.outTradeNo === other.outTradeNo) line.amountFen = 1201;
    const gone = await paidOrder({ isTold: true });
    standIn.refundByMerchant(gone.outTradeNo);
    await db().insert(schema.payments).values({
      orderId: unheard.id,
      channel: 'alipay',
      transactionId: 'nobody-knows-it',
      amountFen: 5,
      isSurplus: true,
    });
    expect(await compared()).toEqual({
      sums: [4 * 1200 + 1, 200 + 1200],
      found: [
        `absent payment ${unheard.transactionId}`,
        `absent refund m-${gone.outTradeNo}`,
        `amount payment ${other.transactionId}`,
        'unbilled payment nobody-knows-it',
      ],
    });
  });

  it('differ no longer once the channel was asked: what only the bill had is booked', async () => {
    const unheard = await paidOrder({ isTold: false });
    await closeOrder(db(), unheard.id);
    const gone = await paidOrder({ isTold: true });
    const refundNo = standIn.refundByMerchant(gone.outTradeNo);
    await compared();
    await runQueue();
    const statusOf = async ({ id }: { id: string }) =>
      (await db().select().from(schema.orders).where(eq(schema.orders.id, id)))[0];
    expect(await statusOf(unheard)).toMatchObject({ status: 'paid' });
    expect(await statusOf(gone)).toMatchObject({ status: 'refunded', refundedFen: 1200 });
    const [back] = await db()
      .select()
      .from(schema.refunds)
      .where(eq(schema.refunds.refundNo, refundNo));
    expect(back).toMatchObject({ state: 'done', amountFen: 1200, reason: 'by the merchant' });
    await resolveDifferences(db(), 'alipay');
    const [made] = await admin.api.admin.bills.list();
    const numbers = made?.differences.map(({ number }) => number) ?? [];
    expect(numbers).not.toContain(unheard.transactionId);
    expect(numbers).not.toContain(refundNo);
    expect(made?.differenceCount).toBe(made?.differences.length);
    // What was learned after its day was compared is missed by no later bill.
    const isIt = eq(schema.payments.orderId, unheard.id);
    expect((await db().select().from(schema.payments).where(isIt))[0]?.billedOn).toBe(today());
  });

  it('agree on a refund that was given up here and made all the same', async () => {
    const order = await paidOrder({ isTold: true });
    const { id, outTradeNo } = order;
    const back = { amountFen: 300, reason: 'asked' };
    const refundId = await db().transaction(async (tx) =>
      startRefund(tx, await lockOrder(tx, id), back, { actorId: null }),
    );
    await db().transaction((tx) => finishRefund(tx, refundId, 'failed'));
    const refundNo = `${outTradeNo}-r1`;
    await alipay.refund({ outTradeNo, refundNo, ...back, totalFen: 1200 });
    expect((await compared()).found).toContain(`absent refund ${refundNo}`);
    await runQueue();
    await resolveDifferences(db(), 'alipay');
    const [now] = await db().select().from(schema.orders).where(eq(schema.orders.id, id));
    expect(now).toMatchObject({ status: 'partially_refunded', refundedFen: 300 });
    const [made] = await admin.api.admin.bills.list();
    expect(made?.differences.map(({ number }) => number)).not.toContain(refundNo);
  });

  it('say nothing of what others sell under the same merchant', async () => {
    const foreign = { outTradeNo: 'MALL-2026-77', transactionId: 'of-the-mall', amountFen: 5 };
    standIn.bill.push({ ...foreign, kind: 'payment', refundNo: null, at: new Date() });
    const lost = `20260301${'ab'.repeat(12)}`;
    const ours = { outTradeNo: lost, transactionId: 'of-a-lost-order', amountFen: 5 };
    standIn.bill.push({ ...ours, kind: 'payment', refundNo: null, at: new Date() });
    const { found } = await compared();
    expect(found.join()).not.toContain('of-the-mall');
    expect(found).toContain('absent payment of-a-lost-order');
    standIn.bill.splice(-2);
  });

  it('that differ are marked when an administrator has seen them', async () => {
    await compared();
    const [made] = await admin.api.admin.bills.list();
    if (!made) throw new Error('nothing was compared');
    expect(made.seenAt).toBeNull();
    const { channel, day } = made;
    await admin.api.admin.bills.markSeen({ channel, day });
    const [first] = await admin.api.admin.bills.list();
    await admin.api.admin.bills.markSeen({ channel, day });
    expect((await admin.api.admin.bills.list())[0]?.seenAt).toEqual(first?.seenAt);
    const nobody = admin.api.admin.bills.markSeen({ channel, day: '2020-01-01' });
    expect(await failureOf(nobody)).toBe('not_found');
    const user = await t.user();
    expect(await failureOf(user.api.admin.bills.markSeen({ channel, day }))).toBe('forbidden');
  });

  it('are compared trade by trade where a channel has no bills', async () => {
    const asked = { ...alipay, hasBills: false, bill: () => Promise.reject(new Error('no bill')) };
    const known = await paidOrder({ isTold: true });
    const late = await paidOrder({ isTold: false });
    await db().update(schema.orders).set({ status: 'closed' }).where(eq(schema.orders.id, late.id));
    const open = await buildOrder(t, { userId: null, plan: await buildPlan(admin) });
    await db().delete(schema.billComparisons);
    await compareBill({ db: db(), payments: { alipay: asked } }, 'alipay', today());
    const [made] = await admin.api.admin.bills.list();
    const about = (order: { outTradeNo: string }) =>
      made?.differences.filter(({ outTradeNo }) => outTradeNo === order.outTradeNo);
    expect(about(late)).toMatchObject([
      { kind: 'absent', movement: 'payment', number: late.transactionId, billedFen: 1200 },
    ]);
    expect([about(known), about(open)]).toEqual([[], []]);
  });

  it('are shown to administrators only', async () => {
    const user = await t.user();
    expect(await failureOf(user.api.admin.bills.list())).toBe('forbidden');
  });
});

describe('the job', () => {
  it('compares the days that are over, once each', async () => {
    const handlers = billingJobHandlers({ payments: { alipay } });
    const run = async () => {
      await db().transaction((tx) => queueComparison(tx));
      await createDispatcher({ db: db(), handlers }).runDue();
      return db().select().from(schema.billComparisons);
    };
    await db().delete(schema.outbox);
    await db().delete(schema.billComparisons);
    const first = await run();
    // The first order is of today, whose bill is not there yet.
    expect(first).toEqual([]);
    await buildOrder(
      t,
      {
        userId: null,
        plan: await buildPlan(admin),
      },
      { createdAt: new Date(Date.now() - 4 * 86_400_000) },
    );
    const since = new Date(Date.now() - 4 * 86_400_000);
    const days = (await run()).map(({ day }) => day).sort();
    expect(days).toEqual(billedDays(new Date(), since));
    expect(days.length).toBeGreaterThanOrEqual(3);
    const before = await db().select().from(schema.billComparisons);
    standIn.behave('broken');
    expect(await run()).toEqual(before);
    standIn.behave('answer');
  });

  it('knows the days whose bills are there: after half past ten in Beijing', () => {
    const first = new Date('2026-02-27T23:59:00+08:00');
    const days = (at: string) => billedDays(new Date(`${at}+08:00`), first);
    expect(days('2026-03-03T10:29:00')).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
    expect(days('2026-03-03T10:31:00').at(-1)).toBe('2026-03-02');
    expect(days('2026-05-03T10:31:00')).toHaveLength(30);
  });

  it('compares the other channel though one does not answer, and fails to be tried again', async () => {
    const asked: string[] = [];
    const wechat = {
      ...alipay,
      name: 'wechat' as const,
      bill: async (day: string) => {
        asked.push(day);
        return [];
      },
    };
    await buildOrder(
      t,
      { userId: null, plan: await buildPlan(admin) },
      {
        channel: 'wechat',
        createdAt: new Date(Date.now() - 4 * 86_400_000),
      },
    );
    await db().delete(schema.billComparisons);
    standIn.behave('broken');
    const comparing = compareDueBills({ db: db(), payments: { alipay, wechat } });
    await expect(comparing).rejects.toThrow(PaymentError);
    standIn.behave('answer');
    expect(asked.length).toBeGreaterThanOrEqual(3);
  });

  it('fails, to be tried again, while a channel does not answer', async () => {
    standIn.behave('broken');
    const comparing = compareBill({ db: db(), payments: { alipay } }, 'alipay', today());
    await expect(comparing).rejects.toThrow(PaymentError);
    standIn.behave('answer');
  });
});
