import stemEnglish from 'wink-porter2-stemmer';
import { CharacterClass, classify } from './characters.js';
import { type NormalizedText, normalize, originalRange } from './normalize.js';

/** One searchable term with its place: `position` for phrases, `[start, end)` in the original. */
export interface Token {
  term: string;
  position: number;
  start: number;
  end: number;
}

/** A piece of a run: one character of a CJK run or one part of a compound word. */
export interface RunPart {
  text: string;
  /** Offsets in the normalised text. */
  start: number;
  end: number;
}

/** A stretch of one script in the normalised text. */
export interface Run {
  kind: 'cjk' | 'word';
  text: string;
  start: number;
  end: number;
  parts: readonly RunPart[];
}

/** Longer words (hashes, base64) are cut, alike in the index and in the query. */
const MAX_WORD_LENGTH = 64;
const MAX_COMPOUND_PARTS = 8;
const CONNECTORS = "._-'’";

/** `text` cut to `length` UTF-16 units without halving a surrogate pair. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

/** The English stem of a lower-case word; words of other alphabets are returned as they are. */
export function stem(word: string): string {
  if (!/^[a-z]{3,40}$/.test(word)) return word;
  const stemmed: unknown = stemEnglish(word);
  // The stemmer looks words up in a plain object: "constructor" answers a function.
  return typeof stemmed === 'string' ? stemmed : word;
}

function partAt(text: string, start: number, end: number): RunPart {
  return { text: cutText(text.slice(start, end), MAX_WORD_LENGTH), start, end };
}

/** End of the letters, digits and marks of one class that begin at `start`. */
function spanEnd(text: string, start: number, wanted: CharacterClass): number {
  let end = start;
  while (end < text.length) {
    const codePoint = text.codePointAt(end) ?? 0;
    const found = classify(codePoint);
    if (found !== wanted && (found !== CharacterClass.mark || end === start)) break;
    end += codePoint > 0xffff ? 2 : 1;
  }
  return end;
}

function cjkRun(text: string, start: number): Run {
  const end = spanEnd(text, start, CharacterClass.cjk);
  const parts: RunPart[] = [];
  let from = start;
  for (let at = start; at < end; ) {
    at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    const isPartEnd = at >= end || classify(text.codePointAt(at) ?? 0) !== CharacterClass.mark;
    if (!isPartEnd) continue;
    parts.push(partAt(text, from, at));
    from = at;
  }
  return { kind: 'cjk', text: text.slice(start, end), start, end, parts };
}

/** End of `c++`, `g++`, `c#`, `f#`, or `end` when the word is not one of these. */
function languageNameEnd(text: string, start: number, end: number): number {
  if (!/^[a-z]{1,2}$/.test(text.slice(start, end))) return end;
  const suffix = text.startsWith('++', end) ? 2 : text.startsWith('#', end) ? 1 : 0;
  if (suffix === 0) return end;
  const next = text.codePointAt(end + suffix) ?? 0x20;
  // "C#语言" and "c++17" name the language; "a#b" does not.
  const isWordGoingOn = classify(next) === CharacterClass.word && !(next >= 0x30 && next <= 0x39);
  return isWordGoingOn ? end : end + suffix;
}

function wordRun(text: string, start: number): Run {
  let end = spanEnd(text, start, CharacterClass.word);
  const named = languageNameEnd(text, start, end);
  if (named > end) {
    const part = partAt(text, start, named);
    return { kind: 'word', text: part.text, start, end: named, parts: [part] };
  }
  const parts = [partAt(text, start, end)];
  while (parts.length < MAX_COMPOUND_PARTS && CONNECTORS.includes(text.charAt(end) || ' ')) {
    const partEnd = spanEnd(text, end + 1, CharacterClass.word);
    if (partEnd === end + 1) break;
    parts.push(partAt(text, end + 1, partEnd));
    end = partEnd;
  }
  const joined = text.slice(start, end).replaceAll('’', "'");
  return { kind: 'word', text: cutText(joined, MAX_WORD_LENGTH), start, end, parts };
}

/** The runs of a normalised text, in order. */
export function* runsOf(text: string): Generator<Run> {
  let at = 0;
  while (at < text.length) {
    const codePoint = text.codePointAt(at) ?? 0;
    const found = classify(codePoint);
    if (found === CharacterClass.cjk || found === CharacterClass.word) {
      const run = found === CharacterClass.cjk ? cjkRun(text, at) : wordRun(text, at);
      yield run;
      at = run.end;
    } else {
      at += codePoint > 0xffff ? 2 : 1;
    }
  }
}

function pushToken(
  tokens: Token[],
  normalized: NormalizedText,
  term: string,
  position: number,
  span: { start: number; end: number },
): void {
  const [start, end] = originalRange(normalized, span.start, span.end);
  tokens.push({ term, position, start, end });
}

/** Tokens of a normalised text. @see tokenize */
export function tokenizeNormalized(normalized: NormalizedText): Token[] {
  const tokens: Token[] = [];
  let position = 1;
  for (const run of runsOf(normalized.text)) {
    if (run.kind === 'word' && run.parts.length > 1) {
      pushToken(tokens, normalized, run.text, position, run);
    }
    run.parts.forEach((part, index) => {
      const next = run.kind === 'cjk' ? run.parts[index + 1] : undefined;
      const term = part.text + (next?.text ?? '');
      const span = { start: part.start, end: next?.end ?? part.end };
      pushToken(tokens, normalized, term, position, span);
      const stemmed = run.kind === 'word' ? stem(term) : term;
      if (stemmed !== term) pushToken(tokens, normalized, stemmed, position, span);
      position += 1;
    });
  }
  return tokens;
}

/**
 * Search terms of a text. CJK runs give overlapping bigrams and the last character alone; words
 * give themselves and, at the same position, their English stem; `node.js` gives `node.js`, `node`
 * and `js`. Positions start at 1; a word and its stem share one.
 */
export function tokenize(text: string): Token[] {
  return tokenizeNormalized(normalize(text));
}
