import { createHash } from 'node:crypto';
import { deriveToken } from '../auth/secrets.js';

/** Crockford's digits: none that are taken for another. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 20;

/**
 * The code of an id: 100 bits, in four groups of five. Derived, so that nothing that is stored opens
 * anything and an admin can have the list again.
 */
export function codeOf(secret: string, id: string): string {
  const bytes = Buffer.from(deriveToken(secret, 'redemption', id), 'base64url');
  const digits = [...bytes.subarray(0, LENGTH)].map((byte) => DIGITS[byte % DIGITS.length]);
  return (digits.join('').match(/.{5}/g) ?? []).join('-');
}

/**
 * What is stored of a code, as typed by a person. Not keyed: a hundred random bits need no key, and a
 * code that was sold must outlive the secrets of the server.
 */
export function hashCode(typed: string): string {
  const plain = typed
    .toUpperCase()
    .replace(/[\s-]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  return createHash('sha256').update(`redemption:${plain}`).digest('base64url');
}
