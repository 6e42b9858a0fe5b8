/**
 * - `refused`: the address is not a public web address, or leads to one that is not. Says nothing of what
 *   stands there, so that nobody can map the inside of a network with it.
 * - `unreachable`: no name, no connection, a broken answer.
 * - `timeout`: a deadline passed.
 * - `too_large`: more bytes than allowed, counted after decompression.
 * - `wrong_type`: the media type of the answer is not among those asked for.
 * - `too_many_redirects`: a loop, or more hops than allowed.
 */
export type EgressErrorKind =
  | 'refused'
  | 'unreachable'
  | 'timeout'
  | 'too_large'
  | 'wrong_type'
  | 'too_many_redirects';

const MESSAGES: Record<EgressErrorKind, string> = {
  refused: 'This address cannot be fetched',
  unreachable: 'The address does not answer',
  timeout: 'The address did not answer in time',
  too_large: 'The answer is too large',
  wrong_type: 'The answer is of another type than expected',
  too_many_redirects: 'The address redirects too often',
};

/** Why an address brought nothing. The message never names a host or an address. */
export class EgressError extends Error {
  readonly kind: EgressErrorKind;

  constructor(kind: EgressErrorKind, options?: ErrorOptions) {
    super(MESSAGES[kind], options);
    this.name = 'EgressError';
    this.kind = kind;
  }
}
