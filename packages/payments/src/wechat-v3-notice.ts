import type { Notice, RawNotice } from './channel.js';
import { NoticeError } from './payment-error.js';
import { at, type WechatV3 } from './wechat-client.js';
import { digestOf, wechatRefundState, wechatTrade } from './wechat-trade.js';

/** How far the clocks of both may disagree, in seconds. */
const OFFSET_S = 300;

function headerOf(notice: RawNotice, name: string): string {
  const value = notice.headers[`wechatpay-${name}`];
  if (typeof value === 'string' && value !== '' && value.length <= 1024) return value;
  throw new NoticeError('malformed', `The notice has no header Wechatpay-${name}`);
}

/** Proves a notice over its raw body, opens it, and says what is in it. */
export async function verifyV3Notice(client: WechatV3, notice: RawNotice): Promise<Notice> {
  const [timestamp, nonce, serial, signature] = ['timestamp', 'nonce', 'serial', 'signature'].map(
    (name) => headerOf(notice, name),
  ) as [string, string, string, string];
  const body = notice.body.toString('utf8');
  await requireSignature(client, { timestamp, nonce, serial, signature, body });
  // Only after the signature: a clock that is wrong must not be told from a forger.
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > OFFSET_S) {
    throw new NoticeError('stale', 'The notice is too old, or of the future');
  }
  const envelope = parse(body);
  const content = await open(client, at(envelope, 'resource'));
  if (at(content, 'mchid') !== client.mchId) {
    throw new NoticeError('foreign', 'The notice is for another merchant');
  }
  const id = at(envelope, 'id');
  const noticeId = typeof id === 'string' && id !== '' ? id.slice(0, 128) : digestOf(notice.body);
  const outTradeNo = at(content, 'out_trade_no');
  if (typeof outTradeNo !== 'string') throw new NoticeError('malformed', 'It names no trade');
  const refundNo = at(content, 'out_refund_no');
  if (typeof refundNo === 'string') {
    const state = wechatRefundState(at(content, 'refund_status'));
    if (!state) throw new NoticeError('malformed', 'The notice describes no refund');
    return { noticeId, outTradeNo, event: { kind: 'refund', refundNo, state } };
  }
  if (at(content, 'appid') !== client.appId) {
    throw new NoticeError('foreign', 'The notice is for another app');
  }
  const state = wechatTrade(content);
  if (!state) throw new NoticeError('malformed', 'The notice describes no trade');
  return { noticeId, outTradeNo, event: { kind: 'payment', state } };
}

async function requireSignature(
  client: WechatV3,
  signed: { timestamp: string; nonce: string; serial: string; signature: string; body: string },
): Promise<void> {
  const { Formatter, Rsa } = await import('wechatpay-axios-plugin');
  const { timestamp, nonce, serial, signature, body } = signed;
  const key = Object.hasOwn(client.certs, serial) ? client.certs[serial] : undefined;
  // `WECHATPAY/SIGNTEST/...` are probes of WeChat's that must fail.
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(signature) && /^\d{1,12}$/.test(timestamp);
  const isSigned =
    key !== undefined &&
    isBase64 &&
    Rsa.verify(
      Formatter.response(timestamp, nonce, body),
      signature,
      // Taken by the SDK though its types do not say so.
      key as unknown as string,
    );
  if (!isSigned) throw new NoticeError('signature', 'The notice is not signed by WeChat Pay');
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new NoticeError('malformed', 'The notice is no JSON');
  }
}

/** What is inside, encrypted with the APIv3 key. */
async function open(client: WechatV3, resource: unknown): Promise<unknown> {
  if (at(resource, 'algorithm') !== 'AEAD_AES_256_GCM') {
    throw new NoticeError('malformed', 'The notice is encrypted in another way');
  }
  const { Aes } = await import('wechatpay-axios-plugin');
  const [ciphertext, nonce] = [at(resource, 'ciphertext'), at(resource, 'nonce')];
  const aad = at(resource, 'associated_data') ?? '';
  if (typeof ciphertext !== 'string' || typeof nonce !== 'string' || typeof aad !== 'string') {
    throw new NoticeError('malformed', 'The notice holds nothing');
  }
  let text: string;
  try {
    text = Aes.AesGcm.decrypt(ciphertext, client.apiKey, nonce, aad);
  } catch {
    throw new NoticeError('signature', 'The notice is not encrypted with our APIv3 key');
  }
  return parse(text);
}
