import { languageOf } from '@ainotebook/text/language';

/** Enough of a text to tell its language. */
const ENOUGH = 1000;

/**
 * The `lang` of what somebody wrote, which need not be that of the app: for the voice that reads it and for the shape
 * of its characters. Undefined where there are no words.
 */
export function langOf(text: string): string | undefined {
  const part = text.slice(0, ENOUGH);
  return /\p{L}/u.test(part) ? languageOf(part) : undefined;
}
