import traditionalToSimplified from 'opencc-js/dict/TSCharacters';

/** Radicals that PDF exports put in place of the character and that NFKC leaves alone. */
const RADICALS =
  '⻁虎⻄西⻅见⻆角⻉贝⻋车⻐钅⻑长⻒长⻓长⻔门⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻬齐⻮齿⻯龙⻰龙⻲龟⺠民';

/** Regional forms that are one word to a reader but have no entry in the dictionary. */
const REGIONAL = '妳你牠它著着';

function buildFolding(): Map<string, string> {
  const folding = new Map<string, string>();
  for (const entry of traditionalToSimplified.split('|')) {
    const [from, to] = entry.split(' ');
    if (from && to && from !== to) folding.set(from, to);
  }
  for (const pairs of [RADICALS, REGIONAL]) {
    const characters = [...pairs];
    for (let i = 0; i + 1 < characters.length; i += 2) {
      folding.set(characters[i] ?? '', characters[i + 1] ?? '');
    }
  }
  return folding;
}

const folding = buildFolding();

/** The simplified form of one code point; other code points are returned as they are. */
export function toSimplified(character: string): string {
  return folding.get(character) ?? character;
}

/** What a code point is to the tokeniser. */
export const CharacterClass = { other: 0, cjk: 1, word: 2, mark: 3 } as const;
export type CharacterClass = (typeof CharacterClass)[keyof typeof CharacterClass];

// Scripts written without spaces between words; all of them are searched by bigrams.
// U+30FC and U+FF70 lengthen a kana but belong to the script "Common".
const CJK =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u30fc\uff70]/u;
const MARK = /\p{M}/u;
const WORD = /[\p{L}\p{N}]/u;
const UNKNOWN = 255;
const known = new Uint8Array(0x10000).fill(UNKNOWN);

function classifySlowly(character: string): CharacterClass {
  if (MARK.test(character)) return CharacterClass.mark;
  if (!WORD.test(character)) return CharacterClass.other;
  return CJK.test(character) ? CharacterClass.cjk : CharacterClass.word;
}

/** The class of a code point. */
export function classify(codePoint: number): CharacterClass {
  if (codePoint > 0xffff) return classifySlowly(String.fromCodePoint(codePoint));
  const cached = known[codePoint];
  if (cached === 0 || cached === 1 || cached === 2 || cached === 3) return cached;
  const found = classifySlowly(String.fromCharCode(codePoint));
  known[codePoint] = found;
  return found;
}
