import { readFen } from './amounts.js';
import type { RefundState, TradeState } from './channel.js';
import { at } from './wechat-client.js';

export interface WechatV2Settings {
  appId: string;
  mchId: string;
  key: string;
}

/** What was paid, in the words of V2; null where that is not what is said. */
export function paidV2(data: unknown): TradeState | null {
  const transactionId = at(data, 'transaction_id');
  const amountFen = readFen(at(data, 'total_fee'));
  const currency = at(data, 'fee_type') ?? 'CNY';
  const state = at(data, 'trade_state') ?? 'SUCCESS';
  const isPaid = state === 'SUCCESS' || state === 'REFUND';
  if (!isPaid || currency !== 'CNY' || amountFen === null) return null;
  if (typeof transactionId !== 'string' || transactionId === '') return null;
  return { kind: state === 'SUCCESS' ? 'paid' : 'returned', transactionId, amountFen };
}

const REFUND_STATES: Record<string, RefundState> = {
  SUCCESS: 'done',
  PROCESSING: 'processing',
  REFUNDCLOSE: 'failed',
  // The payer's card is gone: the merchant names another in the console, and it goes on.
  CHANGE: 'processing',
};

/** Where a refund stands, in the words of V2; null where it is not understood. */
export function refundStateV2(value: unknown): RefundState | null {
  return typeof value === 'string' && Object.hasOwn(REFUND_STATES, value)
    ? (REFUND_STATES[value] ?? null)
    : null;
}
