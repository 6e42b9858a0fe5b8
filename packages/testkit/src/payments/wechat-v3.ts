import {
  createCipheriv,
  createHash,
  createSign,
  createVerify,
  type KeyObject,
  randomBytes,
  randomUUID,
} from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { wechatBillFile } from './bills.js';
import { listenOnLoopback, readBody } from './http.js';
import { type ChannelBehaviour, createTrades, type Trade } from './trades.js';

/** What both sides know. */
export interface WechatV3Options {
  appId: string;
  mchId: string;
  /** 32 characters. */
  apiKey: string;
  /** Of our merchant certificate. */
  serial: string;
  /** Under which WeChat Pay signs. */
  keyId: string;
  keys: {
    merchant: { publicKey: KeyObject };
    wechat: { privateKey: KeyObject };
    stranger: { privateKey: KeyObject };
  };
}

export type WechatV3StandIn = Awaited<ReturnType<typeof startWechatV3>>;

/** A notice as it is sent. */
export interface SentNotice {
  body: string;
  headers: Record<string, string>;
}

/** How a notice differs from an honest one. */
export interface V3NoticeOptions {
  signWith?: KeyObject;
  serial?: string;
  /** Seconds that the signing clock is ahead. */
  skewS?: number;
  encryptWith?: string;
  algorithm?: string;
  /** Changes of what is inside, before it is encrypted. */
  changes?: Record<string, unknown>;
  /** Changes of the body behind the signature's back. */
  after?: (body: string) => string;
}

const sign = (text: string, key: KeyObject) =>
  createSign('RSA-SHA256').update(text, 'utf8').sign(key, 'base64');

/** A stand-in of WeChat Pay V3 on loopback, written from its documents without the SDK. */
export async function startWechatV3(options: WechatV3Options) {
  const { keys, keyId } = options;
  const book = createTrades();
  let behaviour: ChannelBehaviour = 'answer';
  const calls: { method: string; path: string; body: string }[] = [];
  let refundStatus = 'SUCCESS';
  let words: { status: number; code: string } | null = null;
  /** The file of the bill is not the one that was signed. */
  let isBillAltered = false;

  const send = (res: ServerResponse, { status, body }: Answer) => {
    const text = body === null ? '' : JSON.stringify(body);
    const timestamp = String(Math.floor(Date.now() / 1000) - (behaviour === 'skewed' ? 600 : 0));
    const nonce = randomBytes(16).toString('hex');
    const key = behaviour === 'forged' ? keys.stranger.privateKey : keys.wechat.privateKey;
    const signature = {
      'wechatpay-timestamp': timestamp,
      'wechatpay-nonce': nonce,
      'wechatpay-serial': keyId,
      'wechatpay-signature': sign(`${timestamp}\n${nonce}\n${text}\n`, key),
    };
    const headers = behaviour === 'unsigned' ? {} : signature;
    res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
  };

  const serve = async (req: IncomingMessage, res: ServerResponse) => {
    const body = await readBody(req);
    const { method = '', url = '/' } = req;
    calls.push({ method, path: url, body });
    if (behaviour === 'silent') return;
    if (behaviour === 'broken') return void res.writeHead(502).end('<html>bad gateway</html>');
    if (!isSigned(options, { method, url, body, headers: req.headers })) {
      return send(res, no(401, 'SIGN_ERROR'));
    }
    if (words) return send(res, no(words.status, words.code));
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    if (pathname === '/v3/billdownload/file') {
      // Its only answer without a signature.
      const file = wechatBillFile(book.billOf(searchParams.get('token') ?? ''));
      return void res.end(isBillAltered ? file.replace('SUCCESS', 'REFUND') : file);
    }
    if (pathname === '/v3/bill/tradebill') {
      const lines = book.billOf(searchParams.get('bill_date') ?? '');
      if (lines.length === 0) return send(res, no(400, 'NO_STATEMENT_EXIST'));
      const hash = createHash('sha1').update(wechatBillFile(lines)).digest('hex');
      const address = `https://api.mch.weixin.qq.com/v3/billdownload/file?token=${searchParams.get('bill_date')}`;
      const answer = { hash_type: 'SHA1', hash_value: hash, download_url: address };
      return send(res, { status: 200, body: answer });
    }
    const content = body === '' ? {} : JSON.parse(body);
    const answer = handle({ book, options, refundStatus }, { method, url, content });
    if (behaviour === 'drop') return void res.destroy();
    send(res, answer);
  };
  const server = await listenOnLoopback(serve);

  const envelope = (content: object, more: V3NoticeOptions = {}): SentNotice => {
    const nonce = randomBytes(6).toString('hex');
    const plain = JSON.stringify({ ...content, ...more.changes });
    const cipher = createCipheriv('aes-256-gcm', more.encryptWith ?? options.apiKey, nonce);
    cipher.setAAD(Buffer.from('transaction'));
    const ciphertext = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    const body = JSON.stringify({
      id: randomUUID(),
      create_time: new Date().toISOString(),
      resource_type: 'encrypt-resource',
      event_type: 'out_refund_no' in content ? 'REFUND.SUCCESS' : 'TRANSACTION.SUCCESS',
      resource: {
        algorithm: more.algorithm ?? 'AEAD_AES_256_GCM',
        ciphertext: Buffer.concat([ciphertext, cipher.getAuthTag()]).toString('base64'),
        nonce,
        associated_data: 'transaction',
      },
    });
    const timestamp = String(Math.floor(Date.now() / 1000) + (more.skewS ?? 0));
    const key = more.signWith ?? keys.wechat.privateKey;
    return {
      body: more.after ? more.after(body) : body,
      headers: {
        'content-type': 'application/json',
        'wechatpay-timestamp': timestamp,
        'wechatpay-nonce': nonce,
        'wechatpay-serial': more.serial ?? keyId,
        'wechatpay-signature': sign(`${timestamp}\n${nonce}\n${body}\n`, key),
      },
    };
  };

  return {
    url: server.url,
    calls,
    bill: book.bill,
    trade: book.get,
    behave: (next: ChannelBehaviour) => {
      behaviour = next;
    },
    /** Says this to whatever is asked, until it is null. */
    say: (next: { status: number; code: string } | null) => {
      words = next;
    },
    delayRefunds: (isDelayed: boolean) => {
      refundStatus = isDelayed ? 'PROCESSING' : 'SUCCESS';
    },
    /** How every refund is said to stand: `ABNORMAL`, say. */
    sayOfRefunds: (status: string) => {
      refundStatus = status;
    },
    /** So much given back in the merchant's own console. @returns its number there */
    refundByMerchant: (outTradeNo: string, amountFen: number): string => {
      const refundNo = `m-${outTradeNo}`;
      book.refund({ outTradeNo }, refundNo, amountFen);
      return refundNo;
    },
    alterBill: (isAltered: boolean) => {
      isBillAltered = isAltered;
    },
    pay: book.pay,
    payAgain: book.payAgain,
    /** Closed by WeChat Pay, its time being over. */
    expire: (outTradeNo: string) => {
      book.get(outTradeNo).state = 'closed';
    },
    notice: (outTradeNo: string, more: V3NoticeOptions = {}): SentNotice =>
      envelope(describe(options, book.get(outTradeNo)), more),
    refundNotice: (outTradeNo: string, refundNo: string, more: V3NoticeOptions = {}) =>
      envelope(
        {
          mchid: options.mchId,
          out_trade_no: outTradeNo,
          out_refund_no: refundNo,
          refund_status: 'SUCCESS',
        },
        more,
      ),
    stop: server.stop,
  };
}

interface Answer {
  status: number;
  body: object | null;
}

const no = (status: number, code: string): Answer => ({ status, body: { code, message: code } });

function isSigned(
  { mchId, serial, keys }: WechatV3Options,
  sent: { method: string; url: string; body: string; headers: IncomingHttpHeaders },
): boolean {
  const given = sent.headers.authorization ?? '';
  if (!given.startsWith('WECHATPAY2-SHA256-RSA2048 ')) return false;
  const parts = Object.fromEntries(
    [...given.matchAll(/(\w+)="([^"]*)"/g)].map((match) => [match[1], match[2]]),
  );
  if (parts.mchid !== mchId || parts.serial_no !== serial) return false;
  if (Math.abs(Date.now() / 1000 - Number(parts.timestamp)) > 300) return false;
  const text = `${sent.method}\n${sent.url}\n${parts.timestamp}\n${parts.nonce_str}\n${sent.body}\n`;
  return createVerify('RSA-SHA256')
    .update(text, 'utf8')
    .verify(keys.merchant.publicKey, parts.signature ?? '', 'base64');
}

interface World {
  book: ReturnType<typeof createTrades>;
  options: WechatV3Options;
  refundStatus: string;
}

/** What is asked in a body, as far as the stand-in looks. */
interface Content {
  mchid?: string;
  appid?: string;
  description?: string;
  out_trade_no?: string;
  transaction_id?: string;
  out_refund_no?: string;
  amount?: { total?: number; refund?: number; currency?: string };
  payer?: { openid?: string };
}

function handle(
  world: World,
  { method, url, content }: { method: string; url: string; content: Content },
): Answer {
  const { pathname } = new URL(url, 'http://localhost');
  const created = /^\/v3\/pay\/transactions\/(native|h5|jsapi)$/.exec(pathname)?.[1];
  if (method === 'POST' && created) return create(world, created, content);
  const [, outTradeNo = '', isClose] =
    /^\/v3\/pay\/transactions\/out-trade-no\/([\w-]+)(\/close)?$/.exec(pathname) ?? [];
  const trade = world.book.trades.get(outTradeNo);
  if (outTradeNo !== '' && !trade) return no(404, 'ORDER_NOT_EXIST');
  if (trade && isClose) {
    if (trade.state === 'paid') return no(400, 'ORDERPAID');
    trade.state = 'closed';
    return { status: 204, body: null };
  }
  if (trade) return { status: 200, body: describe(world.options, trade) };
  if (method === 'POST' && pathname === '/v3/refund/domestic/refunds')
    return refund(world, content);
  const refundNo = /^\/v3\/refund\/domestic\/refunds\/([\w-]+)$/.exec(pathname)?.[1];
  if (refundNo) return describeRefund(world, refundNo);
  return no(404, 'NOT_FOUND');
}

function create({ book, options }: World, kind: string, content: Content): Answer {
  const { out_trade_no: outTradeNo = '', amount, appid, mchid, description = '' } = content;
  if (appid !== options.appId || mchid !== options.mchId) return no(400, 'APPID_MCHID_NOT_MATCH');
  const amountFen = amount?.total ?? 0;
  if (!Number.isInteger(amountFen) || amountFen < 1 || amount?.currency !== 'CNY') {
    return no(400, 'PARAM_ERROR');
  }
  if (kind === 'jsapi' && !content.payer?.openid) return no(400, 'PARAM_ERROR');
  const known = book.trades.get(outTradeNo);
  if (known && known.amountFen !== amountFen) return no(400, 'INVALID_REQUEST');
  const fresh: Trade = {
    outTradeNo,
    amountFen,
    subject: description,
    state: 'open',
    transactionId: null,
    refunds: new Map(),
    more: new Map(),
  };
  if (!known) book.trades.set(outTradeNo, fresh);
  const answers: Record<string, object> = {
    native: { code_url: `weixin://wxpay/bizpayurl?pr=${outTradeNo}` },
    h5: { h5_url: `https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=${outTradeNo}` },
    jsapi: { prepay_id: `wx${outTradeNo}` },
  };
  return { status: 200, body: answers[kind] ?? {} };
}

function describe({ appId, mchId }: WechatV3Options, trade: Trade): object {
  const states = { coded: 'NOTPAY', open: 'NOTPAY', closed: 'CLOSED', paid: 'SUCCESS' };
  return {
    appid: appId,
    mchid: mchId,
    out_trade_no: trade.outTradeNo,
    trade_state: trade.refunds.size > 0 ? 'REFUND' : states[trade.state],
    amount: { total: trade.amountFen, currency: 'CNY' },
    ...(trade.transactionId === null ? {} : { transaction_id: trade.transactionId }),
  };
}

function refund(world: World, content: Content): Answer {
  const { out_refund_no: refundNo = '', amount } = content;
  const which = { outTradeNo: content.out_trade_no, transactionId: content.transaction_id };
  const trade = world.book.find(which);
  if (!trade) return no(404, 'RESOURCE_NOT_EXISTS');
  if (amount?.total !== trade.amountFen) return no(400, 'PARAM_ERROR');
  if (!world.book.refund(which, refundNo, amount.refund ?? 0)) return no(400, 'INVALID_REQUEST');
  return describeRefund(world, refundNo);
}

function describeRefund({ book, refundStatus }: World, refundNo: string): Answer {
  const trade = [...book.trades.values()].find((one) => book.hasRefund(one, refundNo));
  if (!trade) return no(404, 'RESOURCE_NOT_EXISTS');
  const amount = { refund: book.refundOf(trade, refundNo), total: trade.amountFen };
  const about = { out_refund_no: refundNo, transaction_id: trade.transactionId };
  return { status: 200, body: { ...about, status: refundStatus, amount } };
}
