/** A trade as a stand-in keeps it. Money is whole fen. */
export interface Trade {
  outTradeNo: string;
  amountFen: number;
  /** `coded`: only a code exists (Alipay makes the trade when it is scanned). */
  state: 'coded' | 'open' | 'paid' | 'closed';
  transactionId: string | null;
  subject: string;
  refunds: Map<string, number>;
  /** Payments of the same number after the first, with what went back of each. */
  more: Map<string, Map<string, number>>;
}

/** A trade by our number, or by that of one of its payments. */
export interface WhichTrade {
  outTradeNo?: string | undefined;
  transactionId?: string | undefined;
}

/** A line of a stand-in's bill. */
export interface BillLine {
  outTradeNo: string;
  transactionId: string;
  kind: 'payment' | 'refund';
  amountFen: number;
  refundNo: string | null;
  at: Date;
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
  const nextTransaction = (): string => {
    count += 1;
    return `4200${String(count).padStart(24, '0')}`;
  };
  const pay = (outTradeNo: string): Trade => {
    const trade = get(outTradeNo);
    if (trade.state !== 'open' && trade.state !== 'coded') {
      throw new Error(`trade ${outTradeNo} is ${trade.state}`);
    }
    trade.state = 'paid';
    trade.transactionId = nextTransaction();
    const { transactionId, amountFen } = trade;
    bill.push({
      outTradeNo,
      transactionId,
      kind: 'payment',
      amountFen,
      refundNo: null,
      at: new Date(),
    });
    return trade;
  };
  /** Money for a number that was paid already, which should not be. @returns its transaction */
  const payAgain = (outTradeNo: string): string => {
    const { more, amountFen } = get(outTradeNo);
    const transactionId = nextTransaction();
    more.set(transactionId, new Map());
    bill.push({
      outTradeNo,
      transactionId,
      kind: 'payment',
      amountFen,
      refundNo: null,
      at: new Date(),
    });
    return transactionId;
  };
  const find = ({ outTradeNo = '', transactionId }: WhichTrade): Trade | undefined =>
    transactionId === undefined
      ? trades.get(outTradeNo)
      : [...trades.values()].find(
          (one) => one.transactionId === transactionId || one.more.has(transactionId),
        );
  /** Again with the same number changes nothing. @returns false when more than was paid would go back */
  const refund = (which: WhichTrade, refundNo: string, amountFen: number): boolean => {
    const trade = find(which);
    const transactionId = which.transactionId ?? trade?.transactionId;
    if (!trade || !transactionId) return false;
    const refunds = trade.more.get(transactionId) ?? trade.refunds;
    if (refunds.has(refundNo)) return refunds.get(refundNo) === amountFen;
    if (sum(refunds) + amountFen > trade.amountFen) return false;
    refunds.set(refundNo, amountFen);
    const { outTradeNo } = trade;
    bill.push({ outTradeNo, transactionId, kind: 'refund', amountFen, refundNo, at: new Date() });
    return true;
  };
  /** How much went back under a number; null where nothing did. */
  const refundOf = (trade: Trade, refundNo: string): number | null =>
    [trade.refunds, ...trade.more.values()].find((one) => one.has(refundNo))?.get(refundNo) ?? null;
  const hasRefund = (trade: Trade, refundNo: string): boolean => refundOf(trade, refundNo) !== null;
  const refunded = (trade: Trade): number => sum(trade.refunds);
  /** What moved on a day of Beijing, `2026-03-01`. */
  const billOf = (day: string): BillLine[] => bill.filter(({ at }) => beijingDay(at) === day);
  return { trades, bill, billOf, get, pay, payAgain, find, refund, refundOf, hasRefund, refunded };
}

const sum = (refunds: Map<string, number>): number =>
  [...refunds.values()].reduce((all, one) => all + one, 0);

const beijingDay = (at: Date) =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short' }).format(at);
