import { httpLink } from '@trpc/client/links/httpLink';
import { observableToPromise } from '@trpc/server/observable';
import superjson from 'superjson';
import { apiError, ConnectionError } from './errors.js';
import type { AppErrorCode, FieldIssue } from './generated/types.js';

/** A procedure of the server. */
export interface Procedure {
  type: 'query' | 'mutation';
  path: string;
}

/** One HTTP request. */
export interface Attempt {
  baseUrl: string;
  fetch: typeof fetch;
  headers: Record<string, string>;
  signal: AbortSignal;
  /** Told of the answer before it is read. */
  onResponse(response: Response): void;
}

/** Inputs that make a longer address travel as POST: proxies refuse long addresses. */
const LONGEST_GET_INPUT = 4000;

/** `baseUrl` is not the final address. Not worth a retry. */
export class Redirected extends ConnectionError {}

/** A refusal that is not JSON: the page of a proxy, or of a server that is not ours. */
class ForeignAnswer extends Error {}

/**
 * Calls a procedure by one request: a batch would ignore abort.
 * @throws ApiError, ConnectionError
 */
export async function attempt(
  { type, path }: Procedure,
  input: unknown,
  { baseUrl, headers, signal, ...options }: Attempt,
): Promise<unknown> {
  let response: Response | undefined;
  const link = httpLink({
    url: `${baseUrl}/api/trpc`,
    transformer: superjson,
    headers,
    ...(type === 'query' && isLong(input) ? { methodOverride: 'POST' as const } : {}),
    fetch: async (url, init) => {
      // Followed, a redirect would carry a password or a note to whatever host it names. Not
      // `redirect: 'error'`: Cloudflare's workers refuse that.
      response = await options.fetch(url, { ...init, redirect: 'manual' });
      options.onResponse(response);
      if (isRedirect(response)) throw redirected(response, baseUrl);
      if (!response.ok && !isJson(response)) throw new ForeignAnswer();
      return response;
    },
  });
  // The link by itself: what the client puts around it doubles its size, and is done by our transport.
  const send = link({});
  const op = { id: 1, type, path, input, context: {}, signal };
  const next = () => {
    throw new Error('unreachable: this link hands nothing on');
  };
  try {
    const { result } = await observableToPromise(send({ op, next }));
    return 'data' in result ? result.data : undefined;
  } catch (error) {
    throw explain(error, path, response);
  }
}

/** In an address, a Chinese character takes nine. */
function isLong(input: unknown): boolean {
  return encodeURIComponent(JSON.stringify(input ?? null)).length > LONGEST_GET_INPUT;
}

const isJson = (response: Response) => /\bjson\b/.test(response.headers.get('content-type') ?? '');

/** Browsers hide what a redirect says behind status 0. */
const isRedirect = ({ type, status }: Response) =>
  type === 'opaqueredirect' || (status >= 300 && status < 400);

function redirected(response: Response, baseUrl: string): Redirected {
  const location = response.headers.get('location');
  // The origin alone: the address of a query holds its input.
  const to = location && URL.canParse(location, baseUrl) ? new URL(location, baseUrl).origin : null;
  return new Redirected(
    `The server redirects${to ? ` to ${to}` : ''}: baseUrl must be the final address`,
  );
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** Our error for whatever the tRPC client threw. */
function explain(error: unknown, path: string, response: Response | undefined): Error {
  const cause = property(error, 'cause');
  if (cause instanceof ConnectionError) return cause;
  const data = property(error, 'data');
  const appCode = property(data, 'appCode');
  // `fetch` throws a TypeError where the answer breaks off, of whatever status it was.
  const isCut = typeof appCode !== 'string' && (response?.ok || cause instanceof TypeError);
  if (!response || isCut) {
    return new ConnectionError('The server could not be reached', { cause: error });
  }
  const status = Number(property(data, 'httpStatus') ?? response.status);
  const requestId = property(data, 'requestId');
  const retryAfterMs = property(data, 'retryAfterMs');
  const fields = property(data, 'fields');
  const isOurs = typeof appCode === 'string' && error instanceof Error;
  return apiError(isOurs ? error.message : `The server answered ${status}`, {
    status,
    // A newer server may know more codes than our type; its documentation says so.
    code: isOurs ? (appCode as AppErrorCode) : foreignCode(status),
    path,
    requestId: typeof requestId === 'string' ? requestId : response.headers.get('x-request-id'),
    retryAfterMs:
      typeof retryAfterMs === 'number'
        ? retryAfterMs
        : parseRetryAfter(response.headers.get('retry-after')),
    issues: Array.isArray(fields) ? fields.filter(isFieldIssue) : [],
  });
}

/** The code for an answer of something between us and the server. */
function foreignCode(status: number): AppErrorCode {
  switch (status) {
    case 401:
      return 'unauthenticated';
    case 403:
      return 'forbidden';
    case 404:
      return 'not_found';
    case 413:
      return 'too_large';
    case 429:
      return 'rate_limited';
    default:
      return status >= 500 ? 'unavailable' : 'bad_input';
  }
}

/** Seconds or an HTTP date, as milliseconds from now. */
function parseRetryAfter(value: string | null): number | null {
  if (value === null) return null;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

function isFieldIssue(value: unknown): value is FieldIssue {
  return (
    typeof property(value, 'path') === 'string' && typeof property(value, 'message') === 'string'
  );
}
