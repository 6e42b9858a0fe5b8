import type { CompileContext, Extension as FromMarkdown } from 'mdast-util-from-markdown';
import type { Code, Construct, Extension, State } from 'micromark-util-types';
import { CODES, isLineEnd, isSpace } from './codes.js';

const MAX_LENGTH = 2_000;
const isDigit = (code: Code): boolean => code !== null && code >= 48 && code <= 57;

/**
 * Reads `$x$` by Pandoc's rule, so that prices stay prices: no space inside beside the signs, no
 * digit after the second. @see https://pandoc.org/MANUAL.html#extension-tex_math_dollars
 */
const dollarMath: Construct = {
  name: 'dollarMath',
  tokenize(effects, ok, nok) {
    let length = 0;
    let last: Code = null;
    const inside: State = (code) => {
      if (isLineEnd(code) || length > MAX_LENGTH) return nok(code);
      if (code === CODES.dollar) {
        if (length === 0 || isSpace(last)) return nok(code);
        effects.exit('dollarMathText');
        effects.enter('dollarMathMarker');
        effects.consume(code);
        return after;
      }
      length += 1;
      last = code;
      effects.consume(code);
      return code === CODES.backslash ? escaped : inside;
    };
    const escaped: State = (code) => {
      if (isLineEnd(code)) return nok(code);
      last = code;
      length += 1;
      effects.consume(code);
      return inside;
    };
    const after: State = (code) => {
      if (isDigit(code) || code === CODES.dollar) return nok(code);
      effects.exit('dollarMathMarker');
      effects.exit('dollarMath');
      return ok(code);
    };
    const first: State = (code) => {
      if (isSpace(code) || code === CODES.dollar) return nok(code);
      effects.exit('dollarMathMarker');
      effects.enter('dollarMathText');
      return inside(code);
    };
    return (code) => {
      effects.enter('dollarMath');
      effects.enter('dollarMathMarker');
      effects.consume(code);
      return first;
    };
  },
  previous: (code) => code !== CODES.dollar,
};

/** A formula without line ends, which TeX reads as spaces; with a comment, which ends with its line, as it is. */
export function inOneLine(value: string): string {
  return value.includes('%') ? value : value.replace(/\r\n?|\n/g, ' ');
}

/** Whether a formula can be written between single signs. */
export function fitsDollars(value: string): boolean {
  return /^(?![\s$])(?:[^$\\\r\n]|\\[^\r\n])+$/.test(value) && !/\s$/.test(value);
}

export const dollarMathSyntax: Extension = { text: { [CODES.dollar]: dollarMath } };

/** Turns the tokens into the nodes of inline math that `$$x$$` has too. */
export const dollarMathFromMarkdown: FromMarkdown = {
  enter: {
    dollarMath(this: CompileContext, token) {
      const value = this.sliceSerialize(token).slice(1, -1);
      this.enter(
        {
          type: 'inlineMath',
          value,
          data: {
            hName: 'code',
            hProperties: { className: ['language-math', 'math-inline'] },
            hChildren: [{ type: 'text', value }],
          },
        },
        token,
      );
    },
  },
  exit: {
    dollarMath(token) {
      this.exit(token);
    },
  },
};
