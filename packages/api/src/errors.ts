import { CacheUnavailableError } from '@ainotebook/cache';
import type { AppErrorCode, FieldIssue } from '@ainotebook/contract';
import { dbFailure } from '@ainotebook/db';
import { TRPCError } from '@trpc/server';
import { ZodError } from 'zod';

type TRPCErrorCode = TRPCError['code'];

/** The one place where our codes meet the transport's. */
const TRPC_CODE: Record<AppErrorCode, TRPCErrorCode> = {
  bad_input: 'BAD_REQUEST',
  unauthenticated: 'UNAUTHORIZED',
  invalid_credentials: 'UNAUTHORIZED',
  token_invalid: 'BAD_REQUEST',
  session_revoked: 'UNAUTHORIZED',
  account_suspended: 'FORBIDDEN',
  forbidden: 'FORBIDDEN',
  registration_closed: 'FORBIDDEN',
  invitation_invalid: 'BAD_REQUEST',
  setup_token_invalid: 'FORBIDDEN',
  last_admin: 'CONFLICT',
  consent_required: 'BAD_REQUEST',
  mail_off: 'PRECONDITION_FAILED',
  code_invalid: 'BAD_REQUEST',
  payment_off: 'SERVICE_UNAVAILABLE',
  payment_failed: 'BAD_GATEWAY',
  order_open: 'CONFLICT',
  ai_off: 'SERVICE_UNAVAILABLE',
  encryption_off: 'PRECONDITION_FAILED',
  ai_failed: 'BAD_GATEWAY',
  translation_taken: 'CONFLICT',
  publication_blocked: 'FORBIDDEN',
  not_found: 'NOT_FOUND',
  conflict: 'CONFLICT',
  email_taken: 'CONFLICT',
  handle_taken: 'CONFLICT',
  slug_taken: 'CONFLICT',
  name_taken: 'CONFLICT',
  notebook_cycle: 'BAD_REQUEST',
  notebook_too_deep: 'BAD_REQUEST',
  limit_reached: 'UNPROCESSABLE_CONTENT',
  idempotency_mismatch: 'CONFLICT',
  request_in_flight: 'CONFLICT',
  too_large: 'PAYLOAD_TOO_LARGE',
  unsupported_media_type: 'UNSUPPORTED_MEDIA_TYPE',
  file_empty: 'BAD_REQUEST',
  file_type_not_allowed: 'UNSUPPORTED_MEDIA_TYPE',
  file_damaged: 'UNPROCESSABLE_CONTENT',
  image_too_large: 'UNPROCESSABLE_CONTENT',
  one_file_only: 'BAD_REQUEST',
  upload_incomplete: 'BAD_REQUEST',
  quota_exceeded: 'UNPROCESSABLE_CONTENT',
  storage_full: 'SERVICE_UNAVAILABLE',
  budget_spent: 'UNPROCESSABLE_CONTENT',
  rate_limited: 'TOO_MANY_REQUESTS',
  timeout: 'GATEWAY_TIMEOUT',
  unavailable: 'SERVICE_UNAVAILABLE',
  internal: 'INTERNAL_SERVER_ERROR',
};

/** Codes of errors that tRPC itself makes before a procedure runs. */
const FROM_TRPC: Partial<Record<TRPCErrorCode, AppErrorCode>> = {
  PARSE_ERROR: 'bad_input',
  BAD_REQUEST: 'bad_input',
  NOT_FOUND: 'not_found',
  METHOD_NOT_SUPPORTED: 'bad_input',
  PAYLOAD_TOO_LARGE: 'too_large',
  UNSUPPORTED_MEDIA_TYPE: 'unsupported_media_type',
  UNAUTHORIZED: 'unauthenticated',
  FORBIDDEN: 'forbidden',
};

/** An error a client is meant to see: a stable code and a sentence for people. */
export class AppError extends Error {
  override name = 'AppError';
  /** Milliseconds after which a retry makes sense; sent as Retry-After. */
  readonly retryAfterMs: number | undefined;
  readonly fields: FieldIssue[] | undefined;

  constructor(
    readonly code: AppErrorCode,
    message: string,
    options: { cause?: unknown; retryAfterMs?: number; fields?: FieldIssue[] } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs;
    this.fields = options.fields;
  }
}

/** The AppError inside anything thrown; what is unknown is `internal`, its message withheld. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof TRPCError) {
    if (error.cause instanceof AppError) return error.cause;
    if (error.cause instanceof ZodError && error.code === 'BAD_REQUEST') {
      const fields = error.cause.issues.slice(0, 20).map((issue) => ({
        path: issue.path.join('.'),
        message: issue.message,
      }));
      return new AppError('bad_input', 'The input is not valid', { cause: error, fields });
    }
    const failure = error.cause && fromBelow(error.cause);
    if (failure) return failure;
    const code = FROM_TRPC[error.code];
    if (code) {
      // A parser quotes what it could not read, which may be a password.
      const isUnread = error.cause instanceof SyntaxError;
      const message = isUnread ? 'The request is not valid JSON' : error.message;
      return new AppError(code, message, { cause: error });
    }
    return new AppError('internal', 'Internal error', { cause: error.cause ?? error });
  }
  return fromBelow(error) ?? new AppError('internal', 'Internal error', { cause: error });
}

function fromBelow(error: unknown): AppError | undefined {
  if (error instanceof CacheUnavailableError) return busy(error);
  const failure = dbFailure(error);
  switch (failure?.kind) {
    case 'foreign_key_violation':
      // The very same bytes were removed while these came: sent again, they are kept.
      if (failure.constraint?.endsWith('_sha256_blobs_sha256_fk')) return busy(error);
      // The account went while its request was under way; any other missing row is a bug.
      return failure.constraint?.endsWith('_user_id_users_id_fk')
        ? new AppError('session_revoked', 'The session has ended; sign in again', { cause: error })
        : undefined;
    case 'unavailable':
    case 'lock_timeout':
    case 'serialization_failure':
      return busy(error);
    case 'statement_timeout':
      return new AppError('timeout', 'The request took too long', { cause: error });
    default:
      return undefined;
  }
}

function busy(cause: unknown): AppError {
  return new AppError('unavailable', 'The server is busy; try again shortly', {
    cause,
    retryAfterMs: 1000,
  });
}

/** The transport's error for an AppError. */
export function toTRPCError(error: AppError): TRPCError {
  return new TRPCError({ code: TRPC_CODE[error.code], message: error.message, cause: error });
}

/** Shorthand for the answer to an absent row and to another user's row. */
export function notFound(what: string): AppError {
  return new AppError('not_found', `${what} not found`);
}
