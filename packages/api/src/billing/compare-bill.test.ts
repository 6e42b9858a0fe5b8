import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { schema } from '@ainotebook/db';
import { createDispatcher } from '@ainotebook/jobs';
import { createAlipay, type PaymentChannel, PaymentError } from '@ainotebook/payments';
import { type AlipayStandIn, startAlipay } from '@ainotebook/testkit';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf as failureOf } from '../auth/test-client.js';
import { type TestUser, useApi } from '../test-support.js';
import { billingJobHandlers } from './billing.jobs.js';
import { billedDays, compareBill } from './compare-bill.js';
import { queueComparison } from './order-jobs.js';
import { lockOrder } from './order-moves.js';
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
    await db()
      .update(schema.payments)
      .set({ amountFen: 1199 })
      .where(eq(schema.payments.orderId, other.id));
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
      sums: [4 * 1200, 200 + 1200],
      found: [
        `absent payment ${unheard.transactionId}`,
        `absent refund m-${gone.outTradeNo}`,
        `amount payment ${other.transactionId}`,
        'unbilled payment nobody-knows-it',
      ],
    });
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
    expect(first.map(({ day }) => day).sort()).toEqual(billedDays(new Date()));
    standIn.behave('broken');
    expect(await run()).toEqual(first);
    standIn.behave('answer');
  });

  it('knows the days whose bills are there: after half past ten in Beijing', () => {
    const days = (at: string) => billedDays(new Date(`${at}+08:00`));
    expect(days('2026-03-03T10:29:00')).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
    expect(days('2026-03-03T10:31:00')).toEqual(['2026-02-28', '2026-03-01', '2026-03-02']);
  });

  it('fails, to be tried again, while a channel does not answer', async () => {
    standIn.behave('broken');
    const comparing = compareBill({ db: db(), payments: { alipay } }, 'alipay', today());
    await expect(comparing).rejects.toThrow(PaymentError);
    standIn.behave('answer');
  });
});
