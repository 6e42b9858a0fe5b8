/** Through whom money comes in. */
export type ChannelName = 'alipay' | 'wechat';

/**
 * How the payer gets to the payment:
 * - `qr`: scans a code that we draw;
 * - `page`: is sent to the channel's page for a desktop browser;
 * - `mobile`: is sent to the channel's page for a telephone's browser;
 * - `jsapi`: pays inside WeChat's own browser.
 */
export type PaymentMode = 'qr' | 'page' | 'mobile' | 'jsapi';

/** What is asked of a channel. Money is whole fen. */
export interface NewPayment {
  mode: PaymentMode;
  /** 6 to 32 of `A-Za-z0-9_-`; never used for two amounts. */
  outTradeNo: string;
  amountFen: number;
  /** Shown to the payer. */
  subject: string;
  /** The channel takes no money afterwards. */
  expiresAt: Date;
  /** Where the payer comes back to; proves nothing. `page` and `mobile` only. */
  returnUrl?: string;
  /** Address of the payer; needed for `mobile` by WeChat. */
  payerIp?: string;
  /** WeChat's name of the payer for our app (`PayerNaming`); needed for `jsapi`. */
  openId?: string;
}

/** How the payer goes on. */
export type PaymentStart =
  | { kind: 'qr'; codeUrl: string }
  | { kind: 'redirect'; url: string }
  | { kind: 'jsapi'; params: Record<string, string> };

/**
 * What the channel says of a number of ours.
 * `absent`: it knows none such (Alipay before a code is scanned); `scanned`: the payer has scanned the code, or
 * opened the channel's page, and not paid yet; `returned`: paid and given back, by Alipay as a whole, by
 * WeChat Pay perhaps a part, which it does not say.
 */
export type TradeState =
  | { kind: 'absent' | 'open' | 'scanned' | 'closed' }
  | { kind: 'paid' | 'returned'; transactionId: string; amountFen: number };

/** `processing` also where a person has to help, in the channel's own console: the payer's card is gone, say. */
export type RefundState = 'absent' | 'processing' | 'done' | 'failed';

/** What a channel says of a refund; amount and payment are those of `done`. */
export interface FoundRefund {
  state: RefundState;
  amountFen: number | null;
  transactionId: string | null;
}

export interface RefundRequest {
  outTradeNo: string;
  /** Which payment of the number, where it was paid more than once. */
  transactionId?: string;
  /** Our number: the same one again is the same refund. */
  refundNo: string;
  amountFen: number;
  /** What was paid. */
  totalFen: number;
  reason: string;
}

/** A refund of which the channel knows nothing. */
export const NO_REFUND: FoundRefund = { state: 'absent', amountFen: null, transactionId: null };

/** A line of a channel's bill: money that came in or went back. */
export interface BillLine {
  kind: 'payment' | 'refund';
  outTradeNo: string;
  transactionId: string;
  /** Ours; null where the merchant gave it back without us. */
  refundNo: string | null;
  amountFen: number;
}

/** What a channel told us unasked, with its signature proven and our app and merchant in it. */
export interface Notice {
  /** Equal in repeats where the channel makes it so. */
  noticeId: string;
  outTradeNo: string;
  event:
    | { kind: 'payment'; state: TradeState }
    | { kind: 'refund'; refundNo: string | null; state: RefundState };
}

/** A notice as it came. */
export interface RawNotice {
  /** The very bytes: a signature is over them. */
  body: Buffer;
  /** Names in lower case, as node:http gives them. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What is answered to a notice. */
export interface NoticeReply {
  status: number;
  contentType: string;
  body: string;
}

/** How WeChat tells who pays inside its own browser, by the web authorization of an official account. */
export interface PayerNaming {
  /** Where that browser goes first; it comes back to `returnUrl` with a `code` and the `state` of the address. */
  url(returnUrl: string): string;
  /** The name for our app of whom a code is about. A code is good once. @throws PaymentError */
  openIdOf(code: string): Promise<string>;
}

/** One way to be paid. Every call ends within the time-out and throws only `PaymentError`. */
export interface PaymentChannel {
  readonly name: ChannelName;
  readonly modes: readonly PaymentMode[];
  /** What `jsapi` takes; null where the channel has no such mode. */
  readonly payers: PayerNaming | null;
  /** Names of the variables without which no refund can be made; empty where it can. */
  readonly refundNeeds: readonly string[];
  /** Whether `bill` can be asked. */
  readonly hasBills: boolean;
  createPayment(payment: NewPayment): Promise<PaymentStart>;
  query(outTradeNo: string): Promise<TradeState>;
  /**
   * Ends what was not paid. `closed` also where it was so already, `absent` where the channel has no
   * such trade, `not_open` where it cannot be closed, being paid or about to: ask with `query`.
   */
  close(outTradeNo: string): Promise<'closed' | 'absent' | 'not_open'>;
  refund(request: RefundRequest): Promise<RefundState>;
  /** Also of a refund that the merchant began in the channel's console, under its number. */
  queryRefund(
    refund: Pick<RefundRequest, 'outTradeNo' | 'transactionId' | 'refundNo'>,
  ): Promise<FoundRefund>;
  /**
   * Everything that moved on a day of Beijing (`2026-03-01`), once the day is over and the channel has
   * written it down, at about ten in the morning.
   */
  bill(day: string): Promise<BillLine[]>;
  /** @throws NoticeError when it is not to be believed */
  verifyNotice(notice: RawNotice): Promise<Notice>;
  /** `taken` only after what the notice says is committed; `refused` makes the channel send it again. */
  reply(outcome: 'taken' | 'refused'): NoticeReply;
}
