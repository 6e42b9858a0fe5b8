import { Socket } from 'node:net';
import { type AlipayStandIn, startAlipay } from '@ainotebook/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAlipay } from './alipay.js';
import type { PaymentChannel, RawNotice } from './channel.js';
import {
  ALIPAY_APP,
  buildPayment,
  failureOf,
  keyPairs,
  NOTIFY_URL,
  noticeFailureOf,
  pemOf,
} from './test-support.js';

const { ours, theirs, stranger } = keyPairs();
let alipay: AlipayStandIn;
let channel: PaymentChannel;

const settings = {
  appId: ALIPAY_APP,
  privateKey: pemOf(ours.privateKey),
  publicKey: pemOf(theirs.publicKey),
  sellerId: '2088000000000001',
};

beforeAll(async () => {
  alipay = await startAlipay({ appId: ALIPAY_APP, keys: { app: ours, alipay: theirs, stranger } });
  const options = { notifyUrl: NOTIFY_URL, baseUrl: alipay.url, timeoutMs: 2_000 };
  channel = createAlipay(settings, options);
});
afterEach(() => {
  alipay.behave('answer');
  alipay.say(null);
});
afterAll(() => alipay.stop());

/** A payment that was paid by its code. */
async function paid(fields = {}) {
  const payment = buildPayment(fields);
  await channel.createPayment(payment);
  alipay.scan(payment.outTradeNo);
  alipay.pay(payment.outTradeNo);
  return payment;
}

const raw = (body: string): RawNotice => ({ body: Buffer.from(body), headers: {} });
const check = (body: string) => noticeFailureOf(channel.verifyNotice(raw(body)));

it('leaves the sockets of everybody else as they were', async () => {
  await paid();
  const error = new Error('the pool is closed');
  const ended = [new Socket(), new Socket()].map((socket) => {
    const failure = new Promise((resolve) => socket.once('error', resolve));
    socket.destroy(error);
    return failure;
  });
  expect(await Promise.all(ended)).toEqual([error, error]);
});

describe('a payment by code', () => {
  it('exists for Alipay once the code is scanned, and is paid to the fen', async () => {
    const payment = buildPayment({ amountFen: 1 });
    const start = await channel.createPayment(payment);
    expect(start).toEqual({ kind: 'qr', codeUrl: expect.stringContaining(payment.outTradeNo) });
    expect(await channel.query(payment.outTradeNo)).toEqual({ kind: 'absent' });
    expect(await channel.close(payment.outTradeNo)).toBe('absent');
    alipay.scan(payment.outTradeNo);
    expect(await channel.query(payment.outTradeNo)).toEqual({ kind: 'scanned' });
    const { transactionId } = alipay.pay(payment.outTradeNo);
    const state = { kind: 'paid', transactionId, amountFen: 1 };
    expect(await channel.query(payment.outTradeNo)).toEqual(state);
    expect(await channel.close(payment.outTradeNo)).toBe('not_open');
  });

  it('is refused under a number that had another amount', async () => {
    const payment = buildPayment();
    await channel.createPayment(payment);
    const again = channel.createPayment({ ...payment, amountFen: 1 });
    expect(await failureOf(again)).toBe('refused');
  });

  it('is closed once, and again is harmless', async () => {
    const payment = buildPayment();
    await channel.createPayment(payment);
    alipay.scan(payment.outTradeNo);
    expect(await channel.close(payment.outTradeNo)).toBe('closed');
    expect(await channel.close(payment.outTradeNo)).toBe('closed');
    expect(await channel.query(payment.outTradeNo)).toEqual({ kind: 'closed' });
  });

  it('carries the time of Beijing, wherever the process runs', async () => {
    const payment = buildPayment();
    await channel.createPayment(payment);
    const call = alipay.calls.findLast(({ method }) => method === 'alipay.trade.precreate');
    const expiry = JSON.parse(call?.params.biz_content ?? '{}').time_expire;
    const ms = new Date(`${expiry}+08:00`).getTime();
    expect(Math.abs(ms - payment.expiresAt.getTime())).toBeLessThan(1000);
    expect(call?.params.notify_url).toBe(NOTIFY_URL);
  });
});

describe('a payment on a page of Alipay', () => {
  it.each(['page', 'mobile'] as const)('%s: an address that Alipay accepts', async (mode) => {
    const payment = buildPayment({ mode, returnUrl: 'https://notes.test/plan?a=1' });
    const start = await channel.createPayment(payment);
    if (start.kind !== 'redirect') throw new Error('not an address');
    expect(start.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/gateway\.do\?/);
    alipay.openPage(start.url);
    expect(await channel.query(payment.outTradeNo)).toEqual({ kind: 'scanned' });
  });

  it('is not possible inside WeChat', async () => {
    const start = channel.createPayment(buildPayment({ mode: 'jsapi' }));
    expect(await failureOf(start)).toBe('unsupported');
  });
});

describe('an answer', () => {
  it.each([
    ['forged', 'untrusted'],
    ['unsigned', 'untrusted'],
    ['silent', 'unreachable'],
    ['drop', 'unreachable'],
    ['broken', 'unreachable'],
  ] as const)('%s: %s', async (behaviour, kind) => {
    const payment = await paid();
    alipay.behave(behaviour);
    expect(await failureOf(channel.query(payment.outTradeNo))).toBe(kind);
  });

  it('about another trade is not believed', async () => {
    expect(await failureOf(channel.query('unknown-number'))).toBe('none');
    const wrongApp = createAlipay(
      { ...settings, appId: '2021000000000009' },
      { notifyUrl: NOTIFY_URL, baseUrl: alipay.url },
    );
    expect(await failureOf(wrongApp.query('unknown-number'))).toBe('unauthorized');
  });
});

describe('a refund', () => {
  const refund = (outTradeNo: string, refundNo: string, amountFen: number) =>
    channel.refund({ outTradeNo, refundNo, amountFen, totalFen: 1234, reason: '不想要了' });

  it('goes back once under its number, and never more than was paid', async () => {
    const { outTradeNo } = await paid();
    const refundNo = `${outTradeNo}-r1`;
    const asked = () => channel.queryRefund({ outTradeNo, refundNo });
    expect(await asked()).toMatchObject({ state: 'absent' });
    expect(await refund(outTradeNo, refundNo, 1000)).toBe('done');
    expect(await refund(outTradeNo, refundNo, 1000)).toBe('done');
    const { transactionId } = alipay.trade(outTradeNo);
    expect(await asked()).toEqual({ state: 'done', amountFen: 1000, transactionId });
    expect(await failureOf(refund(outTradeNo, `${outTradeNo}-r2`, 235))).toBe('refused');
    expect(await channel.query(outTradeNo)).toMatchObject({ kind: 'paid' });
    expect(await refund(outTradeNo, `${outTradeNo}-r3`, 234)).toBe('done');
    expect(await channel.query(outTradeNo)).toMatchObject({ kind: 'returned', amountFen: 1234 });
    const back = alipay.bill.filter((line) => line.outTradeNo === outTradeNo);
    expect(back.map(({ amountFen }) => amountFen)).toEqual([1234, 1000, 234]);
  });

  it('whose answer was lost is found under its number', async () => {
    const { outTradeNo } = await paid();
    alipay.behave('drop');
    expect(await failureOf(refund(outTradeNo, `${outTradeNo}-r1`, 1234))).toBe('unreachable');
    alipay.behave('answer');
    expect(await refund(outTradeNo, `${outTradeNo}-r1`, 1234)).toBe('done');
    expect(alipay.bill.filter((line) => line.outTradeNo === outTradeNo)).toHaveLength(2);
  });
});

describe('a refusal', () => {
  const asked = () =>
    failureOf(
      channel.refund({
        outTradeNo: 'n-1',
        refundNo: 'n-1-r1',
        amountFen: 1,
        totalFen: 1,
        reason: 'x',
      }),
    );

  it.each([
    ['20000', undefined, 'unreachable'],
    ['20000', 'aop.unknow-error', 'unreachable'],
    ['20000', 'isp.http-connection-timeout', 'unreachable'],
    ['40005', 'isv.app-call-limited', 'unreachable'],
    ['40004', 'ACQ.SYSTEM_ERROR', 'unreachable'],
    ['40004', 'aop.ACQ.SYSTEM_ERROR', 'unreachable'],
    ['40004', 'ACQ.SELLER_BALANCE_NOT_ENOUGH', 'unreachable'],
    ['40004', 'ACQ.REASON_TRADE_BEEN_FREEZEN', 'refused'],
    ['40002', 'isv.invalid-signature', 'unauthorized'],
    ['40006', 'isv.insufficient-isv-permissions', 'unauthorized'],
  ])('%s %s: %s', async (code, sub_code, kind) => {
    alipay.say({ code, msg: 'x', ...(sub_code ? { sub_code } : {}) });
    expect(await asked()).toBe(kind);
  });

  it('and a yes about another trade are told apart from a yes', async () => {
    alipay.say({ code: '10000', msg: 'Success', out_trade_no: 'another', fund_change: 'Y' });
    expect(await asked()).toBe('untrusted');
  });
});

describe('a notice', () => {
  it('says what was paid', async () => {
    const { outTradeNo } = await paid({ subject: '100% & more = 折扣 %E4' });
    const notice = await channel.verifyNotice(raw(alipay.notice(outTradeNo)));
    const { transactionId } = alipay.trade(outTradeNo);
    const state = { kind: 'paid', transactionId, amountFen: 1234 };
    expect(notice).toMatchObject({ outTradeNo, event: { kind: 'payment', state } });
  });

  it('is believed with a per cent sign in it', async () => {
    const { outTradeNo } = await paid();
    expect(await check(alipay.notice(outTradeNo, { changes: { subject: '100% 好' } }))).toBe(
      'none',
    );
  });

  it('of a closed trade and of a refund says so', async () => {
    const { outTradeNo } = buildPayment();
    await channel.createPayment(buildPayment({ outTradeNo }));
    alipay.expire(outTradeNo);
    const closed = await channel.verifyNotice(raw(alipay.notice(outTradeNo)));
    expect(closed.event).toEqual({ kind: 'payment', state: { kind: 'closed' } });
    const changes = { gmt_refund: '2026-03-01 08:00:00', out_biz_no: 'r1', refund_fee: '1.00' };
    const back = await channel.verifyNotice(raw(alipay.notice(outTradeNo, { changes })));
    expect(back.event).toEqual({ kind: 'refund', refundNo: 'r1', state: 'done' });
  });

  it('is answered with the one word that Alipay knows', () => {
    const plain = { status: 200, contentType: 'text/plain' };
    expect(channel.reply('taken')).toEqual({ ...plain, body: 'success' });
    expect(channel.reply('refused').body).not.toBe('success');
  });

  const fields = (body: string) => new URLSearchParams(body);
  const altered = (name: string, value: string) => (body: string) => {
    const changed = fields(body);
    changed.set(name, value);
    return changed.toString();
  };
  const forgeries: [string, (body: string) => string][] = [
    ['another amount', altered('total_amount', '0.01')],
    ['another trade', altered('out_trade_no', 'another')],
    ['another transaction', altered('trade_no', '1')],
    ['another status', altered('trade_status', 'TRADE_FINISHED')],
    ['another app', altered('app_id', '2021000000000009')],
    ['another seller', altered('seller_id', '2088000000000009')],
    ['another time', altered('notify_time', '2026-03-01 08:00:00')],
    ['a further field', (body) => `${body}&passback_params=1`],
    ['a name twice', (body) => `${body}&total_amount=0.01`],
    ['no signature', (body) => body.replace(/&sign=[^&]*/, '')],
    ['an empty signature', altered('sign', '')],
    ['a signature cut off', altered('sign', 'AAAA')],
    ['a signature that is no base64', altered('sign', '%%%')],
    [
      'something behind the signature',
      (body) => body.replace('%3D&', '%3Dx&').replace(/%3D$/, '%3Dx'),
    ],
    ['SHA-1 by name', altered('sign_type', 'RSA')],
    ['an unknown kind of signature', altered('sign_type', 'MD5')],
    ['no kind of signature', (body) => body.replace(/&sign_type=[^&]*/, '')],
    ['a prototype', (body) => `${body}&__proto__=1`],
    ['JSON', (body) => JSON.stringify(Object.fromEntries(fields(body)))],
    ['nothing', () => ''],
    ['half of it', (body) => body.slice(0, body.length / 2)],
    // Both are the same signed text.
    [
      'two fields made one',
      (body) => {
        const one = fields(body);
        one.set('app_id', `${one.get('app_id')}&charset=${one.get('charset')}`);
        one.delete('charset');
        return one.toString();
      },
    ],
  ];
  it.each(forgeries)('with %s is refused', async (_, forge) => {
    const { outTradeNo } = await paid();
    expect(await check(forge(alipay.notice(outTradeNo)))).not.toBe('none');
  });

  it.each([
    ['by a stranger', { signWith: stranger.privateKey }, 'signature'],
    ['with our own key', { signWith: ours.privateKey }, 'signature'],
    ['with SHA-1', { signType: 'RSA' }, 'signature'],
    ['for another app', { changes: { app_id: '2021000000000009' } }, 'foreign'],
    ['for another seller', { changes: { seller_id: '2088000000000009' } }, 'foreign'],
    ['two days ago', { changes: { notify_time: '2026-01-01 08:00:00' } }, 'stale'],
    ['in a year', { changes: { notify_time: '2099-01-01 08:00:00' } }, 'stale'],
    ['without a time', { changes: { notify_time: null } }, 'stale'],
    ['without a trade', { changes: { out_trade_no: null } }, 'malformed'],
    ['without a transaction', { changes: { trade_no: null } }, 'malformed'],
    ['with half a fen', { changes: { total_amount: '12.345' } }, 'malformed'],
    ['with a negative amount', { changes: { total_amount: '-12.34' } }, 'malformed'],
    ['with an amount in words', { changes: { total_amount: '1e3' } }, 'malformed'],
    ['with an unknown status', { changes: { trade_status: 'PAID' } }, 'malformed'],
  ])('signed %s is refused', async (_, more, kind) => {
    const { outTradeNo } = await paid();
    expect(await check(alipay.notice(outTradeNo, more))).toBe(kind);
  });
});

describe('the bill', () => {
  const today = () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);

  it('is read out of its zip, to the fen, whatever a name holds', async () => {
    expect(await channel.bill('2020-01-01')).toEqual([]);
    const payment = buildPayment();
    const { outTradeNo, amountFen } = payment;
    await channel.createPayment(payment);
    alipay.scan(outTradeNo);
    const { transactionId } = alipay.pay(outTradeNo);
    const refundNo = `${outTradeNo}-r1`;
    const refund = { outTradeNo, refundNo, amountFen: 7, totalFen: amountFen, reason: 'asked' };
    await channel.refund(refund);
    const lines = (await channel.bill(today())).filter((line) => line.outTradeNo === outTradeNo);
    expect(lines).toEqual([
      { kind: 'payment', outTradeNo, transactionId, refundNo: null, amountFen },
      { kind: 'refund', outTradeNo, transactionId, refundNo, amountFen: 7 },
    ]);
    alipay.behave('forged');
    expect(await failureOf(channel.bill(today()))).toBe('untrusted');
  });
});
