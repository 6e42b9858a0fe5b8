import katex from 'katex';
import { KATEX } from './math.js';

const MAX_LENGTH = 2_000;

/** A TeX formula as MathML; null where it is wrong or longer than 2,000 characters. */
export function renderFormula(latex: string, isBlock: boolean): string | null {
  if (latex.length > MAX_LENGTH) return null;
  try {
    return katex.renderToString(latex, { ...KATEX, displayMode: isBlock, throwOnError: true });
  } catch (error) {
    if (error instanceof katex.ParseError) return null;
    throw error;
  }
}
