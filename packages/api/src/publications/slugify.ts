import { randomBytes } from 'node:crypto';
import { pinyin } from 'pinyin-pro';

/** Longest generated slug; leaves room for a suffix. */
export const GENERATED_SLUG_LENGTH = 80;

const RUN = /\p{Script=Han}+|(?!\p{Script=Han})[\p{L}\p{N}](?:(?!\p{Script=Han})[\p{L}\p{N}])*/gu;

/**
 * The last part of an address made from a title: Chinese as pinyin without tones, other letters
 * and digits as they are, lower-case, joined by hyphens; at most 80 UTF-16 units. Empty when the
 * title has no letter or digit.
 */
export function slugify(title: string): string {
  const text = title
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFC')
    .replace(/\p{M}+/gu, '');
  const words: string[] = [];
  let length = 0;
  for (const [run] of text.matchAll(RUN)) {
    for (const word of wordsOf(run)) {
      length += word.length + 1;
      if (length > GENERATED_SLUG_LENGTH + 1) {
        return words.length > 0 ? words.join('-') : cutWord(word);
      }
      words.push(word);
    }
  }
  return words.join('-');
}

function wordsOf(run: string): string[] {
  if (!/^\p{Script=Han}/u.test(run)) return [run];
  return pinyin(run, { toneType: 'none', type: 'array' })
    .map((syllable) => syllable.normalize('NFC').toLowerCase())
    .filter((syllable) => /^[\p{L}\p{N}]+$/u.test(syllable));
}

/** The beginning of a word that alone is too long, without half a surrogate pair. */
function cutWord(word: string): string {
  const cut = word.slice(0, GENERATED_SLUG_LENGTH);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

/** Eight random letters and digits, for a title that gives no slug. */
export function randomSlug(): string {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';
  return Array.from(randomBytes(8), (byte) => alphabet[byte % alphabet.length]).join('');
}
