import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { MadeCertificate } from '../certificates.js';
import { listenOnLoopback, readBody } from './http.js';
import { type ChannelBehaviour, createTrades, type Trade } from './trades.js';

export interface WechatV2Options {
  appId: string;
  mchId: string;
  /** 32 characters. */
  key: string;
  /** Speaks TLS by `server`, and gives money back to whoever shows `merchant`; else to nobody. */
  tls?: { server: MadeCertificate; merchant: MadeCertificate };
}

export type WechatV2StandIn = Awaited<ReturnType<typeof startWechatV2>>;

type Fields = Record<string, string>;

/** The signature of V2 over some fields, in upper case. */
export function signV2(fields: Fields, key: string, type: 'MD5' | 'HMAC-SHA256'): string {
  const text = `${Object.keys(fields)
    .filter((name) => name !== 'sign' && fields[name] !== '')
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join('&')}&key=${key}`;
  const hash = type === 'MD5' ? createHash('md5') : createHmac('sha256', key);
  return hash.update(text, 'utf8').digest('hex').toUpperCase();
}

const toXml = (fields: Fields) =>
  `<xml>${Object.entries(fields)
    .map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`)
    .join('')}</xml>`;

const fromXml = (xml: string): Fields =>
  Object.fromEntries(
    [...xml.matchAll(/<(\w+)>(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))<\/\1>/g)].map((match) => [
      match[1] ?? '',
      match[2] ?? match[3] ?? '',
    ]),
  );

/** How a notice differs from an honest one. A value of null leaves the field out. */
export interface V2NoticeOptions {
  signWith?: string;
  type?: 'MD5' | 'HMAC-SHA256';
  changes?: Record<string, string | null>;
  after?: (xml: string) => string;
}

/** A stand-in of WeChat Pay V2 on loopback, written from its documents without the SDK. */
export async function startWechatV2(options: WechatV2Options) {
  const { appId, mchId, key, tls } = options;
  const book = createTrades();
  let behaviour: ChannelBehaviour = 'answer';
  /** Refunds stay `PROCESSING` until it is false. */
  let isRefundSlow = false;
  const calls: { path: string; fields: Fields }[] = [];

  const signed = (fields: Fields, type: 'MD5' | 'HMAC-SHA256'): string => {
    const full = {
      appid: appId,
      mch_id: mchId,
      nonce_str: randomBytes(8).toString('hex'),
      ...fields,
    };
    if (behaviour === 'unsigned') return toXml(full);
    const by = behaviour === 'forged' ? 'x'.repeat(32) : key;
    return toXml({ ...full, sign: signV2(full, by, type) });
  };
  const serve = async (req: IncomingMessage, res: ServerResponse) => {
    const fields = fromXml(await readBody(req));
    const path = req.url ?? '/';
    calls.push({ path, fields });
    if (behaviour === 'silent') return;
    if (behaviour === 'broken') return void res.writeHead(502).end('<html>bad gateway</html>');
    const type = fields.sign_type === 'HMAC-SHA256' ? 'HMAC-SHA256' : 'MD5';
    const isOurs = fields.appid === appId && fields.mch_id === mchId;
    const isSigned = isOurs && fields.sign === signV2(fields, key, type);
    const isMerchant = req.socket instanceof TLSSocket && req.socket.authorized;
    const about = { path, fields, isMerchant, isRefundSlow };
    const answer = isSigned ? handle(book, about) : null;
    if (behaviour === 'drop') return void res.destroy();
    res.writeHead(200, { 'content-type': 'text/xml' });
    if (!answer) return void res.end(toXml({ return_code: 'FAIL', return_msg: '签名错误' }));
    res.end(signed({ return_code: 'SUCCESS', ...answer }, type));
  };
  const server = await listenOnLoopback(
    serve,
    tls && {
      key: tls.server.privateKey,
      cert: tls.server.certificate,
      ca: tls.merchant.certificate,
      requestCert: true,
      rejectUnauthorized: false,
    },
  );

  return {
    url: server.url,
    calls,
    bill: book.bill,
    trade: book.get,
    behave: (next: ChannelBehaviour) => {
      behaviour = next;
    },
    delayRefunds: (isDelayed: boolean) => {
      isRefundSlow = isDelayed;
    },
    pay: book.pay,
    payAgain: book.payAgain,
    /** Closed by WeChat Pay, its time being over. */
    expire: (outTradeNo: string) => {
      book.get(outTradeNo).state = 'closed';
    },
    notice: (outTradeNo: string, more: V2NoticeOptions = {}): string => {
      const { type = 'MD5', signWith = key, changes = {}, after } = more;
      const trade = book.get(outTradeNo);
      const honest: Record<string, string | null> = {
        appid: appId,
        mch_id: mchId,
        nonce_str: randomBytes(8).toString('hex'),
        return_code: 'SUCCESS',
        result_code: 'SUCCESS',
        fee_type: 'CNY',
        ...describe(trade),
        ...changes,
      };
      const fields = Object.fromEntries(
        Object.entries(honest).filter((entry): entry is [string, string] => entry[1] !== null),
      );
      const xml = toXml({ ...fields, sign: signV2(fields, signWith, type) });
      return after ? after(xml) : xml;
    },
    /** What became of a refund; signed by nothing, encrypted with a hash of the key. */
    refundNotice: (outTradeNo: string, refundNo: string, more: V2RefundNoticeOptions = {}) => {
      const { encryptWith = key, status = 'SUCCESS', changes = {} } = more;
      const secret = createHash('md5').update(encryptWith).digest('hex');
      const cipher = createCipheriv('aes-256-ecb', secret, null);
      const named = { out_trade_no: outTradeNo, out_refund_no: refundNo, refund_status: status };
      const plain = toXml(named).replaceAll('xml>', 'root>');
      const info = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      const outside = { return_code: 'SUCCESS', appid: appId, mch_id: mchId, nonce_str: 'n' };
      return toXml({ ...outside, req_info: info.toString('base64'), ...changes });
    },
    stop: server.stop,
  };
}

/** How a notice of a refund differs from that of one which is done. */
export interface V2RefundNoticeOptions {
  encryptWith?: string;
  status?: string;
  changes?: Record<string, string>;
}

const describe = (trade: Trade): Fields => ({
  out_trade_no: trade.outTradeNo,
  total_fee: String(trade.amountFen),
  ...(trade.transactionId === null ? {} : { transaction_id: trade.transactionId }),
});

interface Asked {
  path: string;
  fields: Fields;
  isMerchant: boolean;
  isRefundSlow: boolean;
}

const ok = { result_code: 'SUCCESS' };
const no = (code: string) => ({ result_code: 'FAIL', err_code: code, err_code_des: code });

function handle(book: ReturnType<typeof createTrades>, asked: Asked): Fields {
  const { path, fields, isMerchant, isRefundSlow } = asked;
  const outTradeNo = fields.out_trade_no ?? '';
  const trade = book.trades.get(outTradeNo);
  switch (path) {
    case '/pay/unifiedorder': {
      const started = startOf(fields);
      if (!started) return no('PARAM_ERROR');
      const amountFen = Number(fields.total_fee);
      if (trade && trade.amountFen !== amountFen) return no('INVALID_REQUEST');
      const base = { outTradeNo, amountFen, subject: fields.body ?? '' };
      const fresh: Trade = {
        ...base,
        state: 'open',
        transactionId: null,
        refunds: new Map(),
        more: new Map(),
      };
      if (!trade) book.trades.set(outTradeNo, fresh);
      return { ...ok, ...started };
    }
    case '/pay/orderquery': {
      if (!trade) return no('ORDERNOTEXIST');
      const states = { coded: 'NOTPAY', open: 'NOTPAY', closed: 'CLOSED', paid: 'SUCCESS' };
      const state = trade.refunds.size > 0 ? 'REFUND' : states[trade.state];
      return { ...ok, trade_state: state, ...describe(trade) };
    }
    case '/pay/closeorder':
      if (!trade) return no('ORDERNOTEXIST');
      if (trade.state === 'paid') return no('ORDERPAID');
      trade.state = 'closed';
      return ok;
    case '/secapi/pay/refund': {
      // Who asks is known by TLS alone.
      if (!isMerchant) return no('CERT_ERROR');
      const { out_refund_no: refundNo = '', transaction_id: transactionId } = fields;
      const which = { outTradeNo: fields.out_trade_no, transactionId };
      const found = book.find(which);
      if (!found || String(found.amountFen) !== fields.total_fee) return no('INVALID_REQUEST');
      return book.refund(which, refundNo, Number(fields.refund_fee)) ? ok : no('NOTENOUGH');
    }
    case '/pay/refundquery': {
      const refundNo = fields.out_refund_no ?? '';
      const of = [...book.trades.values()].find((one) => book.hasRefund(one, refundNo));
      if (!of) return no('REFUNDNOTEXIST');
      return {
        ...ok,
        ...describe(of),
        out_refund_no_0: refundNo,
        refund_status_0: isRefundSlow ? 'PROCESSING' : 'SUCCESS',
        refund_fee_0: String(book.refundOf(of, refundNo)),
      };
    }
    default:
      return no('NOT_FOUND');
  }
}

/** How the payer goes on; null where something is missing that this way needs. */
function startOf(fields: Fields): Fields | null {
  const { trade_type: type, out_trade_no: outTradeNo = '' } = fields;
  switch (type) {
    case 'NATIVE':
      return fields.product_id ? { code_url: `weixin://wxpay/bizpayurl?pr=${outTradeNo}` } : null;
    case 'MWEB':
      return fields.scene_info?.includes('"wap_url"')
        ? { mweb_url: `https://wx.tenpay.com/mweb?prepay_id=${outTradeNo}` }
        : null;
    case 'JSAPI':
      return fields.openid ? { prepay_id: `wx${outTradeNo}` } : null;
    default:
      return null;
  }
}
