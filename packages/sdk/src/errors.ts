import type { AppErrorCode, FieldIssue } from './generated/types.js';

/** Base of everything this package throws. */
export class AiNotebookError extends Error {
  override name = 'AiNotebookError';
  /** True in every copy of this package; see `isAiNotebookError`. */
  readonly isAiNotebookError = true;
}

/** No answer came: refused, cut, redirected, or not from an AI-NoteBook server. */
export class ConnectionError extends AiNotebookError {
  override name = 'ConnectionError';
}

/** An attempt took longer than `timeoutMs`. */
export class TimeoutError extends ConnectionError {
  override name = 'TimeoutError';
}

/** The caller's signal ended the call. Named as fetch names it. */
export class AbortError extends AiNotebookError {
  override name = 'AbortError';
}

/** What an `ApiError` is made of. */
export interface ApiErrorInit {
  status: number;
  code: AppErrorCode;
  path: string;
  requestId: string | null;
  retryAfterMs: number | null;
  issues: FieldIssue[];
}

/**
 * The server refused the call. Branch on `code`; `message` is for people.
 * @example
 * try {
 *   await client.publications.publish({ articleId, slug });
 * } catch (error) {
 *   if (error instanceof ApiError && error.code === 'slug_taken') slug = `${slug}-2`;
 *   else throw error;
 * }
 */
export class ApiError extends AiNotebookError {
  override name = 'ApiError';
  /** HTTP status. */
  readonly status: number;
  /** Stable. A newer server may send a code this version does not list: keep a default branch. */
  readonly code: AppErrorCode;
  /** The procedure: `articles.get`. */
  readonly path: string;
  /** Quote it to the operator: their log has it. */
  readonly requestId: string | null;
  /** Milliseconds after which the server asks to be called again. */
  readonly retryAfterMs: number | null;
  /** The fields of the input that were refused; empty unless `code` is `bad_input`. */
  readonly issues: FieldIssue[];

  constructor(message: string, init: ApiErrorInit) {
    super(message);
    this.status = init.status;
    this.code = init.code;
    this.path = init.path;
    this.requestId = init.requestId;
    this.retryAfterMs = init.retryAfterMs;
    this.issues = init.issues;
  }
}

/** 400, 413, 415, 422: the input cannot be accepted; see `issues`. */
export class BadRequestError extends ApiError {
  override name = 'BadRequestError';
}
/** 401: sign in, or the session ended. */
export class AuthenticationError extends ApiError {
  override name = 'AuthenticationError';
}
/** 403. */
export class PermissionDeniedError extends ApiError {
  override name = 'PermissionDeniedError';
}
/** 404: absent, or another user's. */
export class NotFoundError extends ApiError {
  override name = 'NotFoundError';
}
/** 409. */
export class ConflictError extends ApiError {
  override name = 'ConflictError';
}
/** 429: wait `retryAfterMs`. */
export class RateLimitError extends ApiError {
  override name = 'RateLimitError';
}
/** 5xx. */
export class ServerError extends ApiError {
  override name = 'ServerError';
}
/** The server does not know the procedure: it is older or newer than this package. */
export class UnsupportedByServerError extends ApiError {
  override name = 'UnsupportedByServerError';
}

/** Like `instanceof AiNotebookError`, across two installed copies of this package. */
export function isAiNotebookError(error: unknown): error is AiNotebookError {
  return error instanceof Error && 'isAiNotebookError' in error && error.isAiNotebookError === true;
}

/** The ApiError subclass for an HTTP status. */
export function apiError(message: string, init: ApiErrorInit): ApiError {
  if (init.status === 404 && /^No procedure found/.test(message)) {
    return new UnsupportedByServerError(message, init);
  }
  switch (init.status) {
    case 401:
      return new AuthenticationError(message, init);
    case 403:
      return new PermissionDeniedError(message, init);
    case 404:
      return new NotFoundError(message, init);
    case 409:
      return new ConflictError(message, init);
    case 429:
      return new RateLimitError(message, init);
    default:
      return init.status >= 500
        ? new ServerError(message, init)
        : new BadRequestError(message, init);
  }
}
