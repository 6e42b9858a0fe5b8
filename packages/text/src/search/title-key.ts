import { normalize } from './normalize.js';

/**
 * A title as titles are compared and looked up: NFKC, lower case, simplified characters, trimmed,
 * every stretch of white space one space.
 */
export function titleKey(title: string): string {
  return normalize(title).text.replace(/\s+/gu, ' ').trim();
}
