import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listenOnLoopback, readBody } from './http.js';
import { type ChannelBehaviour, createTrades, type Trade } from './trades.js';

export interface WechatV2Options {
  appId: string;
  mchId: string;
  /** 32 characters. */
  key: string;
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
  const { appId, mchId, key } = options;
  const book = createTrades();
  let behaviour: ChannelBehaviour = 'answer';
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
    const answer = isSigned ? handle(book, path, fields) : null;
    if (behaviour === 'drop') return void res.destroy();
    res.writeHead(200, { 'content-type': 'text/xml' });
    if (!answer) return void res.end(toXml({ return_code: 'FAIL', return_msg: '签名错误' }));
    res.end(signed({ return_code: 'SUCCESS', ...answer }, type));
  };
  const server = await listenOnLoopback(serve);

  return {
    url: server.url,
    calls,
    bill: book.bill,
    trade: book.get,
    behave: (next: ChannelBehaviour) => {
      behaviour = next;
    },
    pay: book.pay,
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
    stop: server.stop,
  };
}

const describe = (trade: Trade): Fields => ({
  out_trade_no: trade.outTradeNo,
  total_fee: String(trade.amountFen),
  ...(trade.transactionId === null ? {} : { transaction_id: trade.transactionId }),
});

function handle(book: ReturnType<typeof createTrades>, path: string, fields: Fields): Fields {
  const outTradeNo = fields.out_trade_no ?? '';
  const ok = { result_code: 'SUCCESS' };
  const no = (code: string) => ({ result_code: 'FAIL', err_code: code, err_code_des: code });
  const trade = book.trades.get(outTradeNo);
  switch (path) {
    case '/pay/unifiedorder': {
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
      return fields.trade_type === 'MWEB'
        ? { ...ok, mweb_url: `https://wx.tenpay.com/mweb?prepay_id=${outTradeNo}` }
        : { ...ok, code_url: `weixin://wxpay/bizpayurl?pr=${outTradeNo}` };
    }
    case '/pay/orderquery': {
      if (!trade) return no('ORDERNOTEXIST');
      const states = { coded: 'NOTPAY', open: 'NOTPAY', closed: 'CLOSED', paid: 'SUCCESS' };
      return { ...ok, trade_state: states[trade.state], ...describe(trade) };
    }
    case '/pay/closeorder':
      if (!trade) return no('ORDERNOTEXIST');
      if (trade.state === 'paid') return no('ORDERPAID');
      trade.state = 'closed';
      return ok;
    default:
      return no('NOT_FOUND');
  }
}
