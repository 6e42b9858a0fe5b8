import type { CompileContext, Extension as FromMarkdown } from 'mdast-util-from-markdown';
import type {
  Code,
  Construct,
  Event,
  Extension,
  Resolver,
  State,
  Token,
  TokenizeContext,
} from 'micromark-util-types';
import { CODES, isSpace } from './codes.js';

const isIn = (code: Code, pattern: RegExp): boolean =>
  code !== null && code >= 0 && pattern.test(String.fromCodePoint(code));
const isAscii = (code: Code): boolean => code !== null && code < 128;

/** `a==b`, `!==` and `<==` compare and highlight nothing; `API==重点==` highlights. */
const isComparison = (before: Code, inside: Code): boolean =>
  isAscii(inside) && isIn(before, /^[\w=!<>]$/);

const roles = new WeakMap<Token, { canOpen: boolean; canClose: boolean }>();

/** As strikethrough is read, with exactly two signs. @see https://github.com/micromark/micromark-extension-gfm-strikethrough */
const highlight: Construct = {
  name: 'highlight',
  tokenize(this: TokenizeContext, effects, ok, nok) {
    const before = this.previous;
    let size = 0;
    const more: State = (code) => {
      if (code === CODES.equals) {
        if (size === 2) return nok(code);
        size += 1;
        effects.consume(code);
        return more;
      }
      if (size < 2) return nok(code);
      const token = effects.exit('highlightSequenceTemporary');
      roles.set(token, {
        canOpen: !isSpace(code) && !isComparison(before, code),
        canClose: !isSpace(before) && !(isAscii(before) && isIn(code, /^\w$/)),
      });
      return ok(code);
    };
    return (code) => {
      const isEscaped = this.events.at(-1)?.[1].type === 'characterEscape';
      if (before === CODES.equals && !isEscaped) return nok(code);
      effects.enter('highlightSequenceTemporary');
      return more(code);
    };
  },
  resolveAll,
};

/** Pairs the sequences; what stays alone is text. */
function resolveAll(events: Event[], context: TokenizeContext): Event[] {
  const out: Event[] = [];
  const open: number[] = [];
  for (let i = 0; i < events.length; i += 1) {
    const event = events[i];
    if (!event) continue;
    const [kind, token] = event;
    if (token.type !== 'highlightSequenceTemporary' || kind !== 'enter') {
      out.push(event);
      continue;
    }
    const exit = events[i + 1];
    i += 1;
    const role = roles.get(token);
    const start = role?.canClose ? open.pop() : undefined;
    const opening = start === undefined ? undefined : out[start]?.[1];
    if (start !== undefined && opening && exit) {
      const inside = out.slice(start + 2);
      out.length = start;
      // Highlights do not nest.
      open.length = 0;
      out.push(...pair(opening, token, inside, context));
    } else if (exit) {
      if (role?.canOpen) open.push(out.length);
      out.push(event, exit);
    }
  }
  for (const [, token] of out) {
    if (token.type === 'highlightSequenceTemporary') token.type = 'data';
  }
  // In place: micromark goes on with the list it gave.
  events.length = 0;
  for (const event of out) events.push(event);
  return events;
}

function pair(opening: Token, closing: Token, inside: Event[], context: TokenizeContext): Event[] {
  opening.type = 'highlightSequence';
  closing.type = 'highlightSequence';
  const whole: Token = { type: 'highlight', start: { ...opening.start }, end: { ...closing.end } };
  const text: Token = {
    type: 'highlightText',
    start: { ...opening.end },
    end: { ...closing.start },
  };
  let resolved = inside;
  const called = new Set<Resolver>();
  for (const construct of context.parser.constructs.insideSpan.null ?? []) {
    const resolve = 'resolveAll' in construct ? construct.resolveAll : undefined;
    if (!resolve || called.has(resolve)) continue;
    called.add(resolve);
    resolved = resolve(resolved, context);
  }
  return [
    ['enter', whole, context],
    ['enter', opening, context],
    ['exit', opening, context],
    ['enter', text, context],
    ...resolved,
    ['exit', text, context],
    ['enter', closing, context],
    ['exit', closing, context],
    ['exit', whole, context],
  ];
}

/** Reads `==text==`. */
export const highlightSyntax: Extension = {
  text: { [CODES.equals]: highlight },
  insideSpan: { null: [highlight] },
};

/** Turns the tokens into nodes. */
export const highlightFromMarkdown: FromMarkdown = {
  canContainEols: ['highlight'],
  enter: {
    highlight(this: CompileContext, token) {
      this.enter({ type: 'highlight', children: [] }, token);
    },
  },
  exit: {
    highlight(token) {
      this.exit(token);
    },
  },
};
