import { Agent } from 'node:https';
import type { Decorator } from 'wechatpay-axios-plugin';
import { beijingTime, plainSubject, readFen, requireFen } from './amounts.js';
import {
  type FoundRefund,
  type NewPayment,
  NO_REFUND,
  type NoticeReply,
  type PayerNaming,
  type PaymentChannel,
  type PaymentStart,
  type RefundRequest,
  type RefundState,
  type TradeState,
} from './channel.js';
import { isPair, KeyError, readCertificate, readPrivateKey } from './keys.js';
import { PaymentError } from './payment-error.js';
import { type ChannelOptions, DEFAULT_TIMEOUT_MS, type MerchantCertificate } from './settings.js';
import { at, readRefusal, refused, TRANSPORT, type WechatRefusal } from './wechat-client.js';
import { comingBack, wechatModes } from './wechat-trade.js';
import { verifyV2Notice } from './wechat-v2-notice.js';
import { paidV2, refundStateV2, type WechatV2Settings } from './wechat-v2-words.js';

interface WechatV2 extends WechatV2Settings {
  notifyUrl: string;
  send(
    path: string,
    data: Record<string, string | number>,
  ): Promise<{ data: unknown; refusal: null } | { data: null; refusal: WechatRefusal }>;
}

/** What refunds take, beside the key. */
const REFUND_NEEDS = ['WECHAT_MCH_CERT', 'WECHAT_MCH_PRIVATE_KEY'];
const SIGN_TYPE = 'HMAC-SHA256';

/** WeChat Pay V2, for merchants with an APIv2 key only; refunds take their certificate. @throws KeyError */
export function createWechatV2(
  settings: WechatV2Settings & {
    payers: PayerNaming | null;
    merchant: MerchantCertificate | null;
  },
  options: ChannelOptions,
): PaymentChannel {
  const { merchant, payers } = settings;
  // The SDK would sign with nothing at all.
  if (Buffer.byteLength(settings.key) !== 32) {
    throw new KeyError('WECHAT_API_KEY must have 32 characters');
  }
  const httpsAgent = new Agent({ ...(merchant ? tlsOf(merchant) : {}), ca: options.ca });
  let loaded: Promise<Decorator> | undefined;
  const decorator = () => {
    loaded ??= import('wechatpay-axios-plugin').then(
      (module) =>
        new module.Decorator({
          ...TRANSPORT,
          httpsAgent,
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
      const signed = { appid: settings.appId, mch_id: settings.mchId, sign_type: SIGN_TYPE };
      try {
        const answer = await api.request(`v2/${path}`, 'post', { ...signed, ...data });
        return { data: answer.data, refusal: null };
      } catch (error) {
        return { data: null, refusal: readRefusal(error) };
      }
    },
  };
  return {
    name: 'wechat',
    modes: wechatModes(payers),
    payers,
    refundNeeds: merchant ? [] : REFUND_NEEDS,
    hasBills: false,
    createPayment: (payment) => createPayment(client, payment),
    query: (outTradeNo) => query(client, outTradeNo),
    close: (outTradeNo) => close(client, outTradeNo),
    refund: async (request) => {
      if (merchant) return refund(client, request);
      throw new PaymentError('unsupported', `Refunds need ${REFUND_NEEDS.join(', ')}`);
    },
    queryRefund: ({ refundNo }) => queryRefund(client, refundNo),
    bill: async () => {
      throw new PaymentError('unsupported', 'The bill of WeChat Pay is read by V3 only');
    },
    verifyNotice: (notice) => verifyV2Notice(settings, notice),
    reply,
  };
}

/** The pair with which the merchant proves itself. @throws KeyError */
function tlsOf({ certificate, privateKey }: MerchantCertificate): { cert: string; key: string } {
  const own = readPrivateKey(privateKey);
  const { pem, publicKey } = readCertificate(certificate);
  if (!isPair(own, publicKey)) {
    throw new KeyError('WECHAT_MCH_CERT is not of the key in WECHAT_MCH_PRIVATE_KEY');
  }
  return { cert: pem, key: own.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

async function createPayment(client: WechatV2, payment: NewPayment): Promise<PaymentStart> {
  const { mode, outTradeNo, amountFen, subject, expiresAt, returnUrl, payerIp, openId } = payment;
  requireFen(amountFen);
  const name = plainSubject(subject, 40);
  const start = async (more: Record<string, string>, field: string): Promise<string> => {
    const { data, refusal } = await client.send('pay/unifiedorder', {
      body: name,
      out_trade_no: outTradeNo,
      total_fee: amountFen,
      fee_type: 'CNY',
      spbill_create_ip: payerIp ?? '127.0.0.1',
      notify_url: client.notifyUrl,
      time_expire: beijingTime(expiresAt).replace(/\D/g, ''),
      ...more,
    });
    if (refusal) throw refused(refusal);
    const value = at(data, field);
    if (typeof value !== 'string') throw new PaymentError('refused', `WeChat Pay gave no ${field}`);
    return value;
  };
  switch (mode) {
    case 'qr': {
      const code = await start({ trade_type: 'NATIVE', product_id: outTradeNo }, 'code_url');
      return { kind: 'qr', codeUrl: code };
    }
    case 'mobile': {
      if (!payerIp) throw new PaymentError('unsupported', 'WeChat Pay needs the payer’s address');
      const site = { type: 'Wap', wap_url: new URL(client.notifyUrl).origin, wap_name: name };
      const scene = JSON.stringify({ h5_info: site });
      const url = await start({ trade_type: 'MWEB', scene_info: scene }, 'mweb_url');
      return { kind: 'redirect', url: comingBack(url, returnUrl) };
    }
    case 'jsapi': {
      if (!openId) throw new PaymentError('unsupported', 'WeChat Pay needs the payer’s open id');
      const prepayId = await start({ trade_type: 'JSAPI', openid: openId }, 'prepay_id');
      return { kind: 'jsapi', params: await jsapiParams(client, prepayId) };
    }
    case 'page':
      throw new PaymentError('unsupported', 'WeChat Pay has no page for desktops; show the code');
  }
}

/** What the page inside WeChat hands to its bridge, signed as the order was. */
async function jsapiParams(client: WechatV2, prepayId: string): Promise<Record<string, string>> {
  const { Formatter, Hash } = await import('wechatpay-axios-plugin');
  const params = {
    appId: client.appId,
    timeStamp: String(Formatter.timestamp()),
    nonceStr: Formatter.nonce(),
    package: `prepay_id=${prepayId}`,
    signType: SIGN_TYPE,
  };
  return { ...params, paySign: Hash.sign(SIGN_TYPE, params, client.key) };
}

async function query(client: WechatV2, outTradeNo: string): Promise<TradeState> {
  const { data, refusal } = await client.send('pay/orderquery', { out_trade_no: outTradeNo });
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
  const { refusal } = await client.send('pay/closeorder', { out_trade_no: outTradeNo });
  if (!refusal || refusal.code === 'ORDERCLOSED') return 'closed';
  if (refusal.code === 'ORDERNOTEXIST') return 'absent';
  if (refusal.code === 'ORDERPAID') return 'not_open';
  throw refused(refusal);
}

/** Taken is not done: what became of it is asked at once. */
async function refund(client: WechatV2, request: RefundRequest): Promise<RefundState> {
  const { outTradeNo, transactionId, refundNo, amountFen, totalFen, reason } = request;
  requireFen(amountFen);
  const { refusal } = await client.send('secapi/pay/refund', {
    ...(transactionId === undefined
      ? { out_trade_no: outTradeNo }
      : { transaction_id: transactionId }),
    out_refund_no: refundNo,
    total_fee: totalFen,
    refund_fee: amountFen,
    refund_fee_type: 'CNY',
    refund_desc: plainSubject(reason, 26),
    notify_url: client.notifyUrl,
  });
  if (refusal) throw refused(refusal);
  const { state } = await queryRefund(client, refundNo);
  return state === 'absent' ? 'processing' : state;
}

async function queryRefund(client: WechatV2, refundNo: string): Promise<FoundRefund> {
  const { data, refusal } = await client.send('pay/refundquery', { out_refund_no: refundNo });
  if (refusal?.code === 'REFUNDNOTEXIST') return NO_REFUND;
  if (refusal) throw refused(refusal);
  if (at(data, 'out_refund_no_0') !== refundNo) {
    throw new PaymentError('untrusted', 'WeChat Pay answered about another refund');
  }
  const state = refundStateV2(at(data, 'refund_status_0'));
  if (!state) throw new PaymentError('refused', 'WeChat Pay described a refund in an unknown way');
  const transactionId = at(data, 'transaction_id');
  return {
    state,
    amountFen: readFen(at(data, 'refund_fee_0')),
    transactionId: typeof transactionId === 'string' ? transactionId : null,
  };
}

function reply(outcome: 'taken' | 'refused'): NoticeReply {
  const [code, words] = outcome === 'taken' ? ['SUCCESS', 'OK'] : ['FAIL', 'Not taken'];
  const body = `<xml><return_code><![CDATA[${code}]]></return_code><return_msg><![CDATA[${words}]]></return_msg></xml>`;
  return { status: 200, contentType: 'text/xml', body };
}
