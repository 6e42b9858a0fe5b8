import {
  type MadeCertificate,
  makeCertificate,
  signV2,
  startWechatV2,
  type WechatV2StandIn,
} from '@ainotebook/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Hash } from 'wechatpay-axios-plugin';
import type { PaymentChannel } from './channel.js';
import {
  API_V2_KEY,
  APP_SECRET,
  buildPayment,
  failureOf,
  MCH_ID,
  NOTIFY_URL,
  noticeFailureOf,
  WECHAT_APP,
} from './test-support.js';
import { createWechat } from './wechat.js';

const common = { appId: WECHAT_APP, mchId: MCH_ID };
const v2 = { key: API_V2_KEY, merchant: null };
const settings = { ...common, appSecret: null, v2, v3: null };
let wechat: WechatV2StandIn;
let channel: PaymentChannel;

beforeAll(async () => {
  wechat = await startWechatV2({ ...common, key: API_V2_KEY });
  channel = createWechat(settings, options());
});
afterEach(() => wechat.behave('answer'));
afterAll(() => wechat.stop());

const options = () => ({ notifyUrl: NOTIFY_URL, baseUrl: wechat.url, timeoutMs: 2_000 });

async function paid(fields = {}) {
  const payment = buildPayment(fields);
  await channel.createPayment(payment);
  wechat.pay(payment.outTradeNo);
  return payment;
}

const check = (xml: string) =>
  noticeFailureOf(channel.verifyNotice({ body: Buffer.from(xml), headers: {} }));

it('signs as the published example does, on both sides', () => {
  const fields = {
    appid: 'wxd930ea5d5a258f4f',
    mch_id: '10000100',
    device_info: '1000',
    body: 'test',
    nonce_str: 'ibuaiVcKdpRxkhJA',
  };
  const key = '192006250b4c09247ec02edce69f6a2d';
  const known = {
    MD5: '9A0A8659F005D6984697E2CA0A9CF3B7',
    'HMAC-SHA256': '6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6',
  };
  for (const type of ['MD5', 'HMAC-SHA256'] as const) {
    expect(signV2(fields, key, type)).toBe(known[type]);
    expect(Hash.sign(type, fields, key)).toBe(known[type]);
  }
});

describe('a payment', () => {
  it('by code is open, then paid to the fen; what is unknown is absent', async () => {
    const payment = buildPayment({ amountFen: 1 });
    expect(await channel.query(payment.outTradeNo)).toEqual({ kind: 'absent' });
    const start = await channel.createPayment(payment);
    expect(start).toEqual({ kind: 'qr', codeUrl: expect.stringMatching(/^weixin:/) });
    expect(await channel.query(payment.outTradeNo)).toEqual({ kind: 'open' });
    const { transactionId } = wechat.pay(payment.outTradeNo);
    const state = { kind: 'paid', transactionId, amountFen: 1 };
    expect(await channel.query(payment.outTradeNo)).toEqual(state);
    expect(await channel.close(payment.outTradeNo)).toBe('not_open');
  });

  it('is closed, and opens on a telephone', async () => {
    const payment = buildPayment({ mode: 'mobile', payerIp: '203.0.113.9' });
    expect(await channel.createPayment(payment)).toMatchObject({ kind: 'redirect' });
    expect(await channel.close(payment.outTradeNo)).toBe('closed');
    expect(await channel.query(payment.outTradeNo)).toEqual({ kind: 'closed' });
    expect(await channel.close('unknown-number')).toBe('absent');
  });

  it('cannot be given back without the certificate of the merchant, which is named', async () => {
    const { outTradeNo } = await paid();
    const request = { outTradeNo, refundNo: 'r1', amountFen: 1, totalFen: 1234, reason: '' };
    expect(await failureOf(channel.refund(request))).toBe('unsupported');
    expect(channel.refundNeeds).toEqual(['WECHAT_MCH_CERT', 'WECHAT_MCH_PRIVATE_KEY']);
  });

  it('inside WeChat is signed for its bridge as the order was, where payers can be named', async () => {
    expect(channel.modes).toEqual(['qr', 'mobile']);
    const inside = createWechat({ ...settings, appSecret: APP_SECRET }, options());
    expect(inside.modes).toContain('jsapi');
    const start = await inside.createPayment(buildPayment({ mode: 'jsapi', openId: 'o-1' }));
    if (start.kind !== 'jsapi') throw new Error('not for the bridge');
    const { paySign, ...params } = start.params;
    expect(params).toMatchObject({ appId: WECHAT_APP, signType: 'HMAC-SHA256' });
    expect(paySign).toBe(signV2(params, API_V2_KEY, 'HMAC-SHA256'));
    const nobody = inside.createPayment(buildPayment({ mode: 'jsapi' }));
    expect(await failureOf(nobody)).toBe('unsupported');
  });
});

describe('a refund, by the certificate of the merchant', () => {
  let bank: WechatV2StandIn;
  let shop: PaymentChannel;
  let imposter: PaymentChannel;
  beforeAll(async () => {
    const [server, merchant, other] = await Promise.all(
      ['127.0.0.1', 'merchant', 'somebody else'].map(makeCertificate),
    );
    if (!server || !merchant || !other) throw new Error('no certificates');
    bank = await startWechatV2({ ...common, key: API_V2_KEY, tls: { server, merchant } });
    const by = (shown: MadeCertificate) =>
      createWechat(
        { ...settings, v2: { ...v2, merchant: shown } },
        { notifyUrl: NOTIFY_URL, baseUrl: bank.url, ca: server.certificate, timeoutMs: 2_000 },
      );
    [shop, imposter] = [by(merchant), by(other)];
  });
  afterEach(() => {
    bank.behave('answer');
    bank.delayRefunds(false);
  });
  afterAll(() => bank.stop());

  /** A payment of 12.34 yuan that went through, and a request to give a part of it back. */
  async function sold() {
    const payment = buildPayment();
    await shop.createPayment(payment);
    bank.pay(payment.outTradeNo);
    const { outTradeNo } = payment;
    const request = { outTradeNo, refundNo: `${outTradeNo}-r1`, amountFen: 234, totalFen: 1234 };
    return { ...request, reason: '迟到了' };
  }
  const goneBack = (outTradeNo: string) =>
    bank.bill.filter((line) => line.outTradeNo === outTradeNo && line.kind === 'refund');

  it('goes back once, however often it is asked for', async () => {
    const request = await sold();
    expect(shop.refundNeeds).toEqual([]);
    expect(await shop.queryRefund(request)).toMatchObject({ state: 'absent' });
    for (let time = 0; time < 3; time += 1) expect(await shop.refund(request)).toBe('done');
    expect(goneBack(request.outTradeNo)).toMatchObject([{ amountFen: 234 }]);
    expect(await shop.query(request.outTradeNo)).toMatchObject({ kind: 'returned' });
  });

  it('waits while WeChat works on it, and is done when it says so', async () => {
    const request = await sold();
    bank.delayRefunds(true);
    expect(await shop.refund(request)).toBe('processing');
    bank.delayRefunds(false);
    expect(await shop.queryRefund(request)).toMatchObject({ state: 'done', amountFen: 234 });
  });

  it('whose answer is lost is the same refund when it is asked for again', async () => {
    const request = await sold();
    bank.behave('drop');
    expect(await failureOf(shop.refund(request))).toBe('unreachable');
    bank.behave('answer');
    expect(await shop.refund(request)).toBe('done');
    expect(goneBack(request.outTradeNo)).toHaveLength(1);
  });

  it('of one of two payments is of that one; of more than there is waits', async () => {
    const request = await sold();
    const transactionId = bank.payAgain(request.outTradeNo);
    const whole = { ...request, transactionId, amountFen: 1234 };
    expect(await shop.refund(whole)).toBe('done');
    expect(goneBack(request.outTradeNo)).toMatchObject([{ transactionId, amountFen: 1234 }]);
    const more = { ...request, refundNo: `${request.outTradeNo}-r2`, amountFen: 1235 };
    expect(await failureOf(shop.refund(more))).toBe('unreachable');
  });

  it('is refused to anybody with another certificate', async () => {
    const request = await sold();
    expect(await failureOf(imposter.refund(request))).toBe('unauthorized');
    expect(goneBack(request.outTradeNo)).toEqual([]);
  });

  it.each([
    ['SUCCESS', 'done'],
    ['REFUNDCLOSE', 'failed'],
    ['CHANGE', 'processing'],
  ] as const)('is told of as %s: %s', async (status, state) => {
    const { outTradeNo, refundNo } = await sold();
    const body = Buffer.from(bank.refundNotice(outTradeNo, refundNo, { status }));
    const notice = await shop.verifyNotice({ body, headers: {} });
    expect(notice).toMatchObject({ outTradeNo, event: { kind: 'refund', refundNo, state } });
  });

  it.each([
    ['encrypted with another key', { encryptWith: 'x'.repeat(32) }, 'signature|malformed'],
    ['for another merchant', { changes: { mch_id: '1900000009' } }, 'foreign'],
    ['in an unknown state', { status: 'MAYBE' }, 'malformed'],
    ['of nothing', { changes: { req_info: 'AAAA' } }, 'signature'],
  ])('told of %s is not believed', async (_, more, kind) => {
    const { outTradeNo, refundNo } = await sold();
    const xml = bank.refundNotice(outTradeNo, refundNo, more);
    const said = await noticeFailureOf(shop.verifyNotice({ body: Buffer.from(xml), headers: {} }));
    expect(said).toMatch(new RegExp(`^(${kind})$`));
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
    wechat.behave(behaviour);
    expect(await failureOf(channel.query(payment.outTradeNo))).toBe(kind);
  });

  it('to a wrong key is about us', async () => {
    const wrong = createWechat(
      { ...settings, v2: { ...v2, key: 'x'.repeat(32) } },
      { notifyUrl: NOTIFY_URL, baseUrl: wechat.url },
    );
    expect(await failureOf(wrong.query('unknown-number'))).toBe('unauthorized');
  });
});

it('refuses a key that is not one, which the SDK would sign with nothing', () => {
  const short = { ...settings, v2: { ...v2, key: 'short' } };
  const make = () => createWechat(short, { notifyUrl: NOTIFY_URL });
  expect(make).toThrow('WECHAT_API_KEY');
});

describe('a notice', () => {
  it.each(['MD5', 'HMAC-SHA256'] as const)('signed with %s says what was paid', async (type) => {
    const { outTradeNo } = await paid();
    const body = Buffer.from(wechat.notice(outTradeNo, { type }));
    const { transactionId } = wechat.trade(outTradeNo);
    const state = { kind: 'paid', transactionId, amountFen: 1234 };
    const notice = await channel.verifyNotice({ body, headers: {} });
    expect(notice).toMatchObject({ outTradeNo, event: { kind: 'payment', state } });
  });

  it('of a payment that failed leaves it open', async () => {
    const { outTradeNo } = await paid();
    const changes = { result_code: 'FAIL', err_code: 'X' };
    const body = Buffer.from(wechat.notice(outTradeNo, { changes }));
    const notice = await channel.verifyNotice({ body, headers: {} });
    expect(notice.event).toEqual({ kind: 'payment', state: { kind: 'open' } });
  });

  it.each([
    ['with another key', { signWith: 'x'.repeat(32) }, 'signature'],
    ['for another merchant', { changes: { mch_id: '1900000009' } }, 'foreign'],
    ['for another app', { changes: { appid: 'wx9' } }, 'foreign'],
    ['in another currency', { changes: { fee_type: 'USD' } }, 'malformed'],
    ['with half a fen', { changes: { total_fee: '0.5' } }, 'malformed'],
    ['without a transaction', { changes: { transaction_id: null } }, 'malformed'],
    ['as a failure', { changes: { return_code: 'FAIL' } }, 'malformed'],
  ])('signed %s is refused', async (_, more, kind) => {
    const { outTradeNo } = await paid();
    expect(await check(wechat.notice(outTradeNo, more))).toBe(kind);
  });

  it.each([
    ['another amount', (xml: string) => xml.replace('[1234]', '[1]')],
    ['no signature', (xml: string) => xml.replace(/<sign>.*<\/sign>/, '')],
    ['a name twice', (xml: string) => xml.replace('</xml>', '<total_fee>1</total_fee></xml>')],
    ['an entity', (xml: string) => `<!DOCTYPE x [<!ENTITY a "b">]>${xml}`],
    ['a child', (xml: string) => xml.replace('</xml>', '<a><b>1</b></a></xml>')],
    ['no XML', () => 'return_code=SUCCESS'],
    [
      'an unknown signature',
      (xml: string) => xml.replace('</xml>', '<sign_type>X</sign_type></xml>'),
    ],
  ])('with %s is refused', async (_, after) => {
    const { outTradeNo } = await paid();
    expect(await check(wechat.notice(outTradeNo, { after }))).not.toBe('none');
  });
});
