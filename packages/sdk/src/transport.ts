import { createTRPCUntypedClient, httpLink, splitLink, TRPCClientError } from '@trpc/client';
import superjson from 'superjson';
import { AbortError, apiError, ConnectionError, type FieldIssue, TimeoutError } from './errors.js';
import type { LogEvent, RequestOptions } from './runtime-types.js';

/** The access token to send; `isRefresh` is true once after the server refused the former one. */
export type TokenSource = (request: {
  isRefresh: boolean;
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

export type Call = (
  kind: 'query' | 'mutation',
  path: string,
  input: unknown,
  options?: RequestOptions,
) => Promise<unknown>;

/** Longer inputs travel as POST: proxies refuse long addresses. */
const LONGEST_GET_INPUT = 4000;
const LONGEST_RETRY_AFTER_MS = 60_000;
const RETRIED_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);

interface CallContext {
  headers: Record<string, string>;
}

/** One HTTP request per call (batches ignore abort), with retries, time-outs and typed errors. */
export function createTransport(options: TransportOptions): Call {
  const base = {
    url: `${options.baseUrl}/api/trpc`,
    transformer: superjson,
    fetch: async (input: string | URL | Request, init?: RequestInit) => {
      // Followed, a redirect would carry a password or a note to whatever host it names.
      const response = await options.fetch(input, { ...init, redirect: 'error' });
      if (response.ok || /\bjson\b/.test(response.headers.get('content-type') ?? ''))
        return response;
      throw new ForeignAnswer(response);
    },
    // Set below for every operation; the links' own type is looser.
    headers: ({ op }: { op: { context: object } }) => (op.context as CallContext).headers,
  };
  const trpc = createTRPCUntypedClient({
    links: [
      splitLink({
        condition: (op) =>
          op.type === 'query' && JSON.stringify(op.input ?? null).length > LONGEST_GET_INPUT,
        true: httpLink({ ...base, methodOverride: 'POST' }),
        false: httpLink(base),
      }),
    ],
  });

  const attempt = async (
    kind: 'query' | 'mutation',
    path: string,
    input: unknown,
    request: RequestOptions & { headers: Record<string, string> },
  ) => {
    const timeoutMs = request.timeoutMs ?? options.timeoutMs;
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
    try {
      return await trpc[kind](path, input, { signal, context: { headers: request.headers } });
    } catch (error) {
      if (request.signal?.aborted) throw new AbortError('The call was aborted', { cause: error });
      if (timeout.aborted)
        throw new TimeoutError(`No answer within ${timeoutMs} ms`, { cause: error });
      throw fromTrpc(error, path);
    }
  };

  return async (kind, path, input, request = {}) => {
    const maxRetries = request.maxRetries ?? options.maxRetries;
    const headers: Record<string, string> = {
      ...options.headers,
      ...request.headers,
      'x-ainotebook-client': options.clientHeader,
    };
    // The same on every retry: the server runs the mutation once.
    if (kind === 'mutation')
      headers['idempotency-key'] = request.idempotencyKey ?? crypto.randomUUID();

    let isRefreshed = false;
    let token = await options.token({ isRefresh: false });
    for (let retry = 0; ; ) {
      if (request.signal?.aborted) throw new AbortError('The call was aborted');
      if (token !== null) headers.authorization = `Bearer ${token}`;
      const started = performance.now();
      const log = (status: number, requestId: string | null) =>
        options.onLog?.({
          path,
          attempt: retry + 1,
          durationMs: performance.now() - started,
          status,
          requestId,
        });
      try {
        const answer = await attempt(kind, path, input, { ...request, headers });
        log(200, null);
        return answer;
      } catch (error) {
        const status = statusOf(error);
        log(
          status,
          error instanceof Error && 'requestId' in error ? String(error.requestId) : null,
        );
        if (error instanceof AbortError) throw error;
        if (status === 401 && token !== null && !isRefreshed) {
          isRefreshed = true;
          const fresh = await options.token({ isRefresh: true });
          if (fresh !== null && fresh !== token) {
            token = fresh;
            continue;
          }
        }
        const isInFlight = status === 409 && codeOf(error) === 'request_in_flight';
        const canRetry =
          error instanceof ConnectionError || RETRIED_STATUS.has(status) || isInFlight;
        const retryAfterMs = retryAfterOf(error);
        if (!canRetry || retry >= maxRetries || (retryAfterMs ?? 0) > LONGEST_RETRY_AFTER_MS)
          throw error;
        await sleep(retryAfterMs ?? backOffMs(retry), request.signal);
        retry += 1;
      }
    }
  };
}

/** 0.5 s doubled with each retry, at most 8 s, a quarter of it random. */
function backOffMs(retry: number): number {
  const full = Math.min(500 * 2 ** retry, 8000);
  return full * (0.75 + Math.random() * 0.25);
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(new AbortError('The call was aborted'));
      return;
    }
    const abort = () => {
      clearTimeout(timer);
      reject(new AbortError('The call was aborted'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', abort, { once: true });
  });
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
const statusOf = (error: unknown) => Number(property(error, 'status') ?? 0);
const codeOf = (error: unknown) => property(error, 'code');
function retryAfterOf(error: unknown): number | null {
  const ms = property(error, 'retryAfterMs');
  return typeof ms === 'number' ? ms : null;
}

/** Seconds or an HTTP date, as milliseconds from now. */
function parseRetryAfter(value: string | null): number | null {
  if (value === null) return null;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

/** A refusal that is not JSON: the page of a proxy, or of a server that is not ours. */
class ForeignAnswer extends Error {
  constructor(readonly response: Response) {
    super(`HTTP ${response.status}`);
  }
}

function fromTrpc(error: unknown, path: string): Error {
  if (!(error instanceof TRPCClientError)) {
    return new ConnectionError('The server could not be reached', { cause: error });
  }
  const foreign = error.cause instanceof ForeignAnswer ? error.cause.response : undefined;
  // Not yet checked: it came over the wire.
  const data: unknown = error.data;
  const appCode = property(data, 'appCode');
  if (typeof appCode !== 'string') {
    if (!foreign) return new ConnectionError('The server could not be reached', { cause: error });
    return apiError(`The server answered ${foreign.status}`, {
      status: foreign.status,
      code: foreign.status >= 500 ? 'unavailable' : 'bad_input',
      path,
      requestId: foreign.headers.get('x-request-id'),
      retryAfterMs: parseRetryAfter(foreign.headers.get('retry-after')),
      issues: [],
    });
  }
  const response: unknown = error.meta?.response;
  const headers = response instanceof Response ? response.headers : undefined;
  const fields = property(data, 'fields');
  const requestId = property(data, 'requestId');
  const retryAfterMs = property(data, 'retryAfterMs');
  return apiError(error.message, {
    status: Number(property(data, 'httpStatus') ?? 0),
    code: appCode,
    path,
    requestId: typeof requestId === 'string' ? requestId : (headers?.get('x-request-id') ?? null),
    retryAfterMs:
      typeof retryAfterMs === 'number'
        ? retryAfterMs
        : parseRetryAfter(headers?.get('retry-after') ?? null),
    issues: Array.isArray(fields) ? fields.filter(isFieldIssue) : [],
  });
}

function isFieldIssue(value: unknown): value is FieldIssue {
  return (
    typeof property(value, 'path') === 'string' && typeof property(value, 'message') === 'string'
  );
}
