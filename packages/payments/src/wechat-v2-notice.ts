import { createDecipheriv, createHash } from 'node:crypto';
import type { Notice, RawNotice } from './channel.js';
import { NoticeError } from './payment-error.js';
import { at } from './wechat-client.js';
import { digestOf } from './wechat-trade.js';
import { paidV2, refundStateV2, type WechatV2Settings } from './wechat-v2-words.js';

/** Proves a notice of V2 and says what is in it. It has no time of its own: repeats are seen later. */
export async function verifyV2Notice(
  settings: WechatV2Settings,
  { body }: RawNotice,
): Promise<Notice> {
  const { Hash, Transformer } = await import('wechatpay-axios-plugin');
  const { toObject } = Transformer;
  const fields = readFields(body.toString('utf8'), toObject);
  const noticeId = digestOf(body);
  if (fields.req_info !== undefined) {
    const refund = openRefund(fields.req_info, settings.key);
    requireOurs(fields, settings);
    return { noticeId, ...refundOf(readFields(refund, toObject)) };
  }
  const { sign, sign_type: named } = fields;
  const type = (named ?? (sign?.length === 64 ? 'HMAC-SHA256' : 'MD5')) as 'MD5' | 'HMAC-SHA256';
  const isKnown = type === 'MD5' || type === 'HMAC-SHA256';
  if (!sign || !isKnown || !Hash.equals(Hash.sign(type, fields, settings.key), sign)) {
    throw new NoticeError('signature', 'The notice is not signed with our APIv2 key');
  }
  requireOurs(fields, settings);
  const outTradeNo = fields.out_trade_no;
  if (fields.return_code !== 'SUCCESS' || !outTradeNo) {
    throw new NoticeError('malformed', 'The notice names no trade');
  }
  // A payment that failed leaves the trade open.
  const state = fields.result_code === 'SUCCESS' ? paidV2(fields) : ({ kind: 'open' } as const);
  if (!state) throw new NoticeError('malformed', 'The notice describes no payment');
  return { noticeId, outTradeNo, event: { kind: 'payment', state } };
}

function requireOurs(fields: Record<string, string>, { appId, mchId }: WechatV2Settings): void {
  if (fields.mch_id === mchId && fields.appid === appId) return;
  throw new NoticeError('foreign', 'The notice is for another app or merchant');
}

/** Of a refund nothing is signed: that it can be opened with a hash of our key is the proof. */
function openRefund(encrypted: string, key: string): string {
  const secret = createHash('md5').update(key).digest('hex');
  const decipher = createDecipheriv('aes-256-ecb', secret, null);
  try {
    return `${decipher.update(encrypted, 'base64', 'utf8')}${decipher.final('utf8')}`;
  } catch {
    throw new NoticeError('signature', 'The notice is not encrypted with our APIv2 key');
  }
}

function refundOf(fields: Record<string, string>): Pick<Notice, 'outTradeNo' | 'event'> {
  const { out_trade_no: outTradeNo, out_refund_no: refundNo, refund_status: status } = fields;
  const state = refundStateV2(status);
  if (!outTradeNo || !refundNo || !state) {
    throw new NoticeError('malformed', 'The notice describes no refund');
  }
  return { outTradeNo, event: { kind: 'refund', refundNo, state } };
}

function readFields(xml: string, parse: (xml: string) => object): Record<string, string> {
  // There is none in a notice, and what it may do is none of our business.
  if (/<!(DOCTYPE|ENTITY)/i.test(xml)) throw new NoticeError('malformed', 'It is no notice');
  let parsed: unknown;
  try {
    parsed = parse(xml);
  } catch {
    parsed = undefined;
  }
  const fields: Record<string, string> = {};
  const entries = parsed !== null && typeof parsed === 'object' ? Object.keys(parsed) : [];
  for (const name of entries) {
    const value = at(parsed, name);
    // Twice the same name is a list; and a signature covers `a=1&b=2` as one text.
    const isPlain = typeof value === 'string' && !/&[a-z][a-z0-9_]*=/i.test(value);
    if (!isPlain) throw new NoticeError('malformed', 'The fields of the notice are not plain');
    fields[name] = value;
  }
  if (entries.length === 0) throw new NoticeError('malformed', 'The notice is no XML');
  return fields;
}
