import type { AppErrorCode, FieldIssue } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { TRPCClientError } from '@trpc/client';

/** An error code of the server, or `network`: the server was not reached or did not answer as ours. */
export type ErrorCode = AppErrorCode | 'network';

export interface ErrorInfo {
  code: ErrorCode;
  requestId: string | null;
  retryAfterMs: number | null;
  fields: FieldIssue[];
}

/**
 * The answer of a proxy that has no server behind it, or of a server that starts.
 * @see fetchFromServer in ../trpc.ts
 */
export class ServerAway extends Error {
  override name = 'ServerAway';
  constructor(readonly retryAfterMs: number | null) {
    super('The server is not there');
  }
}

interface WireData {
  appCode?: AppErrorCode;
  requestId?: string;
  retryAfterMs?: number;
  fields?: FieldIssue[];
}

/** What the app may know of anything thrown by a call. */
export function errorInfo(error: unknown): ErrorInfo {
  if (error instanceof TRPCClientError) {
    if (error.cause instanceof ServerAway) {
      const { retryAfterMs } = error.cause;
      return { code: 'unavailable', requestId: null, retryAfterMs, fields: [] };
    }
    // Shaped by the server's error formatter, or absent when something else answered.
    const data = error.data as WireData | null | undefined;
    return {
      code: data?.appCode ?? 'network',
      requestId: data?.requestId ?? null,
      retryAfterMs: data?.retryAfterMs ?? null,
      fields: data?.fields ?? [],
    };
  }
  return { code: 'internal', requestId: null, retryAfterMs: null, fields: [] };
}

const TRANSIENT: ReadonlySet<ErrorCode> = new Set([
  'network',
  'unavailable',
  'timeout',
  'internal',
  'rate_limited',
  'request_in_flight',
]);

/** True when the same call may succeed later without anybody changing anything. */
export const isTransient = (code: ErrorCode): boolean => TRANSIENT.has(code);

const SIGNED_OUT: ReadonlySet<ErrorCode> = new Set(['unauthenticated', 'session_revoked']);
export const isSignedOut = (code: ErrorCode): boolean => SIGNED_OUT.has(code);

const WORDS: Record<ErrorCode, () => string> = {
  bad_input: m.error_bad_input,
  unauthenticated: m.error_unauthenticated,
  invalid_credentials: m.error_invalid_credentials,
  token_invalid: m.error_token_invalid,
  session_revoked: m.error_unauthenticated,
  account_suspended: m.error_account_suspended,
  forbidden: m.error_forbidden,
  registration_closed: m.error_registration_closed,
  invitation_invalid: m.error_invitation_invalid,
  setup_token_invalid: m.error_setup_token_invalid,
  last_admin: m.error_last_admin,
  consent_required: m.error_consent_required,
  translation_taken: m.error_translation_taken,
  publication_blocked: m.error_publication_blocked,
  mail_off: m.error_mail_off,
  code_invalid: m.error_code_invalid,
  payment_off: m.error_payment_off,
  payment_failed: m.error_payment_failed,
  order_open: m.error_order_open,
  not_found: m.error_not_found,
  conflict: m.error_conflict,
  email_taken: m.error_email_taken,
  handle_taken: m.error_handle_taken,
  slug_taken: m.error_slug_taken,
  name_taken: m.error_name_taken,
  notebook_cycle: m.error_notebook_cycle,
  notebook_too_deep: m.error_notebook_too_deep,
  limit_reached: m.error_limit_reached,
  idempotency_mismatch: m.error_conflict,
  request_in_flight: m.error_unavailable,
  too_large: m.error_too_large,
  unsupported_media_type: m.error_unsupported_media_type,
  // Said in other words where a model is asked, or set up.
  ai_off: m.error_unavailable,
  encryption_off: m.error_unavailable,
  ai_failed: m.error_unavailable,
  // What an upload meets has words of its own beside it, which the shell need not load.
  file_empty: m.error_bad_input,
  file_type_not_allowed: m.error_unsupported_media_type,
  file_damaged: m.error_unsupported_media_type,
  image_too_large: m.error_too_large,
  one_file_only: m.error_bad_input,
  upload_incomplete: m.error_network,
  quota_exceeded: m.error_limit_reached,
  storage_full: m.error_unavailable,
  // The chat says what to do.
  budget_spent: m.error_limit_reached,
  rate_limited: m.error_rate_limited,
  timeout: m.error_timeout,
  unavailable: m.error_unavailable,
  internal: m.error_internal,
  network: m.error_network,
};

/** The sentence people read for an error code: the one place that maps codes to words. */
export const errorText = (code: ErrorCode): string => WORDS[code]();

/** The same for a code that was stored as text, by any release. */
export const storedErrorText = (code: string): string =>
  (Object.hasOwn(WORDS, code) ? WORDS[code as ErrorCode] : m.error_internal)();
