import type { CompileContext, Extension as FromMarkdown } from 'mdast-util-from-markdown';
import type { Construct, Extension, State, TokenizeContext } from 'micromark-util-types';
import { CODES, isLineEnd } from './codes.js';
import { CALLOUT_KINDS, type CalloutKind, type WikiLink } from './nodes.js';

/** The longest target and alias together. */
const MAX_LENGTH = 400;

const wikiLink: Construct = {
  name: 'wikiLink',
  tokenize(effects, ok, nok) {
    let length = 0;
    const inside: State = (code) => {
      if (isLineEnd(code) || code === CODES.opening || length > MAX_LENGTH) return nok(code);
      if (code === CODES.closing) {
        if (length === 0) return nok(code);
        effects.exit('wikiLinkText');
        effects.enter('wikiLinkMarker');
        effects.consume(code);
        return end;
      }
      length += 1;
      effects.consume(code);
      return inside;
    };
    const end: State = (code) => {
      if (code !== CODES.closing) return nok(code);
      effects.consume(code);
      effects.exit('wikiLinkMarker');
      effects.exit('wikiLink');
      return ok;
    };
    const second: State = (code) => {
      if (code !== CODES.opening) return nok(code);
      effects.consume(code);
      effects.exit('wikiLinkMarker');
      effects.enter('wikiLinkText');
      return inside;
    };
    return (code) => {
      effects.enter('wikiLink');
      effects.enter('wikiLinkMarker');
      effects.consume(code);
      return second;
    };
  },
};

const LONGEST_KIND = Math.max(...CALLOUT_KINDS.map((kind) => kind.length));

const calloutMark: Construct = {
  name: 'calloutMark',
  tokenize(this: TokenizeContext, effects, ok, nok) {
    const isAtStart = this.events.length === 0 || this.now().column === 1 || this.previous === null;
    let word = '';
    const inside: State = (code) => {
      if (code === CODES.closing) {
        if (!isKind(word)) return nok(code);
        effects.consume(code);
        effects.exit('calloutMark');
        return ok;
      }
      if (code === null || code < 65 || word.length > LONGEST_KIND) return nok(code);
      word += String.fromCodePoint(code).toLowerCase();
      effects.consume(code);
      return inside;
    };
    const second: State = (code) => {
      if (code !== CODES.exclamation) return nok(code);
      effects.consume(code);
      return inside;
    };
    return (code) => {
      if (!isAtStart) return nok(code);
      effects.enter('calloutMark');
      effects.consume(code);
      return second;
    };
  },
};

const isKind = (word: string): word is CalloutKind =>
  (CALLOUT_KINDS as readonly string[]).includes(word);

/** Reads `[[target|alias]]` and `[!NOTE]`. */
export const bracketSyntax: Extension = {
  text: { [CODES.opening]: [wikiLink, calloutMark] },
};

/** A pipe parts target and alias; in a cell of a table it is written `\|`. */
export function readWikiLink(inner: string): { target: string; alias: string | null } | null {
  const at = inner.search(/\\?\|/);
  if (at < 0) return inner.trim() === '' ? null : { target: inner.trim(), alias: null };
  const target = inner.slice(0, at).trim();
  const alias = inner
    .slice(inner.indexOf('|', at) + 1)
    .replaceAll('\\|', '|')
    .trim();
  return target === '' ? null : { target, alias: alias === '' ? null : alias };
}

/** Turns the tokens into nodes. */
export const bracketsFromMarkdown: FromMarkdown = {
  enter: {
    wikiLink(this: CompileContext, token) {
      const source = this.sliceSerialize(token);
      const link = readWikiLink(source.slice(2, -2));
      if (!link) return void this.enter({ type: 'text', value: source }, token);
      const node: WikiLink = { type: 'wikiLink', ...link };
      // The description of an image is text: the parser asks each node in it for this.
      Object.defineProperty(node, 'alt', { value: source });
      this.enter(node, token);
    },
    calloutMark(this: CompileContext, token) {
      const word = this.sliceSerialize(token).slice(2, -1).toLowerCase();
      this.enter({ type: 'calloutMark', kind: isKind(word) ? word : 'note' }, token);
    },
  },
  exit: {
    wikiLink(token) {
      this.exit(token);
    },
    calloutMark(token) {
      this.exit(token);
    },
  },
};
