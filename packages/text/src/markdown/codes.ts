import type { Code } from 'micromark-util-types';

/** Characters that constructs of ours begin or end with. */
export const CODES = {
  exclamation: 33,
  dollar: 36,
  equals: 61,
  opening: 91,
  backslash: 92,
  closing: 93,
} as const;

/** End of the source or of a line; micromark writes line endings as -5, -4 and -3. */
export const isLineEnd = (code: Code): boolean => code === null || (code < -2 && code > -6);

/** White space, a line end among it; -2 and -1 are a tab. */
export const isSpace = (code: Code): boolean => code === null || code < 0 || code === 32;
