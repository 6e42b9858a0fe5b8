import { createHash } from 'node:crypto';
import { readFen } from './amounts.js';
import type { PayerNaming, PaymentMode, RefundState, TradeState } from './channel.js';
import { at } from './wechat-client.js';

/** Inside WeChat's own browser only where payers can be named. */
export const wechatModes = (payers: PayerNaming | null): PaymentMode[] =>
  payers ? ['qr', 'mobile', 'jsapi'] : ['qr', 'mobile'];

/** The page for telephones, which goes back to `returnUrl` and not to whatever page had opened it. */
export function comingBack(url: string, returnUrl: string | undefined): string {
  if (returnUrl === undefined) return url;
  return `${url}${url.includes('?') ? '&' : '?'}redirect_url=${encodeURIComponent(returnUrl)}`;
}

/** What an answer or a notice says of a trade; null where it is not understood. */
export function wechatTrade(trade: unknown): TradeState | null {
  const transactionId = at(trade, 'transaction_id');
  const amount = at(trade, 'amount');
  switch (at(trade, 'trade_state')) {
    case 'NOTPAY':
    case 'PAYERROR':
      return { kind: 'open' };
    case 'USERPAYING':
      return { kind: 'scanned' };
    case 'CLOSED':
    case 'REVOKED':
      return { kind: 'closed' };
    case 'SUCCESS':
    case 'REFUND': {
      const amountFen = readFen(at(amount, 'total'));
      if (at(amount, 'currency') !== 'CNY' || amountFen === null) return null;
      if (typeof transactionId !== 'string' || transactionId === '') return null;
      const kind = at(trade, 'trade_state') === 'SUCCESS' ? 'paid' : 'returned';
      return { kind, transactionId, amountFen };
    }
    default:
      return null;
  }
}

const REFUND_STATES: Record<string, RefundState> = {
  SUCCESS: 'done',
  PROCESSING: 'processing',
  CLOSED: 'failed',
  // The payer's card is gone: the merchant names another in the console, and it goes on.
  ABNORMAL: 'processing',
};

/** The channel's word for where a refund stands; null where it is not understood. */
export function wechatRefundState(value: unknown): RefundState | null {
  return typeof value === 'string' && Object.hasOwn(REFUND_STATES, value)
    ? (REFUND_STATES[value] ?? null)
    : null;
}

/** Names a notice that has no name of its own. */
export const digestOf = (body: Buffer) => createHash('sha256').update(body).digest('hex');
