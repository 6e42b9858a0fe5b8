import { AiNotebookError, apiError, ConnectionError } from './errors.js';
import type { AppErrorCode, FieldIssue } from './generated/types.js';

/** `baseUrl` is not the final address. Not worth a retry. */
export class Redirected extends ConnectionError {}

/** @throws Redirected */
export function requireNoRedirect(response: Response, baseUrl: string): void {
  const { type, status } = response;
  // Browsers hide what a redirect says behind status 0.
  if (type !== 'opaqueredirect' && (status < 300 || status >= 400)) return;
  const location = response.headers.get('location');
  // The origin alone: the address of a query holds its input.
  const to = location && URL.canParse(location, baseUrl) ? new URL(location, baseUrl).origin : null;
  throw new Redirected(
    `The server redirects${to ? ` to ${to}` : ''}: baseUrl must be the final address`,
  );
}

export const isJson = (response: Response) =>
  /\bjson/.test(response.headers.get('content-type') ?? '');

export function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** Our error for whatever was thrown by tRPC's client, or on the way. */
export function explain(error: unknown, path: string, response: Response | undefined): Error {
  if (error instanceof AiNotebookError) return error;
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
