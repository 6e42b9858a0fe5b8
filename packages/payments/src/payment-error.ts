/**
 * - `refused`: the channel said no to this trade, and would again; `code` is its own word.
 * - `unauthorized`: it does not take our app, merchant, key or rights as they are set up.
 * - `unreachable`: no answer, or one that may be another later; what was asked may have happened.
 * - `untrusted`: the answer is not signed by who we believe the channel to be.
 * - `unsupported`: not possible with what is configured.
 */
export type PaymentFailure =
  | 'refused'
  | 'unauthorized'
  | 'unreachable'
  | 'untrusted'
  | 'unsupported';

/**
 * Why a channel did not do what it was asked. Holds neither keys nor bodies: the errors of the SDKs
 * carry both, so they are never its cause.
 */
export class PaymentError extends Error {
  override name = 'PaymentError';

  constructor(
    readonly kind: PaymentFailure,
    message: string,
    /** The channel's code, `ACQ.TRADE_NOT_EXIST` say. */
    readonly code: string | null = null,
  ) {
    super(message);
  }
}

/**
 * - `malformed`: not a notice of this channel.
 * - `signature`: not signed by the channel.
 * - `stale`: older, or newer, than a notice may be.
 * - `foreign`: of another app or merchant.
 */
export type NoticeFailure = 'malformed' | 'signature' | 'stale' | 'foreign';

/** Why a notice is not believed. */
export class NoticeError extends Error {
  override name = 'NoticeError';

  constructor(
    readonly kind: NoticeFailure,
    message: string,
  ) {
    super(message);
  }
}

const CODE = /^[A-Za-z0-9_.-]{1,64}$/;

/** A channel's word for what went wrong, if it is one. */
export function codeOf(value: unknown): string | null {
  return typeof value === 'string' && CODE.test(value) ? value : null;
}
