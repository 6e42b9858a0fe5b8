import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a stored token opens; a hash made for one purpose never matches another. */
type TokenPurpose =
  | 'refresh'
  | 'password_reset'
  | 'email_verification'
  | 'email_change'
  | 'invitation'
  | 'redemption'
  | 'share'
  | 'api_key';

/** A new opaque token: 256 random bits, base64url. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a token: HMAC-SHA256 under `secret`, so that a stolen table opens nothing. */
export function hashToken(secret: string, purpose: TokenPurpose, token: string): string {
  return createHmac('sha256', secret).update(`${purpose}:${token}`).digest('base64url');
}

/**
 * The refresh token that follows `token`. Derived, not random: a request repeated because its reply
 * was lost is answered with the same successor without any token being stored in the clear.
 */
export function successorOf(secret: string, token: string): string {
  return createHmac('sha256', secret).update(`successor:${token}`).digest('base64url');
}

/**
 * The token of a link that is mailed. Derived from the id of what it belongs to: a mail sent again
 * holds the same link, and a queue holds no secret.
 */
export function deriveToken(secret: string, purpose: TokenPurpose, id: string): string {
  return createHmac('sha256', secret).update(`mailed:${purpose}:${id}`).digest('base64url');
}

/** Compares two secrets in a time that tells nothing of either. */
export function equalSecrets(a: string, b: string): boolean {
  const digest = (value: string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(a), digest(b));
}
