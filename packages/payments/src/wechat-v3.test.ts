import { createPrivateKey, createVerify, X509Certificate } from 'node:crypto';
import { makeCertificate, startWechatV3, type WechatV3StandIn } from '@ainotebook/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PaymentChannel, RawNotice } from './channel.js';
import {
  API_V3_KEY,
  APP_SECRET,
  buildPayment,
  failureOf,
  KEY_ID,
  keyPairs,
  MCH_ID,
  NOTIFY_URL,
  noticeFailureOf,
  pemOf,
  SERIAL,
  WECHAT_APP,
} from './test-support.js';
import { createWechat } from './wechat.js';
import { wechatTrade } from './wechat-trade.js';

const { ours, theirs, stranger } = keyPairs();
const common = { appId: WECHAT_APP, mchId: MCH_ID };
let wechat: WechatV3StandIn;
let channel: PaymentChannel;

beforeAll(async () => {
  wechat = await startWechatV3({
    ...common,
    apiKey: API_V3_KEY,
    serial: SERIAL,
    keyId: KEY_ID,
    keys: { merchant: ours, wechat: theirs, stranger },
  });
  channel = createWechat(
    {
      ...common,
      appSecret: APP_SECRET,
      v2: null,
      v3: {
        apiKey: API_V3_KEY,
        serial: SERIAL,
        privateKey: pemOf(ours.privateKey),
        verifier: { kind: 'publicKey', keyId: KEY_ID, publicKey: pemOf(theirs.publicKey) },
      },
    },
    { notifyUrl: NOTIFY_URL, baseUrl: wechat.url, timeoutMs: 2_000 },
  );
});
afterEach(() => {
  wechat.behave('answer');
  wechat.say(null);
  wechat.delayRefunds(false);
});
afterAll(() => wechat.stop());

async function paid(fields = {}) {
  const payment = buildPayment(fields);
  await channel.createPayment(payment);
  wechat.pay(payment.outTradeNo);
  return payment;
}

type Sent = ReturnType<WechatV3StandIn['notice']>;
const raw = ({ body, headers }: Sent): RawNotice => ({ body: Buffer.from(body), headers });
const check = (sent: Sent) => noticeFailureOf(channel.verifyNotice(raw(sent)));

describe('a payment', () => {
  it('by code is open, then paid to the fen', async () => {
    const payment = buildPayment({ amountFen: 1 });
    const start = await channel.createPayment(payment);
    expect(start).toEqual({ kind: 'qr', codeUrl: expect.stringMatching(/^weixin:/) });
    expect(await channel.query(payment.outTradeNo)).toEqual({ kind: 'open' });
    const { transactionId } = wechat.pay(payment.outTradeNo);
    const state = { kind: 'paid', transactionId, amountFen: 1 };
    expect(await channel.query(payment.outTradeNo)).toEqual(state);
    expect(await channel.close(payment.outTradeNo)).toBe('not_open');
  });

  it('says when the payer is at it, but not when a payment failed', () => {
    expect(wechatTrade({ trade_state: 'USERPAYING' })).toEqual({ kind: 'scanned' });
    expect(wechatTrade({ trade_state: 'PAYERROR' })).toEqual({ kind: 'open' });
  });

  it('on a telephone is an address, and needs that of the payer', async () => {
    const mobile = buildPayment({ mode: 'mobile', payerIp: '203.0.113.9' });
    expect(await channel.createPayment(mobile)).toMatchObject({ kind: 'redirect' });
    const returnUrl = 'https://notes.test/orders?id=1';
    const back = await channel.createPayment(buildPayment({ ...mobile, returnUrl }));
    if (back.kind !== 'redirect') throw new Error('no address');
    expect(new URL(back.url).searchParams.get('redirect_url')).toBe(returnUrl);
    const nobody = channel.createPayment(buildPayment({ mode: 'mobile' }));
    expect(await failureOf(nobody)).toBe('unsupported');
  });

  it('inside WeChat is signed for its bridge', async () => {
    const start = await channel.createPayment(buildPayment({ mode: 'jsapi', openId: 'o-1' }));
    if (start.kind !== 'jsapi') throw new Error('not for the bridge');
    const { appId, timeStamp, nonceStr, package: named, paySign } = start.params;
    const isSigned = createVerify('RSA-SHA256')
      .update(`${appId}\n${timeStamp}\n${nonceStr}\n${named}\n`)
      .verify(ours.publicKey, paySign ?? '', 'base64');
    expect(isSigned).toBe(true);
  });

  it('is closed once, and again is harmless; what is unknown is absent', async () => {
    const { outTradeNo } = buildPayment();
    expect(await channel.close(outTradeNo)).toBe('absent');
    expect(await channel.query(outTradeNo)).toEqual({ kind: 'absent' });
    await channel.createPayment(buildPayment({ outTradeNo }));
    expect(await channel.close(outTradeNo)).toBe('closed');
    expect(await channel.close(outTradeNo)).toBe('closed');
    expect(await channel.query(outTradeNo)).toEqual({ kind: 'closed' });
  });

  it('is refused under a number that had another amount', async () => {
    const payment = buildPayment();
    await channel.createPayment(payment);
    const again = channel.createPayment({ ...payment, amountFen: 1 });
    expect(await failureOf(again)).toBe('refused');
  });
});

describe('an answer', () => {
  it.each([
    ['forged', 'untrusted'],
    ['unsigned', 'untrusted'],
    ['skewed', 'untrusted'],
    ['silent', 'unreachable'],
    ['drop', 'unreachable'],
    ['broken', 'unreachable'],
  ] as const)('%s: %s', async (behaviour, kind) => {
    const payment = await paid();
    wechat.behave(behaviour);
    expect(await failureOf(channel.query(payment.outTradeNo))).toBe(kind);
    expect(await failureOf(channel.createPayment(buildPayment()))).toBe(kind);
  });
});

describe('a refund', () => {
  it('goes back once under its number, and is asked for while it is under way', async () => {
    const { outTradeNo } = await paid();
    const refundNo = `${outTradeNo}-r1`;
    const request = { outTradeNo, refundNo, amountFen: 1000, totalFen: 1234, reason: '退款' };
    const asked = () => channel.queryRefund({ outTradeNo, refundNo });
    expect(await asked()).toMatchObject({ state: 'absent' });
    wechat.delayRefunds(true);
    expect(await channel.refund(request)).toBe('processing');
    expect(await asked()).toMatchObject({ state: 'processing' });
    // The payer's card is gone: somebody names another, and it goes on.
    wechat.sayOfRefunds('ABNORMAL');
    expect(await channel.refund(request)).toBe('processing');
    wechat.delayRefunds(false);
    expect(await channel.refund(request)).toBe('done');
    const { transactionId } = wechat.trade(outTradeNo);
    expect(await asked()).toEqual({ state: 'done', amountFen: 1000, transactionId });
    const more = { ...request, refundNo: `${outTradeNo}-r2`, amountFen: 235 };
    expect(await failureOf(channel.refund(more))).toBe('refused');
    expect(wechat.bill.filter((line) => line.outTradeNo === outTradeNo)).toHaveLength(2);
    // All of it or a part: WeChat does not say.
    expect(await channel.query(outTradeNo)).toMatchObject({ kind: 'returned', amountFen: 1234 });
  });

  it.each([
    [403, 'NOT_ENOUGH', 'unreachable'],
    [429, 'FREQUENCY_LIMITED', 'unreachable'],
    [500, 'SYSTEM_ERROR', 'unreachable'],
    [401, 'SIGN_ERROR', 'unauthorized'],
    [403, 'NO_AUTH', 'unauthorized'],
    [403, 'USER_ACCOUNT_ABNORMAL', 'refused'],
  ])('that is answered with %s %s: %s', async (status, code, kind) => {
    const { outTradeNo } = await paid();
    wechat.say({ status, code });
    const request = { outTradeNo, refundNo: 'r1', amountFen: 1, totalFen: 1234, reason: 'x' };
    expect(await failureOf(channel.refund(request))).toBe(kind);
  });
});

describe('a notice', () => {
  it('says what was paid, and what went back', async () => {
    const { outTradeNo } = await paid();
    const notice = await channel.verifyNotice(raw(wechat.notice(outTradeNo)));
    const { transactionId } = wechat.trade(outTradeNo);
    const state = { kind: 'paid', transactionId, amountFen: 1234 };
    expect(notice).toMatchObject({ outTradeNo, event: { kind: 'payment', state } });
    const back = await channel.verifyNotice(raw(wechat.refundNotice(outTradeNo, 'r1')));
    expect(back.event).toEqual({ kind: 'refund', refundNo: 'r1', state: 'done' });
  });

  it('is answered as WeChat Pay wants it', () => {
    const taken = channel.reply('taken');
    expect([taken.status, JSON.parse(taken.body).code]).toEqual([200, 'SUCCESS']);
    const refused = channel.reply('refused');
    expect([refused.status, JSON.parse(refused.body).code]).toEqual([400, 'FAIL']);
  });

  it.each([
    ['by a stranger', { signWith: stranger.privateKey }, 'signature'],
    ['with our own key', { signWith: ours.privateKey }, 'signature'],
    ['under an unknown name', { serial: 'PUB_KEY_ID_000' }, 'signature'],
    ['under a name of every object', { serial: 'constructor' }, 'signature'],
    ['six minutes ago', { skewS: -360 }, 'stale'],
    ['in six minutes', { skewS: 360 }, 'stale'],
    ['and encrypted with another key', { encryptWith: 'x'.repeat(32) }, 'signature'],
    ['and encrypted in another way', { algorithm: 'AEAD_SM4_GCM' }, 'malformed'],
    ['for another merchant', { changes: { mchid: '1900000009' } }, 'foreign'],
    ['for another app', { changes: { appid: 'wx9' } }, 'foreign'],
    ['in another currency', { changes: { amount: { total: 1234, currency: 'USD' } } }, 'malformed'],
    ['with half a fen', { changes: { amount: { total: 0.5, currency: 'CNY' } } }, 'malformed'],
    ['without an amount', { changes: { amount: null } }, 'malformed'],
    ['without a transaction', { changes: { transaction_id: '' } }, 'malformed'],
    ['with an unknown state', { changes: { trade_state: 'PAID' } }, 'malformed'],
    ['without a trade', { changes: { out_trade_no: null } }, 'malformed'],
  ])('signed %s is refused', async (_, more, kind) => {
    const { outTradeNo } = await paid();
    expect(await check(wechat.notice(outTradeNo, more))).toBe(kind);
  });

  const header = (name: string, value: string) => (sent: Sent) => ({
    ...sent,
    headers: { ...sent.headers, [`wechatpay-${name}`]: value },
  });
  const forgeries: [string, (sent: Sent) => Sent][] = [
    ['written anew', (sent) => ({ ...sent, body: JSON.stringify(JSON.parse(sent.body), null, 1) })],
    ['with a space behind it', (sent) => ({ ...sent, body: `${sent.body} ` })],
    ['with another id', (sent) => ({ ...sent, body: sent.body.replace(/"id":"./, '"id":"_') })],
    ['without a body', (sent) => ({ ...sent, body: '' })],
    [
      'with another time',
      (sent) => header('timestamp', `${Number(sent.headers['wechatpay-timestamp']) + 1}`)(sent),
    ],
    ['with a time that is none', header('timestamp', 'now')],
    ['with another nonce', header('nonce', 'another')],
    ['with another signature', header('signature', 'AAAA')],
    ['with a probe for a signature', header('signature', 'WECHATPAY/SIGNTEST/AAAA')],
    ['without a signature', header('signature', '')],
    ['without headers', (sent) => ({ ...sent, headers: {} })],
  ];
  it.each(forgeries)('%s is refused', async (_, forge) => {
    const { outTradeNo } = await paid();
    expect(await check(forge(wechat.notice(outTradeNo)))).not.toBe('none');
  });
});

describe('the bill', () => {
  const today = () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);

  it('is read as it is signed, and not when the file is another', async () => {
    expect(await channel.bill('2020-01-01')).toEqual([]);
    const payment = await paid();
    const { outTradeNo, amountFen } = payment;
    const { transactionId } = wechat.trade(outTradeNo);
    const lines = (await channel.bill(today())).filter((line) => line.outTradeNo === outTradeNo);
    expect(lines).toEqual([
      { kind: 'payment', outTradeNo, transactionId, refundNo: null, amountFen },
    ]);
    wechat.alterBill(true);
    expect(await failureOf(channel.bill(today()))).toBe('untrusted');
    wechat.alterBill(false);
    wechat.behave('forged');
    expect(await failureOf(channel.bill(today()))).toBe('untrusted');
  });
});

it('of an older merchant is believed by the certificate of the platform, and by that alone', async () => {
  const made = await makeCertificate('platform');
  const serial = new X509Certificate(made.certificate).serialNumber;
  const platform = await startWechatV3({
    ...common,
    apiKey: API_V3_KEY,
    serial: SERIAL,
    keyId: serial,
    keys: {
      merchant: ours,
      wechat: { privateKey: createPrivateKey(made.privateKey) },
      stranger,
    },
  });
  try {
    const older = createWechat(
      {
        ...common,
        appSecret: null,
        v2: null,
        v3: {
          apiKey: API_V3_KEY,
          serial: SERIAL,
          privateKey: pemOf(ours.privateKey),
          verifier: { kind: 'certificate', certificate: made.certificate },
        },
      },
      { notifyUrl: NOTIFY_URL, baseUrl: platform.url, timeoutMs: 2_000 },
    );
    expect(older.modes).not.toContain('jsapi');
    const { outTradeNo } = buildPayment();
    await older.createPayment(buildPayment({ outTradeNo }));
    platform.pay(outTradeNo);
    expect(await older.query(outTradeNo)).toMatchObject({ kind: 'paid', amountFen: 1234 });
    const notice = await older.verifyNotice(raw(platform.notice(outTradeNo)));
    expect(notice).toMatchObject({ outTradeNo, event: { kind: 'payment' } });
    const forged = raw(platform.notice(outTradeNo, { signWith: stranger.privateKey }));
    expect(await noticeFailureOf(older.verifyNotice(forged))).toBe('signature');
    platform.behave('forged');
    expect(await failureOf(older.query(outTradeNo))).toBe('untrusted');
  } finally {
    await platform.stop();
  }
});
