import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { schema } from '@ainotebook/db';
import { createAlipay, createWechat } from '@ainotebook/payments';
import {
  type AlipayStandIn,
  type BillLine,
  startAlipay,
  startWechatV3,
  type WechatV3StandIn,
} from '@ainotebook/testkit';
import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bearer, dataOf, errorOf, type Person, useServer } from '../test-support.js';

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const [ours, theirs, stranger] = [pair(), pair(), pair()];
const pem = (key: (typeof ours)['publicKey'] | (typeof ours)['privateKey']) =>
  key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString();

const APP = '2021000000000001';
const MERCHANT = { appId: 'wx0123456789abcdef', mchId: '1900000001' };
const V3 = { apiKey: 'k'.repeat(32), serial: '5157F09EFDC096DE', keyId: 'PUB_KEY_ID_0119000000' };
let alipay: AlipayStandIn;
let wechat: WechatV3StandIn;

beforeAll(async () => {
  alipay = await startAlipay({ appId: APP, keys: { app: ours, alipay: theirs, stranger } });
  const keys = { merchant: ours, wechat: theirs, stranger };
  wechat = await startWechatV3({ ...MERCHANT, ...V3, keys });
});
const server = useServer({
  pool: { max: 20 },
  payments: () => ({
    alipay: createAlipay(
      {
        appId: APP,
        privateKey: pem(ours.privateKey),
        publicKey: pem(theirs.publicKey),
        sellerId: null,
      },
      { notifyUrl: 'https://notes.test/api/payments/alipay/notify', baseUrl: alipay.url },
    ),
    wechat: createWechat(
      {
        ...MERCHANT,
        v2Key: null,
        v3: {
          ...V3,
          privateKey: pem(ours.privateKey),
          verifier: { kind: 'publicKey', keyId: V3.keyId, publicKey: pem(theirs.publicKey) },
        },
      },
      { notifyUrl: 'https://notes.test/api/payments/wechat/notify', baseUrl: wechat.url },
    ),
  }),
});
const bare = useServer();
let admin: Person;
let planId = '';

beforeAll(async () => {
  admin = await server.register();
  await server.database().db.update(schema.users).set({ role: 'admin' });
  const answer = await server.mutate(
    'admin.plans.create',
    {
      key: 'pro',
      name: 'Pro',
      description: '',
      benefits: { storageBytes: 10 * 1024 ** 3 },
      prices: [
        { period: 'month', amountFen: 1 },
        { period: 'year', amountFen: 12_000 },
      ],
    },
    bearer(admin),
  );
  planId = (dataOf(answer) as { id: string }).id;
});
afterEach(() => {
  alipay.behave('answer');
  wechat.behave('answer');
  wechat.delayRefunds(false);
});
afterAll(async () => {
  await alipay.stop();
  await wechat.stop();
});

interface OrderView {
  id: string;
  status: string;
  channel: string;
  start: { kind: string } | null;
  refundedFen: number;
}

/** An order of a person, with our number at the channel. */
async function order(person: Person, fields: object = {}) {
  const input = { planId, period: 'year', channel: 'alipay', mode: 'qr', ...fields };
  const answer = await server.mutate('orders.create', input, bearer(person));
  if (answer.status !== 200) throw new Error(errorOf(answer).data.appCode);
  const view = dataOf(answer) as OrderView;
  return { ...view, no: (await rowOf(view.id)).outTradeNo };
}

async function rowOf(id: string) {
  const [row] = await server
    .database()
    .db.select()
    .from(schema.orders)
    .where(eq(schema.orders.id, id));
  if (!row) throw new Error('no such order');
  return row;
}

/** Orders of as many new people, as one person's would be made. */
async function manyOrders(count: number) {
  const { db } = server.database();
  const { id: _, ...like } = await rowOf((await order(await server.register())).id);
  const made = Array.from({ length: count }, () => ({
    id: randomUUID(),
    userId: randomUUID(),
    no: `many${randomBytes(12).toString('hex')}`,
  }));
  await db.insert(schema.users).values(
    made.map(({ userId }) => ({
      id: userId,
      email: `${userId}@example.org`,
      handle: userId.slice(0, 32),
      displayName: 'One of many',
      passwordHash: 'none',
    })),
  );
  await db
    .insert(schema.orders)
    .values(
      made.map(({ id, userId, no }) => ({ ...like, id, userId, checkoutId: id, outTradeNo: no })),
    );
  for (const { no } of made) {
    await server.services().payments.alipay?.createPayment({
      mode: 'qr',
      outTradeNo: no,
      amountFen: 12_000,
      subject: 'Pro',
      expiresAt: new Date(Date.now() + 900_000),
    });
  }
  return made;
}

const given = (person: Person) =>
  server
    .database()
    .db.select()
    .from(schema.entitlements)
    .where(and(eq(schema.entitlements.userId, person.id), isNull(schema.entitlements.revokedAt)));

const notifyAlipay = (body: string) =>
  server.send({
    method: 'POST',
    path: '/api/payments/alipay/notify',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body,
  });
const notifyWechat = ({ body, headers }: ReturnType<WechatV3StandIn['notice']>) =>
  server.send({ method: 'POST', path: '/api/payments/wechat/notify', headers, body });

/** Pays an Alipay order by its code. */
function payAlipay(no: string) {
  alipay.scan(no);
  alipay.pay(no);
}

/** Runs what is due, as if the waiting times were over, until nothing is. */
async function runJobs() {
  for (let i = 0; i < 6; i += 1) {
    await server
      .database()
      .db.update(schema.outbox)
      .set({ nextAt: sql`now()` })
      .where(and(isNull(schema.outbox.doneAt), sql`topic like 'orders.%'`));
    if ((await server.runJobs({ payments: server.services().payments })) === 0) return;
  }
}

const expire = (id: string) =>
  server
    .database()
    .db.update(schema.orders)
    .set({ expiresAt: sql`now()` })
    .where(eq(schema.orders.id, id));

/** Our ledger of an order: payments in, refunds out. */
async function ledger(ids: string[]): Promise<number> {
  const { db } = server.database();
  const isTheirs = inArray(schema.payments.orderId, ids);
  const paid = await db.select().from(schema.payments).where(isTheirs);
  const back = await db
    .select()
    .from(schema.refunds)
    .where(and(inArray(schema.refunds.orderId, ids), eq(schema.refunds.state, 'done')));
  const sum = (rows: { amountFen: number }[]) => rows.reduce((all, one) => all + one.amountFen, 0);
  return sum(paid) - sum(back);
}

/** The same, by the bills of the channels. */
function bill(numbers: string[]): number {
  const lines: BillLine[] = [...alipay.bill, ...wechat.bill];
  return lines
    .filter((line) => numbers.includes(line.outTradeNo))
    .reduce((all, one) => all + (one.kind === 'payment' ? one.amountFen : -one.amountFen), 0);
}

describe('buying', () => {
  it('with Alipay: a code, a notice, the exact word, the plan; for one fen', async () => {
    const [person, other] = [await server.register(), await server.register()];
    const made = await order(person, { period: 'month' });
    expect(made).toMatchObject({ status: 'pending', start: { kind: 'qr' } });
    expect((await given(person)).length).toBe(0);
    payAlipay(made.no);
    const answer = await notifyAlipay(alipay.notice(made.no));
    expect([answer.status, answer.text]).toEqual([200, 'success']);
    expect(answer.headers['content-type']).toBe('text/plain');
    expect(await rowOf(made.id)).toMatchObject({ status: 'paid', amountFen: 1 });
    const mine = await server.query('billing.myPlan', undefined, bearer(person));
    expect(dataOf(mine)).toMatchObject({ plans: [{ planId, name: 'Pro' }] });
    expect(await given(other)).toEqual([]);
    const foreign = await server.query('orders.get', { id: made.id }, bearer(other));
    expect(errorOf(foreign).data.appCode).toBe('not_found');
  });

  it('with WeChat Pay: the notice is proven over its bytes and answered as it wants', async () => {
    const person = await server.register();
    const made = await order(person, { channel: 'wechat' });
    wechat.pay(made.no);
    const answer = await notifyWechat(wechat.notice(made.no));
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
    alipay.scan(first.no);
    const second = await order(person, { channel: 'wechat' });
    expect((await rowOf(first.id)).status).toBe('closed');
    expect(alipay.trade(first.no).state).toBe('closed');
    expect((await rowOf(second.id)).checkoutId).toBe((await rowOf(first.id)).checkoutId);
    // Had it been paid meanwhile, that is the answer.
    wechat.pay(second.no);
    const third = await order(person);
    expect(third).toMatchObject({ id: second.id, status: 'paid' });
    expect(await given(person)).toHaveLength(1);
  });

  it('is possible by another channel while one is away', async () => {
    const person = await server.register();
    alipay.behave('broken');
    await expect(order(person)).rejects.toThrow('payment_failed');
    const made = await order(person, { channel: 'wechat' });
    expect(made.status).toBe('pending');
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
    const bodies = made.flatMap(({ no }) => Array.from({ length: 10 }, () => alipay.notice(no)));
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
    const honest = alipay.notice(made.no);
    const wrong = [
      honest.replace('total_amount=120.00', 'total_amount=0.01'),
      alipay.notice(made.no, { signWith: stranger.privateKey }),
      alipay.notice(made.no, { changes: { total_amount: '119.99' } }),
      alipay.notice(made.no, { changes: { out_trade_no: 'nobody-knows-it' } }),
      alipay.notice(made.no, { changes: { app_id: '2021000000000009' } }),
      '',
      'x'.repeat(10_000),
    ];
    for (const body of wrong) {
      const answer = await notifyAlipay(body);
      expect(answer.text).not.toBe('success');
    }
    // One that is for a WeChat order is none of Alipay's.
    const other = await order(await server.register(), { channel: 'wechat' });
    const crossed = alipay.notice(made.no, { changes: { out_trade_no: other.no } });
    expect((await notifyAlipay(crossed)).text).toBe('fail');
    expect((await rowOf(made.id)).status).toBe('pending');
    expect((await rowOf(other.id)).status).toBe('pending');
    expect(await given(person)).toEqual([]);
    const { db } = server.database();
    const kept = await db
      .select({ reason: schema.paymentNotices.reason })
      .from(schema.paymentNotices)
      .where(eq(schema.paymentNotices.state, 'rejected'));
    const reasons = kept.map(({ reason }) => reason);
    for (const reason of ['signature', 'mismatch', 'unknown_order', 'foreign', 'malformed']) {
      expect(reasons).toContain(reason);
    }
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
    await runJobs();
    expect((await rowOf(first.id)).status).toBe('paid');
    expect((await rowOf(second.id)).status).toBe('pending');
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
    expect((await notifyAlipay(alipay.notice(made.no, { changes }))).text).toBe('success');
    expect((await rowOf(made.id)).status).toBe('pending');
    await runJobs();
    expect((await rowOf(made.id)).status).toBe('paid');
    expect((await notifyAlipay(alipay.notice(made.no))).text).toBe('success');
    expect(await given(person)).toHaveLength(1);
  });
});

describe('an order whose time is over', () => {
  it('is closed once the channel says so, and not before', async () => {
    const person = await server.register();
    const made = await order(person, { channel: 'wechat' });
    await expire(made.id);
    wechat.behave('broken');
    await runJobs();
    expect((await rowOf(made.id)).status).toBe('pending');
    wechat.behave('answer');
    await runJobs();
    expect((await rowOf(made.id)).status).toBe('closed');
    expect(wechat.trade(made.no).state).toBe('closed');
  });

  it('and was paid all the same is paid', async () => {
    const person = await server.register();
    const made = await order(person);
    // Scanned after we had closed it: for Alipay there was nothing to close.
    await expire(made.id);
    await runJobs();
    expect((await rowOf(made.id)).status).toBe('closed');
    payAlipay(made.no);
    expect((await notifyAlipay(alipay.notice(made.no))).text).toBe('success');
    expect((await rowOf(made.id)).status).toBe('paid');
    expect(await given(person)).toHaveLength(1);
  });

  it('and was paid twice, by both channels, is given once; the rest goes back', async () => {
    const person = await server.register();
    const first = await order(person);
    const second = await order(person, { channel: 'wechat' });
    wechat.pay(second.no);
    await notifyWechat(wechat.notice(second.no));
    payAlipay(first.no);
    expect((await notifyAlipay(alipay.notice(first.no))).text).toBe('success');
    await runJobs();
    expect((await rowOf(second.id)).status).toBe('paid');
    expect(await rowOf(first.id)).toMatchObject({ status: 'refunded', refundedFen: 12_000 });
    expect(await given(person)).toHaveLength(1);
    expect(await ledger([first.id, second.id])).toBe(12_000);
    expect(bill([first.no, second.no])).toBe(12_000);
  });
});

describe('a refund', () => {
  const refund = (id: string, amountFen: number, by = admin) =>
    server.mutate('admin.orders.refund', { id, amountFen, reason: 'asked' }, bearer(by));
  const paidOrder = async (person: Person, channel: 'alipay' | 'wechat') => {
    const made = await order(person, { channel });
    if (channel === 'alipay') payAlipay(made.no);
    else wechat.pay(made.no);
    await server.mutate('orders.check', { id: made.id }, bearer(person));
    return made;
  };

  it.each(['alipay', 'wechat'] as const)(
    '%s: a part, then the rest, to the fen',
    async (channel) => {
      const person = await server.register();
      const made = await paidOrder(person, channel);
      expect(errorOf(await refund(made.id, 1, person)).data.appCode).toBe('forbidden');
      expect(errorOf(await refund(made.id, 12_001)).data.appCode).toBe('bad_input');
      expect((await refund(made.id, 4000)).status).toBe(200);
      expect(errorOf(await refund(made.id, 1)).data.appCode).toBe('conflict');
      await runJobs();
      expect(await rowOf(made.id)).toMatchObject({
        status: 'partially_refunded',
        refundedFen: 4000,
      });
      expect(await given(person)).toHaveLength(1);
      expect((await refund(made.id, 8000)).status).toBe(200);
      await runJobs();
      expect((await rowOf(made.id)).status).toBe('refunded');
      expect(await given(person)).toEqual([]);
      expect(await ledger([made.id])).toBe(0);
      expect(bill([made.no])).toBe(0);
    },
  );

  it('whose answer was lost, or takes long, goes back once', async () => {
    const person = await server.register();
    const made = await paidOrder(person, 'wechat');
    await refund(made.id, 12_000);
    wechat.behave('drop');
    await runJobs();
    expect((await rowOf(made.id)).status).toBe('refunding');
    wechat.behave('answer');
    wechat.delayRefunds(true);
    await runJobs();
    expect((await rowOf(made.id)).status).toBe('refunding');
    expect(await given(person)).toHaveLength(1);
    const { refundNo } = (
      await server
        .database()
        .db.select()
        .from(schema.refunds)
        .where(eq(schema.refunds.orderId, made.id))
    )[0] ?? { refundNo: '' };
    const notice = wechat.refundNotice(made.no, refundNo);
    expect((await notifyWechat(notice)).status).toBe(200);
    expect((await notifyWechat(notice)).status).toBe(200);
    await runJobs();
    expect((await rowOf(made.id)).status).toBe('refunded');
    expect(await given(person)).toEqual([]);
    expect(bill([made.no])).toBe(0);
  });
});
