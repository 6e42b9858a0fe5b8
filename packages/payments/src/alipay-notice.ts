import type { AlipayGateway } from './alipay-gateway.js';
import { alipayTrade } from './alipay-trade.js';
import { fromBeijingTime } from './amounts.js';
import type { Notice, RawNotice } from './channel.js';
import { NoticeError, PaymentError } from './payment-error.js';
import type { AlipaySettings } from './settings.js';

/** Alipay repeats a notice for 25 hours. */
const OLDEST_MS = 26 * 3_600_000;
/** How far clocks may disagree. */
const AHEAD_MS = 10 * 60_000;
const MOST_FIELDS = 100;

/** The fields of a form. @throws NoticeError malformed */
function readFields(body: Buffer): Record<string, string> {
  const fields: Record<string, string> = {};
  let count = 0;
  for (const [name, value] of new URLSearchParams(body.toString('utf8'))) {
    count += 1;
    // A signature covers `a=1&b=2` as one text: a value that holds `&b=` could be read in two ways.
    const isPlain = /^[a-z][a-z0-9_]{0,63}$/.test(name) && !/&[a-z][a-z0-9_]*=/.test(value);
    if (!isPlain || Object.hasOwn(fields, name) || count > MOST_FIELDS) {
      throw new NoticeError('malformed', 'The fields of the notice are not those of Alipay');
    }
    fields[name] = value;
  }
  return fields;
}

/** Proves a notice and says what is in it; in the order of the rules: signature, who, what. */
export async function verifyAlipayNotice(
  gateway: AlipayGateway,
  settings: AlipaySettings,
  { body }: RawNotice,
): Promise<Notice> {
  const fields = readFields(body);
  // Else the sender could choose SHA-1.
  if (fields.sign_type !== 'RSA2') {
    throw new NoticeError('signature', 'The notice is not signed with RSA2');
  }
  // Readers of base64 pass over what follows it.
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(fields.sign ?? '');
  if (!isBase64 || !(await isSigned(gateway, fields))) {
    throw new NoticeError('signature', 'The notice is not signed by Alipay');
  }
  if (fields.app_id !== settings.appId) {
    throw new NoticeError('foreign', 'The notice is for another app');
  }
  if (settings.sellerId !== null && fields.seller_id !== settings.sellerId) {
    throw new NoticeError('foreign', 'The notice is for another seller');
  }
  requireRecent(fields.notify_time);
  const { notify_id: noticeId, out_trade_no: outTradeNo } = fields;
  if (!noticeId || !outTradeNo) throw new NoticeError('malformed', 'The notice names no trade');
  const isRefund = fields.gmt_refund !== undefined || fields.refund_fee !== undefined;
  if (isRefund) {
    const refundNo = fields.out_biz_no ?? null;
    return { noticeId, outTradeNo, event: { kind: 'refund', refundNo, state: 'done' } };
  }
  return { noticeId, outTradeNo, event: { kind: 'payment', state: readTrade(fields) } };
}

async function isSigned(gateway: AlipayGateway, fields: Record<string, string>): Promise<boolean> {
  try {
    return await gateway.isSigned(fields);
  } catch {
    return false;
  }
}

function readTrade(fields: Record<string, string>) {
  try {
    return alipayTrade(fields);
  } catch (error) {
    if (!(error instanceof PaymentError)) throw error;
    throw new NoticeError('malformed', 'The notice describes no trade');
  }
}

function requireRecent(time: string | undefined): void {
  const at = fromBeijingTime(time);
  const age = at === null ? Number.NaN : Date.now() - at.getTime();
  if (age <= OLDEST_MS && age >= -AHEAD_MS) return;
  throw new NoticeError('stale', 'The notice is too old, or of the future');
}
