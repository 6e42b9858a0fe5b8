import type { KeyObject } from 'node:crypto';
import type { Decorator } from 'wechatpay-axios-plugin';
import { plainSubject, readFen, requireFen } from './amounts.js';
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
import { isPair, KeyError, readCertificate, readPrivateKey, readPublicKey } from './keys.js';
import { PaymentError } from './payment-error.js';
import { type ChannelOptions, DEFAULT_TIMEOUT_MS, type WechatVerifier } from './settings.js';
import { at, readRefusal, refused, TRANSPORT, type WechatV3 } from './wechat-client.js';
import { comingBack, wechatModes, wechatRefundState, wechatTrade } from './wechat-trade.js';
import { wechatV3Bill } from './wechat-v3-bill.js';
import { verifyV3Notice } from './wechat-v3-notice.js';

export interface WechatV3Settings {
  appId: string;
  mchId: string;
  payers: PayerNaming | null;
  apiKey: string;
  serial: string;
  privateKey: string;
  verifier: WechatVerifier;
}

const ABSENT = ['ORDER_NOT_EXIST', 'ORDERNOTEXIST', 'RESOURCE_NOT_EXISTS'];

/** WeChat Pay V3. Nothing is loaded or connected before the first call. @throws KeyError */
export function createWechatV3(
  settings: WechatV3Settings,
  options: ChannelOptions,
): PaymentChannel {
  const client = createClient(settings, options);
  return {
    name: 'wechat',
    modes: wechatModes(settings.payers),
    payers: settings.payers,
    refundNeeds: [],
    hasBills: true,
    createPayment: (payment) => createPayment(client, payment),
    query: (outTradeNo) => query(client, outTradeNo),
    close: (outTradeNo) => close(client, outTradeNo),
    refund: (request) => refund(client, request),
    queryRefund: ({ refundNo }) => queryRefund(client, refundNo),
    bill: (day) => wechatV3Bill(client, day),
    verifyNotice: (notice) => verifyV3Notice(client, notice),
    reply,
  };
}

function createClient(settings: WechatV3Settings, options: ChannelOptions): WechatV3 {
  const { appId, mchId, apiKey, serial, verifier } = settings;
  if (Buffer.byteLength(apiKey) !== 32) {
    throw new KeyError('WECHAT_API_V3_KEY must have 32 characters');
  }
  const privateKey = readPrivateKey(settings.privateKey);
  const [name, publicKey] = readVerifier(verifier);
  if (isPair(privateKey, publicKey)) {
    throw new KeyError('The public key of WeChat Pay is our own; that of WeChat Pay belongs here');
  }
  const certs = { [name]: publicKey };
  let loaded: Promise<Decorator> | undefined;
  const decorator = () => {
    loaded ??= import('wechatpay-axios-plugin').then(
      (module) =>
        new module.Decorator({
          ...TRANSPORT,
          mchid: mchId,
          serial,
          // Taken by the SDK though its types do not say so.
          privateKey: privateKey as unknown as string,
          certs,
          timeout: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
          ...(options.baseUrl === undefined ? {} : { baseURL: options.baseUrl }),
          headers: verifier.kind === 'publicKey' ? { 'Wechatpay-Serial': name } : {},
        }),
    );
    return loaded;
  };
  return {
    appId,
    mchId,
    apiKey,
    privateKey,
    certs,
    notifyUrl: options.notifyUrl,
    send: async (method, path, { data, params, isFile = false }) => {
      const api = await decorator();
      const config = { ...(params ? { params } : {}), ...(isFile ? AS_FILE : {}) };
      try {
        const answer = await api.request(`v3/${path}`, method, data, config);
        return { data: answer.data, refusal: null };
      } catch (error) {
        return { data: null, refusal: readRefusal(error) };
      }
    },
  };
}

const AS_FILE = { responseType: 'arraybuffer' as const, maxContentLength: 50_000_000 };

function readVerifier(verifier: WechatVerifier): [string, KeyObject] {
  if (verifier.kind === 'publicKey') return [verifier.keyId, readPublicKey(verifier.publicKey)];
  const { serial, publicKey } = readCertificate(verifier.certificate);
  return [serial, publicKey];
}

async function createPayment(client: WechatV3, payment: NewPayment): Promise<PaymentStart> {
  const { mode, outTradeNo, amountFen, subject, expiresAt, returnUrl, payerIp, openId } = payment;
  requireFen(amountFen);
  const trade = {
    appid: client.appId,
    mchid: client.mchId,
    description: plainSubject(subject, 40),
    out_trade_no: outTradeNo,
    time_expire: expiresAt.toISOString().replace(/\.\d{3}Z$/, '+00:00'),
    notify_url: client.notifyUrl,
    amount: { total: amountFen, currency: 'CNY' },
  };
  const start = async (path: string, more: object, field: string): Promise<string> => {
    const { data, refusal } = await client.send('post', `pay/transactions/${path}`, {
      data: { ...trade, ...more },
    });
    if (refusal) throw refused(refusal);
    const value = at(data, field);
    if (typeof value !== 'string') throw new PaymentError('refused', `WeChat Pay gave no ${field}`);
    return value;
  };
  switch (mode) {
    case 'qr':
      return { kind: 'qr', codeUrl: await start('native', {}, 'code_url') };
    case 'mobile': {
      if (!payerIp) throw new PaymentError('unsupported', 'WeChat Pay needs the payer’s address');
      const scene = { payer_client_ip: payerIp, h5_info: { type: 'Wap' } };
      const url = await start('h5', { scene_info: scene }, 'h5_url');
      return { kind: 'redirect', url: comingBack(url, returnUrl) };
    }
    case 'jsapi': {
      if (!openId) throw new PaymentError('unsupported', 'WeChat Pay needs the payer’s open id');
      const prepayId = await start('jsapi', { payer: { openid: openId } }, 'prepay_id');
      return { kind: 'jsapi', params: await jsapiParams(client, prepayId) };
    }
    case 'page':
      throw new PaymentError('unsupported', 'WeChat Pay has no page for desktops; show the code');
  }
}

/** What the page inside WeChat hands to its bridge. */
async function jsapiParams(client: WechatV3, prepayId: string): Promise<Record<string, string>> {
  const { Formatter, Rsa } = await import('wechatpay-axios-plugin');
  const timeStamp = String(Formatter.timestamp());
  const nonceStr = Formatter.nonce();
  const named = `prepay_id=${prepayId}`;
  const text = Formatter.joinedByLineFeed(client.appId, timeStamp, nonceStr, named);
  const paySign = Rsa.sign(text, client.privateKey as unknown as string);
  return { appId: client.appId, timeStamp, nonceStr, package: named, signType: 'RSA', paySign };
}

async function query(client: WechatV3, outTradeNo: string): Promise<TradeState> {
  const { data, refusal } = await client.send(
    'get',
    `pay/transactions/out-trade-no/${outTradeNo}`,
    {
      params: { mchid: client.mchId },
    },
  );
  if (refusal?.code && ABSENT.includes(refusal.code)) return { kind: 'absent' };
  if (refusal) throw refused(refusal);
  if (at(data, 'out_trade_no') !== outTradeNo) {
    throw new PaymentError('untrusted', 'WeChat Pay answered about another trade');
  }
  const state = wechatTrade(data);
  if (!state) throw new PaymentError('refused', 'WeChat Pay described a trade in an unknown way');
  return state;
}

async function close(
  client: WechatV3,
  outTradeNo: string,
): Promise<'closed' | 'absent' | 'not_open'> {
  const path = `pay/transactions/out-trade-no/${outTradeNo}/close`;
  const { refusal } = await client.send('post', path, { data: { mchid: client.mchId } });
  if (!refusal || refusal.code === 'ORDER_CLOSED' || refusal.code === 'ORDERCLOSED')
    return 'closed';
  if (refusal.code && ABSENT.includes(refusal.code)) return 'absent';
  if (['ORDERPAID', 'ORDER_PAID', 'TRADE_ERROR', 'USERPAYING'].includes(refusal.code ?? '')) {
    return 'not_open';
  }
  throw refused(refusal);
}

async function refund(client: WechatV3, request: RefundRequest): Promise<RefundState> {
  const { outTradeNo, transactionId, refundNo, amountFen, totalFen, reason } = request;
  requireFen(amountFen);
  const { data, refusal } = await client.send('post', 'refund/domestic/refunds', {
    data: {
      ...(transactionId === undefined
        ? { out_trade_no: outTradeNo }
        : { transaction_id: transactionId }),
      out_refund_no: refundNo,
      reason: plainSubject(reason, 26),
      notify_url: client.notifyUrl,
      amount: { refund: amountFen, total: totalFen, currency: 'CNY' },
    },
  });
  if (refusal) throw refused(refusal);
  return understood(data, refundNo).state;
}

async function queryRefund(client: WechatV3, refundNo: string): Promise<FoundRefund> {
  const path = `refund/domestic/refunds/${refundNo}`;
  const { data, refusal } = await client.send('get', path, {});
  if (refusal?.code && ABSENT.includes(refusal.code)) return NO_REFUND;
  if (refusal) throw refused(refusal);
  return understood(data, refundNo);
}

function understood(data: unknown, refundNo: string): FoundRefund {
  if (at(data, 'out_refund_no') !== refundNo) {
    throw new PaymentError('untrusted', 'WeChat Pay answered about another refund');
  }
  const state = wechatRefundState(at(data, 'status'));
  if (!state) throw new PaymentError('refused', 'WeChat Pay described a refund in an unknown way');
  const transactionId = at(data, 'transaction_id');
  return {
    state,
    amountFen: readFen(at(at(data, 'amount'), 'refund')),
    transactionId: typeof transactionId === 'string' ? transactionId : null,
  };
}

function reply(outcome: 'taken' | 'refused'): NoticeReply {
  const isTaken = outcome === 'taken';
  const answer = isTaken ? { code: 'SUCCESS' } : { code: 'FAIL', message: 'Not taken' };
  return {
    status: isTaken ? 200 : 400,
    contentType: 'application/json',
    body: JSON.stringify(answer),
  };
}
