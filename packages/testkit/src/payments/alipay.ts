import { createSign, createVerify, type KeyObject } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { alipayBillFile } from './bills.js';
import { listenOnLoopback, readBody } from './http.js';
import { type ChannelBehaviour, createTrades, type Trade } from './trades.js';

/** Keys of both sides, each the pair of its owner. */
export interface AlipayKeys {
  app: { publicKey: KeyObject };
  alipay: { publicKey: KeyObject; privateKey: KeyObject };
  /** Of nobody we know. */
  stranger: { privateKey: KeyObject };
}

export type AlipayStandIn = Awaited<ReturnType<typeof startAlipay>>;

const SELLER = '2088000000000001';

/**
 * A stand-in of Alipay's gateway on loopback, written from its documents without the SDK: it checks
 * our signature, keeps trades in memory and signs what it says.
 */
export async function startAlipay({ appId, keys }: { appId: string; keys: AlipayKeys }) {
  const book = createTrades();
  let behaviour: ChannelBehaviour = 'answer';
  /** What is said whatever happens, to all methods or to one. */
  let words: Record<string, string> | null = null;
  const wordsOf = new Map<string, Record<string, string>>();
  /** Methods asked for, oldest first. */
  const calls: { method: string; params: Record<string, string> }[] = [];

  const answer = (method: string, content: Record<string, unknown>): string => {
    const text = JSON.stringify(content);
    const signer = behaviour === 'forged' ? keys.stranger.privateKey : keys.alipay.privateKey;
    const sign = createSign('RSA-SHA256').update(text, 'utf8').sign(signer, 'base64');
    const name = `${method.replaceAll('.', '_')}_response`;
    return `{"${name}":${text}${behaviour === 'unsigned' ? '' : `,"sign":"${sign}"`}}`;
  };

  const billAnswer = (method: string, content: Record<string, string>) => {
    if (method !== 'alipay.data.dataservice.bill.downloadurl.query') return null;
    const { bill_date: day = '' } = content;
    if (book.billOf(day).length === 0) return no('isp.bill_not_exist');
    return { ...yes, bill_download_url: `${server.url}/bill.zip?day=${day}` };
  };

  const serve = async (req: IncomingMessage, res: ServerResponse) => {
    const url = new URL(req.url ?? '/', 'http://localhost');
    // Whoever has the address may load it.
    if (url.pathname === '/bill.zip') {
      return void res.end(alipayBillFile(book.billOf(url.searchParams.get('day') ?? '')));
    }
    const body = new URLSearchParams(req.method === 'POST' ? await readBody(req) : '');
    const params = Object.fromEntries([...url.searchParams, ...body]);
    const method = params.method ?? '';
    calls.push({ method, params });
    if (behaviour === 'silent') return;
    if (behaviour === 'broken') return void res.writeHead(502).end('<html>bad gateway</html>');
    const content = params.biz_content ? JSON.parse(params.biz_content) : {};
    const problem = problemOf(params, { appId, key: keys.app.publicKey });
    const said = words ?? wordsOf.get(method);
    const result = said ?? problem ?? billAnswer(method, content) ?? handle(book, method, content);
    if (behaviour === 'drop') return void res.destroy();
    res.writeHead(200, { 'content-type': 'text/html;charset=utf-8' }).end(answer(method, result));
  };
  const server = await listenOnLoopback(serve);

  /** The fields of a notice, signed; `changes` are made before the signature, `after` behind its back. */
  const notice = (outTradeNo: string, options: NoticeOptions = {}): string => {
    const trade = book.get(outTradeNo);
    const { signWith = keys.alipay.privateKey, signType = 'RSA2', changes, after } = options;
    const fields = strip({ ...noticeFields(trade, appId), sign_type: signType, ...changes });
    const text = textOf(fields, ['sign', 'sign_type']);
    const algorithm = signType === 'RSA' ? 'RSA-SHA1' : 'RSA-SHA256';
    const sign = createSign(algorithm).update(text, 'utf8').sign(signWith, 'base64');
    return new URLSearchParams(strip({ ...fields, sign, ...after })).toString();
  };

  return {
    url: server.url,
    calls,
    bill: book.bill,
    trade: book.get,
    behave: (next: ChannelBehaviour) => {
      behaviour = next;
    },
    /** Signs and says this to whatever is asked, until it is null. */
    say: (next: Record<string, string> | null) => {
      words = next;
    },
    sayOf: (method: string, next: Record<string, string> | null) => {
      if (next) wordsOf.set(method, next);
      else wordsOf.delete(method);
    },
    /** The payer has scanned the code: only now does the trade exist. */
    scan: (outTradeNo: string) => {
      book.get(outTradeNo).state = 'open';
    },
    pay: book.pay,
    payAgain: book.payAgain,
    /** All of it, or so much, given back in the merchant's own console. @returns its number there */
    refundByMerchant: (outTradeNo: string, amountFen = book.get(outTradeNo).amountFen): string => {
      const refundNo = `m-${outTradeNo}`;
      book.refund({ outTradeNo }, refundNo, amountFen);
      return refundNo;
    },
    /** Closed by Alipay, its time being over. */
    expire: (outTradeNo: string) => {
      book.get(outTradeNo).state = 'closed';
    },
    /** A trade as its page makes it, where the payer opened the address that we made. */
    openPage: (address: string): Trade => {
      const params = Object.fromEntries(new URL(address).searchParams);
      const problem = problemOf(params, { appId, key: keys.app.publicKey });
      if (problem) throw new Error(`Alipay refuses the page: ${problem.sub_code}`);
      const content = JSON.parse(params.biz_content ?? '{}');
      return create(book, content, 'open');
    },
    notice,
    stop: server.stop,
  };
}

/** How a notice differs from an honest one. A value of null leaves the field out. */
export interface NoticeOptions {
  signWith?: KeyObject;
  signType?: string;
  changes?: Record<string, string | null>;
  after?: Record<string, string | null>;
}

const strip = (fields: Record<string, string | null>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== null),
  );

const yuan = (fen: number) => (fen / 100).toFixed(2);
const beijing = (at: Date) =>
  new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Asia/Shanghai',
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(at);

function textOf(fields: Record<string, string>, without: string[]): string {
  return Object.keys(fields)
    .filter((name) => !without.includes(name) && fields[name] !== '')
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join('&');
}

type Problem = { code: string; msg: string; sub_code: string };

function problemOf(
  params: Record<string, string>,
  { appId, key }: { appId: string; key: KeyObject },
): Problem | null {
  const isSigned = createVerify('RSA-SHA256')
    .update(textOf(params, ['sign']), 'utf8')
    .verify(key, params.sign ?? '', 'base64');
  const refuse = (sub_code: string) => ({ code: '40002', msg: 'Invalid Arguments', sub_code });
  if (params.app_id !== appId) return refuse('isv.invalid-app-id');
  if (params.sign_type !== 'RSA2') return refuse('isv.invalid-signature-type');
  if (!isSigned) return refuse('isv.invalid-signature');
  // The gateway lives in Beijing.
  const age = Math.abs(Date.now() - new Date(`${params.timestamp}+08:00`).getTime());
  return age < 15 * 60_000 ? null : refuse('isv.invalid-timestamp');
}

const no = (sub_code: string) => ({ code: '40004', msg: 'Business Failed', sub_code });
const yes = { code: '10000', msg: 'Success' };

type Book = ReturnType<typeof createTrades>;

function create(book: Book, content: Record<string, string>, state: Trade['state']): Trade {
  const { out_trade_no: outTradeNo = '', total_amount: total = '', subject = '' } = content;
  const amountFen = Math.round(Number(total) * 100);
  const known = book.trades.get(outTradeNo);
  if (known && known.amountFen !== amountFen) throw new Error('ACQ.CONTEXT_INCONSISTENT');
  if (known) return known;
  const nothing = { transactionId: null, refunds: new Map(), more: new Map() };
  const trade = { outTradeNo, amountFen, subject, state, ...nothing };
  book.trades.set(outTradeNo, trade);
  return trade;
}

function handle(
  book: Book,
  method: string,
  content: Record<string, string>,
): Record<string, unknown> {
  const outTradeNo = content.out_trade_no ?? '';
  if (method === 'alipay.trade.precreate') {
    const known = book.trades.get(outTradeNo);
    if (known && yuan(known.amountFen) !== content.total_amount) {
      return no('ACQ.CONTEXT_INCONSISTENT');
    }
    create(book, content, 'coded');
    return { ...yes, out_trade_no: outTradeNo, qr_code: `https://qr.alipay.com/${outTradeNo}` };
  }
  const which = { outTradeNo, transactionId: content.trade_no };
  const trade = book.find(which);
  /** How every answer about a payment says which. */
  const about = {
    out_trade_no: trade?.outTradeNo ?? outTradeNo,
    trade_no: content.trade_no ?? trade?.transactionId ?? '',
  };
  if (!trade || trade.state === 'coded') return no('ACQ.TRADE_NOT_EXIST');
  switch (method) {
    case 'alipay.trade.query':
      return { ...yes, out_trade_no: outTradeNo, ...describe(book, trade) };
    case 'alipay.trade.close':
      if (trade.state === 'paid') return no('ACQ.TRADE_STATUS_ERROR');
      trade.state = 'closed';
      return { ...yes, out_trade_no: outTradeNo };
    case 'alipay.trade.refund': {
      const refundNo = content.out_request_no ?? '';
      const isKnown = book.hasRefund(trade, refundNo);
      const amountFen = Math.round(Number(content.refund_amount) * 100);
      if (!book.refund(which, refundNo, amountFen)) return no('ACQ.REFUND_AMT_NOT_EQUAL_TOTAL');
      return { ...yes, ...about, fund_change: isKnown ? 'N' : 'Y' };
    }
    case 'alipay.trade.fastpay.refund.query': {
      const refundNo = content.out_request_no ?? '';
      const amountFen = book.refundOf(trade, refundNo);
      if (amountFen === null) return yes;
      const found = { out_request_no: refundNo, refund_status: 'REFUND_SUCCESS' };
      return { ...yes, ...about, ...found, refund_amount: yuan(amountFen) };
    }
    default:
      return no('isv.invalid-method');
  }
}

function describe(book: Book, trade: Trade): Record<string, string> {
  const isReturned = trade.state === 'paid' && book.refunded(trade) === trade.amountFen;
  const status = {
    coded: '',
    open: 'WAIT_BUYER_PAY',
    closed: 'TRADE_CLOSED',
    paid: 'TRADE_SUCCESS',
  };
  return {
    total_amount: yuan(trade.amountFen),
    trade_status: isReturned ? 'TRADE_CLOSED' : status[trade.state],
    ...(trade.transactionId === null
      ? {}
      : { trade_no: trade.transactionId, send_pay_date: beijing(new Date()) }),
  };
}

function noticeFields(trade: Trade, appId: string): Record<string, string> {
  return {
    notify_id: `n-${trade.outTradeNo}`,
    notify_type: 'trade_status_sync',
    notify_time: beijing(new Date()),
    charset: 'utf-8',
    version: '1.0',
    app_id: appId,
    seller_id: SELLER,
    out_trade_no: trade.outTradeNo,
    trade_no: trade.transactionId ?? `2026${trade.outTradeNo}`,
    trade_status: trade.state === 'closed' ? 'TRADE_CLOSED' : 'TRADE_SUCCESS',
    total_amount: yuan(trade.amountFen),
    subject: trade.subject,
    ...(trade.transactionId === null ? {} : { gmt_payment: beijing(new Date()) }),
  };
}
