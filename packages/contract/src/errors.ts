import { z } from 'zod';

/** Stable codes a client may branch on; message text is for people and may change. */
export const APP_ERROR_CODES = [
  'bad_input',
  'unauthenticated',
  'invalid_credentials',
  'token_invalid',
  'session_revoked',
  'account_suspended',
  'forbidden',
  'registration_closed',
  'invitation_invalid',
  'setup_token_invalid',
  'consent_required',
  'last_admin',
  'not_found',
  'conflict',
  'email_taken',
  'handle_taken',
  'slug_taken',
  'translation_taken',
  'publication_blocked',
  'name_taken',
  'notebook_cycle',
  'notebook_too_deep',
  'limit_reached',
  'idempotency_mismatch',
  'request_in_flight',
  'too_large',
  'unsupported_media_type',
  'file_empty',
  'file_type_not_allowed',
  'file_damaged',
  'image_too_large',
  'one_file_only',
  'upload_incomplete',
  'quota_exceeded',
  'storage_full',
  'budget_spent',
  'rate_limited',
  'mail_off',
  'code_invalid',
  'payment_off',
  'payment_failed',
  'order_open',
  'ai_off',
  'encryption_off',
  'ai_failed',
  'timeout',
  'unavailable',
  'internal',
] as const;

export const appErrorCodeSchema = z.enum(APP_ERROR_CODES);
export type AppErrorCode = z.infer<typeof appErrorCodeSchema>;

/** One refused input field: `path` is dotted (`data.title`), `message` is for people. */
export interface FieldIssue {
  path: string;
  message: string;
}
