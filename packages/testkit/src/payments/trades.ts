/** A trade as a stand-in keeps it. Money is whole fen. */
export interface Trade {
  outTradeNo: string;
  amountFen: number;
  /** `coded`: only a code exists (Alipay makes the trade when it is scanned). */
  state: 'coded' | 'open' | 'paid' | 'closed';
  transactionId: string | null;
  subject: string;
  refunds: Map<string, number>;
}

/** A line of a stand-in's bill. */
export interface BillLine {
  outTradeNo: string;
  transactionId: string;
  kind: 'payment' | 'refund';
  amountFen: number;
  refundNo: string | null;
}

/**
 * - `answer`: as it should.
 * - `silent`: takes requests and never answers.
 * - `drop`: does what is asked, and closes the connection instead of saying so.
 * - `unsigned`, `forged`: answers without a signature, or with that of somebody else.
 * - `skewed`: signs with a clock that is ten minutes off (WeChat Pay V3 only).
 * - `broken`: answers 502 with a page of HTML.
 */
export type ChannelBehaviour =
  | 'answer'
  | 'silent'
  | 'drop'
  | 'unsigned'
  | 'forged'
  | 'skewed'
  | 'broken';

let count = 0;

/** The trades of one stand-in, and what may happen to them outside our sight. */
export function createTrades() {
  const trades = new Map<string, Trade>();
  const bill: BillLine[] = [];
  const get = (outTradeNo: string): Trade => {
    const trade = trades.get(outTradeNo);
    if (!trade) throw new Error(`no trade ${outTradeNo}`);
    return trade;
  };
  const pay = (outTradeNo: string): Trade => {
    const trade = get(outTradeNo);
    if (trade.state !== 'open' && trade.state !== 'coded') {
      throw new Error(`trade ${outTradeNo} is ${trade.state}`);
    }
    count += 1;
    trade.state = 'paid';
    trade.transactionId = `4200${String(count).padStart(24, '0')}`;
    const { transactionId, amountFen } = trade;
    bill.push({ outTradeNo, transactionId, kind: 'payment', amountFen, refundNo: null });
    return trade;
  };
  /** Again with the same number changes nothing. @returns false when more than was paid would go back */
  const refund = (outTradeNo: string, refundNo: string, amountFen: number): boolean => {
    const trade = get(outTradeNo);
    if (trade.refunds.has(refundNo)) return trade.refunds.get(refundNo) === amountFen;
    const total = [...trade.refunds.values()].reduce((sum, one) => sum + one, amountFen);
    if (total > trade.amountFen || trade.transactionId === null) return false;
    trade.refunds.set(refundNo, amountFen);
    const { transactionId } = trade;
    bill.push({ outTradeNo, transactionId, kind: 'refund', amountFen, refundNo });
    return true;
  };
  const refunded = (trade: Trade): number =>
    [...trade.refunds.values()].reduce((sum, one) => sum + one, 0);
  return { trades, bill, get, pay, refund, refunded };
}
