/** Chinese and Japanese characters one by one, other words whole. */
const UNIT =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}\p{M}]+?(?=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[^\p{L}\p{N}\p{M}]|$)/gu;

/** Words of a text, folded, and where each stands: `[start, end)` in UTF-16 units. */
export interface Units {
  words: string[];
  starts: number[];
  ends: number[];
}

/** The words of a text; marks and white space are none. */
export function unitsOf(text: string): Units {
  const units: Units = { words: [], starts: [], ends: [] };
  for (const { 0: word, index } of text.matchAll(UNIT)) {
    units.words.push(word.toLowerCase());
    units.starts.push(index);
    units.ends.push(index + word.length);
  }
  return units;
}
