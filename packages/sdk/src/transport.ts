import { Redirected } from './answers.js';
import { attempt, type Procedure } from './attempt.js';
import { ApiError, ConnectionError } from './errors.js';
import { randomHex } from './ids.js';
import type { LogEvent, RequestOptions } from './runtime-types.js';
import { sleep, within } from './waits.js';

/**
 * Gives the access token to send, null for none. `refused` is the token the server has just refused:
 * give another one, or the call fails.
 */
export type TokenSource = (request: {
  refused: string | null;
}) => string | null | Promise<string | null>;

export interface TransportOptions {
  baseUrl: string;
  token: TokenSource;
  timeoutMs: number;
  maxRetries: number;
  headers: Record<string, string>;
  fetch: typeof fetch;
  onLog: ((event: LogEvent) => void) | undefined;
  clientHeader: string;
}

/** `isOnce`: the server does not recognise a repetition of this mutation. */
export type Call = (
  procedure: Procedure & { isOnce?: boolean },
  input: unknown,
  options?: RequestOptions,
) => Promise<unknown>;

const LONGEST_RETRY_AFTER_MS = 60_000;
const RETRIED_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);
/** With these the server has not begun. */
const NOT_BEGUN_STATUS = new Set([425, 429, 503]);

/** Calls procedures with retries, time-outs, tokens and typed errors. */
export function createTransport(options: TransportOptions): Call {
  const { baseUrl, fetch } = options;
  return async ({ isOnce = false, ...procedure }, input, request = {}) => {
    const { signal, timeoutMs = options.timeoutMs, maxRetries = options.maxRetries } = request;
    const headers: Record<string, string> = {
      ...options.headers,
      ...request.headers,
      'x-ainotebook-client': options.clientHeader,
    };
    // The same on every retry: the server runs the mutation once.
    if (procedure.type === 'mutation')
      headers['idempotency-key'] = request.idempotencyKey ?? randomHex();

    let refusal: { token: string; error: unknown } | undefined;
    for (let retry = 0; ; ) {
      const refused = refusal?.token ?? null;
      // Asked for again on a retry: a token may end during a long wait.
      const token = await within(timeoutMs, signal, async () => options.token({ refused }));
      if (refusal && (token === null || token === refused)) throw refusal.error;
      if (token !== null) headers.authorization = `Bearer ${token}`;

      const began = performance.now();
      let response: Response | undefined;
      const log = () =>
        options.onLog?.({
          path: procedure.path,
          attempt: retry + 1,
          durationMs: performance.now() - began,
          status: response?.status ?? 0,
          requestId: response?.headers.get('x-request-id') ?? null,
        });
      try {
        const onResponse = (answered: Response) => {
          response = answered;
        };
        const answer = await within(timeoutMs, signal, (ended) =>
          attempt(procedure, input, { baseUrl, fetch, headers, signal: ended, onResponse }),
        );
        log();
        return answer;
      } catch (error) {
        log();
        if (isStaleToken(error) && token !== null && !refusal) {
          refusal = { token, error };
          continue;
        }
        const retryAfterMs = error instanceof ApiError ? error.retryAfterMs : null;
        const canRetry = retry < maxRetries && (retryAfterMs ?? 0) <= LONGEST_RETRY_AFTER_MS;
        if (!canRetry || !isPassing(error, isOnce)) throw error;
        await sleep(retryAfterMs ?? backOffMs(retry), signal);
        retry += 1;
      }
    }
  };
}

/** A wrong password is `invalid_credentials`: it says nothing of the token. */
export const isStaleToken = (error: unknown) =>
  error instanceof ApiError && error.code === 'unauthenticated';

/** Whether the same call may do better in a moment. */
export function isPassing(error: unknown, isOnce: boolean): boolean {
  if (error instanceof Redirected) return false;
  if (error instanceof ConnectionError) return !isOnce;
  if (!(error instanceof ApiError)) return false;
  if (error.code === 'request_in_flight') return true;
  return (isOnce ? NOT_BEGUN_STATUS : RETRIED_STATUS).has(error.status);
}

/** 0.5 s doubled with each retry, at most 8 s, a quarter of it random. */
export function backOffMs(retry: number): number {
  const full = Math.min(500 * 2 ** retry, 8000);
  return full * (0.75 + Math.random() * 0.25);
}
