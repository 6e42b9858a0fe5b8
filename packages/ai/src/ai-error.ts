/**
 * - `bad_key`: the provider does not take the key, or not for this.
 * - `no_credit`: the account at the provider is empty.
 * - `unknown_model`: the provider has no such model, or no such address.
 * - `too_long`: more tokens than the model takes.
 * - `refused`: the provider does not take the request as it is.
 * - `filtered`: the provider does not answer to what was written.
 * - `rate_limited`: asked too often; `retryAfterMs` where the provider says how long.
 * - `unavailable`: the provider has a fault of its own.
 * - `unreachable`: no connection.
 * - `timeout`: the answer did not begin, or not end, in time.
 * - `stalled`: the answer began, and then nothing came.
 * - `cut_off`: the answer broke off before its end.
 * - `bad_answer`: not what was asked for, or not readable.
 * - `aborted`: the caller's own signal ended it.
 */
export type AiFailure =
  | 'bad_key'
  | 'no_credit'
  | 'unknown_model'
  | 'too_long'
  | 'refused'
  | 'filtered'
  | 'rate_limited'
  | 'unavailable'
  | 'unreachable'
  | 'timeout'
  | 'stalled'
  | 'cut_off'
  | 'bad_answer'
  | 'aborted';

/** What is known of a failure beside its kind; safe for logs. */
export interface AiErrorDetail {
  /** HTTP status of the provider. */
  status?: number;
  /** The provider's own word, `RateLimitExceeded` say. */
  code?: string;
  /** The provider's name for the request: its support asks for it. */
  requestId?: string;
  /** How long the provider asks to wait. */
  retryAfterMs?: number;
  /** Tokens of other parts of the same call, which were answered and are paid for. */
  tokens?: number;
}

/**
 * Why a model or a search did not answer. Holds neither keys nor texts: what the SDKs throw carries the whole
 * request, so it is never the cause.
 */
export class AiError extends Error {
  override name = 'AiError';

  constructor(
    readonly kind: AiFailure,
    message: string,
    /** Who was asked: `volcengine`, `bocha`. */
    readonly provider: string,
    readonly detail: AiErrorDetail = {},
  ) {
    super(message);
  }
}

const TRANSIENT = new Set<AiFailure>([
  'rate_limited',
  'unavailable',
  'unreachable',
  'timeout',
  'stalled',
  'cut_off',
  'bad_answer',
]);

/** Whether the same request may succeed later without anybody changing anything. */
export function isTransient(kind: AiFailure): boolean {
  return TRANSIENT.has(kind);
}
