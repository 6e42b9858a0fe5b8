import type { Decorator } from 'wechatpay-axios-plugin';
import { beijingTime, plainSubject, requireFen } from './amounts.js';
import type {
  NewPayment,
  NoticeReply,
  PaymentChannel,
  PaymentStart,
  TradeState,
} from './channel.js';
import { KeyError } from './keys.js';
import { PaymentError } from './payment-error.js';
import { type ChannelOptions, DEFAULT_TIMEOUT_MS } from './settings.js';
import { at, readRefusal, refused, TRANSPORT, type WechatRefusal } from './wechat-client.js';
import { verifyV2Notice } from './wechat-v2-notice.js';
import { paidV2, type WechatV2Settings } from './wechat-v2-words.js';

interface WechatV2 extends WechatV2Settings {
  notifyUrl: string;
  send(
    path: string,
    data: Record<string, string | number>,
  ): Promise<{ data: unknown; refusal: null } | { data: null; refusal: WechatRefusal }>;
}

/** What refunds take, which V2 makes only with a certificate of the merchant. */
const REFUND_NEEDS = [
  'WECHAT_API_V3_KEY',
  'WECHAT_MCH_SERIAL_NO',
  'WECHAT_MCH_PRIVATE_KEY',
  'WECHAT_PAY_PUBLIC_KEY_ID',
  'WECHAT_PAY_PUBLIC_KEY',
];

/** WeChat Pay V2, for merchants with an APIv2 key only: codes, no refunds. @throws KeyError */
export function createWechatV2(
  settings: WechatV2Settings,
  options: ChannelOptions,
): PaymentChannel {
  // The SDK would sign with nothing at all.
  if (Buffer.byteLength(settings.key) !== 32) {
    throw new KeyError('WECHAT_API_KEY must have 32 characters');
  }
  let loaded: Promise<Decorator> | undefined;
  const decorator = () => {
    loaded ??= import('wechatpay-axios-plugin').then(
      (module) =>
        new module.Decorator({
          ...TRANSPORT,
          mchid: settings.mchId,
          secret: settings.key,
          // Of V3, which the SDK insists on.
          serial: 'none',
          privateKey: Buffer.alloc(0),
          certs: { any: Buffer.alloc(0) },
          timeout: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
          ...(options.baseUrl === undefined ? {} : { baseURL: options.baseUrl }),
        }),
    );
    return loaded;
  };
  const client: WechatV2 = {
    ...settings,
    notifyUrl: options.notifyUrl,
    send: async (path, data) => {
      const api = await decorator();
      const signed = { appid: settings.appId, mch_id: settings.mchId, sign_type: 'HMAC-SHA256' };
      try {
        const answer = await api.request(`v2/pay/${path}`, 'post', { ...signed, ...data });
        return { data: answer.data, refusal: null };
      } catch (error) {
        return { data: null, refusal: readRefusal(error) };
      }
    },
  };
  const noRefunds = async () => {
    throw new PaymentError('unsupported', `Refunds need ${REFUND_NEEDS.join(', ')}`);
  };
  return {
    name: 'wechat',
    modes: ['qr', 'mobile'],
    refundNeeds: REFUND_NEEDS,
    hasBills: false,
    createPayment: (payment) => createPayment(client, payment),
    query: (outTradeNo) => query(client, outTradeNo),
    close: (outTradeNo) => close(client, outTradeNo),
    refund: noRefunds,
    queryRefund: noRefunds,
    bill: async () => {
      throw new PaymentError('unsupported', 'The bill of WeChat Pay is read by V3 only');
    },
    verifyNotice: (notice) => verifyV2Notice(settings, notice),
    reply,
  };
}

async function createPayment(client: WechatV2, payment: NewPayment): Promise<PaymentStart> {
  const { mode, outTradeNo, amountFen, subject, expiresAt, payerIp } = payment;
  requireFen(amountFen);
  if (mode !== 'qr' && mode !== 'mobile') {
    throw new PaymentError('unsupported', 'WeChat Pay V2 shows a code, or opens on a telephone');
  }
  const { data, refusal } = await client.send('unifiedorder', {
    body: plainSubject(subject, 40),
    out_trade_no: outTradeNo,
    total_fee: amountFen,
    fee_type: 'CNY',
    spbill_create_ip: payerIp ?? '127.0.0.1',
    notify_url: client.notifyUrl,
    time_expire: beijingTime(expiresAt).replace(/\D/g, ''),
    trade_type: mode === 'qr' ? 'NATIVE' : 'MWEB',
  });
  if (refusal) throw refused(refusal);
  const value = at(data, mode === 'qr' ? 'code_url' : 'mweb_url');
  if (typeof value !== 'string') throw new PaymentError('refused', 'WeChat Pay gave no code');
  return mode === 'qr' ? { kind: 'qr', codeUrl: value } : { kind: 'redirect', url: value };
}

async function query(client: WechatV2, outTradeNo: string): Promise<TradeState> {
  const { data, refusal } = await client.send('orderquery', { out_trade_no: outTradeNo });
  if (refusal?.code === 'ORDERNOTEXIST') return { kind: 'absent' };
  if (refusal) throw refused(refusal);
  if (at(data, 'out_trade_no') !== outTradeNo) {
    throw new PaymentError('untrusted', 'WeChat Pay answered about another trade');
  }
  switch (at(data, 'trade_state')) {
    case 'NOTPAY':
    case 'PAYERROR':
      return { kind: 'open' };
    case 'USERPAYING':
      return { kind: 'scanned' };
    case 'CLOSED':
    case 'REVOKED':
      return { kind: 'closed' };
    default: {
      const paid = paidV2(data);
      if (paid) return paid;
      throw new PaymentError('refused', 'WeChat Pay described a trade in an unknown way');
    }
  }
}

async function close(
  client: WechatV2,
  outTradeNo: string,
): Promise<'closed' | 'absent' | 'not_open'> {
  const { refusal } = await client.send('closeorder', { out_trade_no: outTradeNo });
  if (!refusal || refusal.code === 'ORDERCLOSED') return 'closed';
  if (refusal.code === 'ORDERNOTEXIST') return 'absent';
  if (refusal.code === 'ORDERPAID') return 'not_open';
  throw refused(refusal);
}

function reply(outcome: 'taken' | 'refused'): NoticeReply {
  const [code, words] = outcome === 'taken' ? ['SUCCESS', 'OK'] : ['FAIL', 'Not taken'];
  const body = `<xml><return_code><![CDATA[${code}]]></return_code><return_msg><![CDATA[${words}]]></return_msg></xml>`;
  return { status: 200, contentType: 'text/xml', body };
}
