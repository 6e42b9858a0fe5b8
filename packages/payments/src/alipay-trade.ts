import { fromYuan } from './amounts.js';
import type { TradeState } from './channel.js';
import { PaymentError } from './payment-error.js';

/** What an answer or a notice of Alipay says of a trade. @throws PaymentError */
export function alipayTrade(trade: Record<string, unknown>): TradeState {
  const { trade_status: status, trade_no: transactionId } = trade;
  // Alipay has no trade before somebody looks at it.
  if (status === 'WAIT_BUYER_PAY') return { kind: 'scanned' };
  // Also said of what was paid and then refunded as a whole: only that was ever paid for.
  const wasPaid = trade.send_pay_date ?? trade.gmt_payment;
  if (status === 'TRADE_CLOSED' && !wasPaid) return { kind: 'closed' };
  const isKnown =
    status === 'TRADE_SUCCESS' || status === 'TRADE_FINISHED' || status === 'TRADE_CLOSED';
  const amountFen = fromYuan(trade.total_amount);
  if (!isKnown || amountFen === null || typeof transactionId !== 'string' || transactionId === '') {
    throw new PaymentError('refused', 'Alipay described a trade in a way that is not understood');
  }
  return { kind: status === 'TRADE_CLOSED' ? 'returned' : 'paid', transactionId, amountFen };
}
