import { readFen } from './amounts.js';
import type { TradeState } from './channel.js';
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
  return { kind: 'paid', transactionId, amountFen };
}
