import { normalize, titleKey } from '@ainotebook/text/search';
import { pinyin } from 'pinyin-pro';

/** Shorter input begins too many syllables to be looked for inside a title. */
const MIN_INNER_LENGTH = 3;
const MIN_LENGTH = 2;

/**
 * The syllables of a title, words of letters and digits counting as one each; none when the title
 * has no Chinese. Readings are chosen by word; `ü` is `v`.
 */
function syllablesOf(title: string): string[] {
  const syllables: string[] = [];
  let word = '';
  let hasChinese = false;
  const endWord = () => {
    if (word !== '') syllables.push(word);
    word = '';
  };
  for (const part of pinyin(titleKey(title), { toneType: 'none', type: 'all', v: true })) {
    if (part.isZh && /^[a-z]+$/.test(part.pinyin)) {
      endWord();
      syllables.push(part.pinyin);
      hasChinese = true;
    } else if (/^[a-z0-9]$/.test(part.origin)) {
      word += part.origin;
    } else {
      endWord();
    }
  }
  endWord();
  return hasChinese ? syllables : [];
}

/** What people type for `lv`, `nv`, `lve`, `nve` when they do not think of `v`. */
const withU = (text: string) => text.replace(/(?<=[ln])v/g, 'u');

/** The readings a title is looked up by, each as its syllables. */
function readingsOf(title: string): string[][] {
  const syllables = syllablesOf(title);
  if (syllables.length === 0) return [];
  const initials = syllables.map((syllable) => syllable.charAt(0));
  const plain = syllables.map(withU);
  const hasUmlaut = plain.some((syllable, index) => syllable !== syllables[index]);
  return hasUmlaut ? [syllables, initials, plain] : [syllables, initials];
}

/** Pinyin and initials of a title: `beijinglvyou bjly beijingluyou`; empty without Chinese. */
export function titlePinyin(title: string): string {
  return readingsOf(title)
    .map((syllables) => syllables.join(''))
    .join(' ');
}

/** What was typed as pinyin is looked up (`Běi jīng`, `bei'jing`: `beijing`); null when it is none. */
export function typedPinyin(text: string): string | null {
  const letters = normalize(text)
    .text.normalize('NFD')
    .replace(/u\u0308/g, 'v')
    .replace(/[\u0300\u0301\u0304\u030c\s'’]/gu, '');
  return letters.length >= MIN_LENGTH && /^[a-z]+$/.test(letters) ? letters : null;
}

/** True when `letters` may stand inside a title, not only at its beginning. */
export function isInnerPinyin(letters: string): boolean {
  return letters.length >= MIN_INNER_LENGTH;
}

/** Where in the readings of a title `letters` stand: at the beginning, at a syllable, nowhere. */
export function matchPinyin(title: string, letters: string): 'start' | 'inside' | null {
  const readings = readingsOf(title);
  if (readings.some((syllables) => syllables.join('').startsWith(letters))) return 'start';
  const isInside = readings.some((syllables) =>
    syllables.some((_, index) => syllables.slice(index).join('').startsWith(letters)),
  );
  return isInside && isInnerPinyin(letters) ? 'inside' : null;
}
