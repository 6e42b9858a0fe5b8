import { alipayBill } from './alipay-bill.js';
import { type AlipayGateway, createGateway } from './alipay-gateway.js';
import { verifyAlipayNotice } from './alipay-notice.js';
import { alipayTrade } from './alipay-trade.js';
import { beijingTime, plainSubject, requireFen, toYuan } from './amounts.js';
import type {
  NewPayment,
  NoticeReply,
  PaymentChannel,
  PaymentStart,
  RefundRequest,
  RefundState,
  TradeState,
} from './channel.js';
import { PaymentError } from './payment-error.js';
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
  if (succeeded(answer).fund_change === 'Y') return 'done';
  const state = await queryRefund(gateway, request);
  return state === 'absent' ? 'processing' : state;
}

async function queryRefund(
  gateway: AlipayGateway,
  which: Pick<RefundRequest, 'outTradeNo' | 'transactionId' | 'refundNo'>,
): Promise<RefundState> {
  const { refundNo } = which;
  const answer = await gateway.call('alipay.trade.fastpay.refund.query', {
    ...whichPayment(which),
    out_request_no: refundNo,
  });
  if (answer.code === 'ACQ.TRADE_NOT_EXIST') return 'absent';
  const found = succeeded(answer);
  if (found.refund_status === 'REFUND_SUCCESS') return 'done';
  return found.out_request_no === refundNo ? 'processing' : 'absent';
}

const whichPayment = ({
  outTradeNo,
  transactionId,
}: Pick<RefundRequest, 'outTradeNo' | 'transactionId'>): Record<string, string> =>
  transactionId === undefined ? { out_trade_no: outTradeNo } : { trade_no: transactionId };

/** The fields of an answer that says yes. @throws PaymentError */
function succeeded(answer: Awaited<ReturnType<AlipayGateway['call']>>): Record<string, unknown> {
  if (answer.isSuccess) return answer.fields;
  const { code } = answer;
  const isTransient = code === 'ACQ.SYSTEM_ERROR' || code === 'isp.unknow-error';
  throw new PaymentError(
    isTransient ? 'unreachable' : 'refused',
    `Alipay refused: ${code ?? 'no reason given'}`,
    code,
  );
}

function reply(outcome: 'taken' | 'refused'): NoticeReply {
  const body = outcome === 'taken' ? 'success' : 'fail';
  return { status: 200, contentType: 'text/plain', body };
}
