import { alipayBill } from './alipay-bill.js';
import { type AlipayAnswer, type AlipayGateway, createGateway } from './alipay-gateway.js';
import { verifyAlipayNotice } from './alipay-notice.js';
import { alipayTrade } from './alipay-trade.js';
import { beijingTime, fromYuan, plainSubject, requireFen, toYuan } from './amounts.js';
import {
  type FoundRefund,
  type NewPayment,
  NO_REFUND,
  type NoticeReply,
  type PaymentChannel,
  type PaymentStart,
  type RefundRequest,
  type RefundState,
  type TradeState,
} from './channel.js';
import { PaymentError, type PaymentFailure } from './payment-error.js';
import type { AlipaySettings, ChannelOptions } from './settings.js';

const PRODUCTS = {
  page: ['alipay.trade.page.pay', 'FAST_INSTANT_TRADE_PAY'],
  mobile: ['alipay.trade.wap.pay', 'QUICK_WAP_WAY'],
} as const;

/** Not open any more, or not yet in a state that can be closed. */
const CANNOT_CLOSE = ['ACQ.TRADE_STATUS_ERROR', 'ACQ.REASON_TRADE_STATUS_INVALID'];

/**
 * Alipay with a public key: code, desktop page, page for telephones. Nothing is loaded or connected
 * before the first call. @throws KeyError when a key cannot be read
 */
export function createAlipay(settings: AlipaySettings, options: ChannelOptions): PaymentChannel {
  const gateway = createGateway(settings, options);
  return {
    name: 'alipay',
    modes: ['qr', 'page', 'mobile'],
    payers: null,
    refundNeeds: [],
    hasBills: true,
    createPayment: (payment) => createPayment(gateway, payment),
    query: (outTradeNo) => query(gateway, outTradeNo),
    close: (outTradeNo) => close(gateway, outTradeNo),
    refund: (request) => refund(gateway, request),
    queryRefund: (which) => queryRefund(gateway, which),
    bill: (day) => alipayBill(gateway, day),
    verifyNotice: (notice) => verifyAlipayNotice(gateway, settings, notice),
    reply,
  };
}

async function createPayment(gateway: AlipayGateway, payment: NewPayment): Promise<PaymentStart> {
  const { mode, outTradeNo, amountFen, subject, expiresAt, returnUrl } = payment;
  if (mode === 'jsapi')
    throw new PaymentError('unsupported', 'Alipay has no payment inside WeChat');
  const trade = {
    out_trade_no: outTradeNo,
    total_amount: toYuan(amountFen),
    subject: plainSubject(subject, 128),
    time_expire: beijingTime(expiresAt),
  };
  if (mode === 'qr') {
    const answer = await gateway.call('alipay.trade.precreate', trade, { hasNotices: true });
    const { qr_code: codeUrl } = succeeded(answer);
    if (typeof codeUrl !== 'string') throw new PaymentError('refused', 'Alipay gave no code');
    return { kind: 'qr', codeUrl };
  }
  const [method, product] = PRODUCTS[mode];
  const url = await gateway.pageUrl(method, { ...trade, product_code: product }, returnUrl);
  return { kind: 'redirect', url };
}

async function query(gateway: AlipayGateway, outTradeNo: string): Promise<TradeState> {
  const answer = await gateway.call('alipay.trade.query', { out_trade_no: outTradeNo });
  if (answer.code === 'ACQ.TRADE_NOT_EXIST') return { kind: 'absent' };
  const trade = succeeded(answer);
  if (trade.out_trade_no !== outTradeNo) {
    throw new PaymentError('untrusted', 'Alipay answered about another trade');
  }
  return alipayTrade(trade);
}

async function close(
  gateway: AlipayGateway,
  outTradeNo: string,
): Promise<'closed' | 'absent' | 'not_open'> {
  const answer = await gateway.call('alipay.trade.close', { out_trade_no: outTradeNo });
  if (answer.code === 'ACQ.TRADE_NOT_EXIST') return 'absent';
  if (answer.code !== null && CANNOT_CLOSE.includes(answer.code)) return 'not_open';
  succeeded(answer);
  return 'closed';
}

async function refund(gateway: AlipayGateway, request: RefundRequest): Promise<RefundState> {
  const { refundNo, amountFen, totalFen, reason } = request;
  requireFen(totalFen);
  const answer = await gateway.call('alipay.trade.refund', {
    ...whichPayment(request),
    out_request_no: refundNo,
    refund_amount: toYuan(amountFen),
    refund_reason: plainSubject(reason, 80),
  });
  // The money moved in this very call; else it moved before, or has yet to.
  if (aboutPayment(succeeded(answer), request).fund_change === 'Y') return 'done';
  const { state } = await queryRefund(gateway, request);
  return state === 'absent' ? 'processing' : state;
}

async function queryRefund(gateway: AlipayGateway, which: WhichRefund): Promise<FoundRefund> {
  const { refundNo } = which;
  const answer = await gateway.call('alipay.trade.fastpay.refund.query', {
    ...whichPayment(which),
    out_request_no: refundNo,
  });
  if (answer.code === 'ACQ.TRADE_NOT_EXIST') return NO_REFUND;
  const found = succeeded(answer);
  // About a number it does not know Alipay says nothing at all.
  if (found.out_request_no !== refundNo) return NO_REFUND;
  const { refund_status: status, trade_no: tradeNo } = aboutPayment(found, which);
  if (status !== 'REFUND_SUCCESS') return { ...NO_REFUND, state: 'processing' };
  return {
    state: 'done',
    amountFen: fromYuan(found.refund_amount),
    transactionId: typeof tradeNo === 'string' ? tradeNo : null,
  };
}

type WhichRefund = Pick<RefundRequest, 'outTradeNo' | 'transactionId' | 'refundNo'>;

const whichPayment = ({ outTradeNo, transactionId }: WhichRefund): Record<string, string> =>
  transactionId === undefined ? { out_trade_no: outTradeNo } : { trade_no: transactionId };

/** The same fields. @throws PaymentError when they are about another payment than was asked of */
function aboutPayment(
  fields: Record<string, unknown>,
  { outTradeNo, transactionId }: WhichRefund,
): Record<string, unknown> {
  const isIt =
    transactionId === undefined
      ? fields.out_trade_no === outTradeNo
      : fields.trade_no === transactionId;
  if (isIt) return fields;
  throw new PaymentError('untrusted', 'Alipay answered about another trade');
}

/** Codes of the gateway: it worked, it has to do with the trade, or another time. */
const DONE = '10000';
const OF_THE_TRADE = '40004';
const ANOTHER_TIME = ['20000', '40005'];
/** About the trade, and yet another answer later. */
const LATER = /SYSTEM_ERROR$|^(isp|aop)\.|^ACQ\.SELLER_BALANCE_NOT_ENOUGH$/i;

/** The fields of an answer that says yes. @throws PaymentError */
function succeeded({ fields, code }: AlipayAnswer): Record<string, unknown> {
  if (fields.code === DONE) return fields;
  throw new PaymentError(
    failureOf(String(fields.code), code),
    `Alipay refused: ${code ?? 'no reason given'}`,
    code,
  );
}

function failureOf(gatewayCode: string, code: string | null): PaymentFailure {
  if (ANOTHER_TIME.includes(gatewayCode) || LATER.test(code ?? '')) return 'unreachable';
  return gatewayCode === OF_THE_TRADE ? 'refused' : 'unauthorized';
}

function reply(outcome: 'taken' | 'refused'): NoticeReply {
  const body = outcome === 'taken' ? 'success' : 'fail';
  return { status: 200, contentType: 'text/plain', body };
}
