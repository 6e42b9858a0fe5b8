import { normalize } from './normalize.js';
import { runsOf } from './tokenize.js';

/** A word that may have been mistyped: shorter ones have too many neighbours, longer ones are codes. */
const LATIN_WORD = /^\p{Script=Latin}{4,40}$/u;

/** True for a normalised word that typo help knows: 4 to 40 Latin letters. */
export function isLatinWord(word: string): boolean {
  return LATIN_WORD.test(word);
}

/** The distinct Latin words of a text as typed, in lower case, in order; at most `max` of them. */
export function latinWords(text: string, max: number): string[] {
  const words = new Set<string>();
  for (const run of runsOf(normalize(text).text)) {
    if (run.kind !== 'word') continue;
    for (const part of run.parts) {
      if (words.size >= max) return [...words];
      if (isLatinWord(part.text)) words.add(part.text);
    }
  }
  return [...words];
}
