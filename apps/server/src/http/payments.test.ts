import { schema } from '@ainotebook/db';
import { eq, inArray } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { bearer, dataOf, errorOf, useServer } from '../test-support.js';
import { forger, useShop } from './payments-support.js';

const {
  server,
  planId,
  alipay,
  wechat,
  payers,
  order,
  rowOf,
  manyOrders,
  given,
  notifyAlipay,
  notifyWechat,
  payAlipay,
  runJobs,
  ledger,
  bill,
} = useShop();
const bare = useServer();

describe('buying', () => {
  it('with Alipay: a code, a notice, the exact word, the plan; for one fen', async () => {
    const [person, other] = [await server.register(), await server.register()];
    const made = await order(person, { period: 'month' });
    expect(made).toMatchObject({ status: 'pending', start: { kind: 'qr' } });
    expect((await given(person)).length).toBe(0);
    payAlipay(made.no);
    const answer = await notifyAlipay(alipay().notice(made.no));
    expect([answer.status, answer.text]).toEqual([200, 'success']);
    expect(answer.headers['content-type']).toBe('text/plain');
    expect(await rowOf(made.id)).toMatchObject({ status: 'paid', amountFen: 1 });
    const mine = await server.query('billing.myPlan', undefined, bearer(person));
    expect(dataOf(mine)).toMatchObject({ plans: [{ planId: planId(), name: 'Pro' }] });
    expect(await given(other)).toEqual([]);
    const foreign = await server.query('orders.get', { id: made.id }, bearer(other));
    expect(errorOf(foreign).data.appCode).toBe('not_found');
  });

  it('with WeChat Pay: the notice is proven over its bytes and answered as it wants', async () => {
    const person = await server.register();
    const made = await order(person, { channel: 'wechat' });
    wechat().pay(made.no);
    const answer = await notifyWechat(wechat().notice(made.no));
    expect([answer.status, answer.text]).toEqual([200, '{"code":"SUCCESS"}']);
    expect(await given(person)).toHaveLength(1);
  });

  it('twice at once is one order, and the same again is the same', async () => {
    const person = await server.register();
    const [a, b] = await Promise.all([order(person), order(person)]);
    const c = await order(person);
    expect([b.id, c.id]).toEqual([a.id, a.id]);
    expect(c.start).toEqual(a.start);
  });

  it('by another channel ends the former order first, there and here', async () => {
    const person = await server.register();
    const first = await order(person);
    alipay().scan(first.no);
    const second = await order(person, { channel: 'wechat' });
    expect((await rowOf(first.id)).status).toBe('closed');
    expect(alipay().trade(first.no).state).toBe('closed');
    expect((await rowOf(second.id)).checkoutId).toBe((await rowOf(first.id)).checkoutId);
    // Had it been paid meanwhile, that is the answer.
    wechat().pay(second.no);
    const third = await order(person);
    expect(third).toMatchObject({ id: second.id, status: 'paid' });
    expect(await given(person)).toHaveLength(1);
  });

  it('is possible by another channel while one is away', async () => {
    const person = await server.register();
    alipay().behave('broken');
    await expect(order(person)).rejects.toThrow('payment_failed');
    const made = await order(person, { channel: 'wechat' });
    expect(made.status).toBe('pending');
  });

  it('inside WeChat takes the code that names the payer, which is good once', async () => {
    const ways = dataOf(await server.query('orders.channels', undefined));
    const [alipayWay, wechatWay] = ways as { payerUrl: string | null }[];
    expect(alipayWay).toMatchObject({ name: 'alipay', payerUrl: null });
    const there = new URL(wechatWay?.payerUrl ?? '');
    expect(there.searchParams.get('redirect_uri')).toMatch(/\/pricing$/);
    const [person, other] = [await server.register(), await server.register()];
    const inside = { channel: 'wechat', mode: 'jsapi' };
    await expect(order(person, inside)).rejects.toThrow('bad_input');
    const payerCode = payers().issue('o-payer');
    const made = await order(person, { ...inside, payerCode });
    expect(made.start).toMatchObject({ kind: 'jsapi', params: { signType: 'RSA' } });
    expect(wechat().calls.at(-1)?.body).toContain('"openid":"o-payer"');
    // The same order again asks nobody; another person with the same code is nobody.
    expect(await order(person, { ...inside, payerCode })).toMatchObject({ id: made.id });
    await expect(order(other, { ...inside, payerCode })).rejects.toThrow('payment_failed');
    wechat().pay(made.no);
    expect((await notifyWechat(wechat().notice(made.no))).status).toBe(200);
    expect(await given(person)).toHaveLength(1);
    expect(await given(other)).toEqual([]);
  });

  it('is off where nothing is set up, and says so', async () => {
    const answer = await bare.send({
      method: 'POST',
      path: '/api/payments/alipay/notify',
      body: '',
    });
    expect(answer.status).toBe(503);
    expect(dataOf(await bare.query('orders.channels', undefined))).toEqual([]);
    expect(dataOf(await server.query('orders.channels', undefined))).toHaveLength(2);
  });
});

describe('notices', () => {
  it('500 at once for 50 orders are 50 grants', async () => {
    const made = await manyOrders(50);
    for (const { no } of made) payAlipay(no);
    const bodies = made.flatMap(({ no }) => Array.from({ length: 10 }, () => alipay().notice(no)));
    const answers = await Promise.all(bodies.map((body) => notifyAlipay(body)));
    expect(new Set(answers.map((one) => one.text))).toEqual(new Set(['success']));
    const ids = made.map(({ id }) => id);
    const { db } = server.database();
    const terms = await db
      .select()
      .from(schema.entitlements)
      .where(inArray(schema.entitlements.orderId, ids));
    expect(terms).toHaveLength(50);
    const numbers = made.map(({ no }) => no);
    expect(await ledger(ids)).toBe(50 * 12_000);
    expect(bill(numbers)).toBe(50 * 12_000);
    const kept = await db
      .select({ state: schema.paymentNotices.state })
      .from(schema.paymentNotices)
      .where(inArray(schema.paymentNotices.outTradeNo, numbers));
    expect(kept).toHaveLength(500);
    expect(kept.every(({ state }) => state !== 'rejected')).toBe(true);
  }, 120_000);

  it('that are forged, altered, of another amount or order change nothing, and are kept', async () => {
    const person = await server.register();
    const made = await order(person);
    payAlipay(made.no);
    const honest = alipay().notice(made.no);
    const wrong = [
      honest.replace('total_amount=120.00', 'total_amount=0.01'),
      alipay().notice(made.no, { signWith: forger }),
      alipay().notice(made.no, { changes: { total_amount: '119.99' } }),
      alipay().notice(made.no, { changes: { out_trade_no: 'nobody-knows-it' } }),
      alipay().notice(made.no, { changes: { app_id: '2021000000000009' } }),
      '',
      'x'.repeat(10_000),
    ];
    for (const body of wrong) {
      const answer = await notifyAlipay(body);
      expect(answer.text).not.toBe('success');
    }
    // One that is for a WeChat order is none of Alipay's.
    const other = await order(await server.register(), { channel: 'wechat' });
    const crossed = alipay().notice(made.no, { changes: { out_trade_no: other.no } });
    expect((await notifyAlipay(crossed)).text).toBe('fail');
    expect((await rowOf(made.id)).status).toBe('pending');
    expect((await rowOf(other.id)).status).toBe('pending');
    expect(await given(person)).toEqual([]);
    const { db } = server.database();
    const kept = await db
      .select({ reason: schema.paymentNotices.reason, body: schema.paymentNotices.body })
      .from(schema.paymentNotices)
      .where(eq(schema.paymentNotices.state, 'rejected'));
    const reasons = kept.map(({ reason }) => reason);
    for (const reason of ['signature', 'mismatch', 'unknown_order', 'foreign', 'malformed']) {
      expect(reasons).toContain(reason);
    }
    expect(kept.every(({ body }) => body.length <= 4096)).toBe(true);
    // What is too big is not even read.
    expect((await notifyAlipay('x'.repeat(70_000))).status).toBe(413);
    expect((await notifyAlipay(honest)).text).toBe('success');
    expect(await given(person)).toHaveLength(1);
  });

  it('that never came are made up for by asking', async () => {
    const [paid, open] = [await server.register(), await server.register()];
    const first = await order(paid);
    const second = await order(open);
    payAlipay(first.no);
    const seen = async () =>
      dataOf(await server.query('orders.get', { id: second.id }, bearer(open)));
    expect(await seen()).toMatchObject({ isScanned: false });
    alipay().scan(second.no);
    await runJobs();
    expect((await rowOf(first.id)).status).toBe('paid');
    expect(await seen()).toMatchObject({ status: 'pending', isScanned: true });
    expect(await given(paid)).toHaveLength(1);
    payAlipay(second.no);
    const asked = await server.mutate('orders.check', { id: second.id }, bearer(open));
    expect(dataOf(asked)).toMatchObject({ status: 'paid' });
  });

  it('of a refund that overtakes its payment: the channel is asked', async () => {
    const person = await server.register();
    const made = await order(person);
    payAlipay(made.no);
    const changes = { gmt_refund: '2026-03-01 08:00:00', out_biz_no: 'x', refund_fee: '1.00' };
    expect((await notifyAlipay(alipay().notice(made.no, { changes }))).text).toBe('success');
    expect((await rowOf(made.id)).status).toBe('pending');
    await runJobs();
    expect((await rowOf(made.id)).status).toBe('paid');
    expect((await notifyAlipay(alipay().notice(made.no))).text).toBe('success');
    expect(await given(person)).toHaveLength(1);
  });
});
