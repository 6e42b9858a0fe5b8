import { type KeywordOptions, keywordsOf } from './keywords.js';
import { sentencesOf } from './sentences.js';
import { summarise } from './summary.js';

const MAX_HAN = 30;
const MAX_LATIN = 60;
const HEADING = /^ {0,3}#{1,6}[ \t]+(.+?)[ \t#]*$/m;
const HAN = /\p{Script=Han}/u;

/** A title in the text's own words: its first heading, else its most telling sentence, cut. Null for no words. */
export function suggestTitle(text: string): string | null {
  const heading = HEADING.exec(text)?.[1];
  const [told] = summarise(text, { max: 1 }).sentences;
  const found = heading ?? told?.text ?? sentencesOf(text, 1)[0]?.text;
  return found === undefined ? null : cut(plain(found));
}

/**
 * Up to `max` tags: those the person already has that stand in the text, then its keywords.
 */
export async function suggestTags(
  text: string,
  { known = [], max = 5, stats }: KeywordOptions & { known?: readonly string[] } = {},
): Promise<string[]> {
  const folded = text.toLowerCase();
  const chosen = known.filter((tag) => stands(tag.toLowerCase(), folded));
  const has = (tag: string) => chosen.some((other) => other.toLowerCase() === tag.toLowerCase());
  const options: KeywordOptions = { max: max * 2, ...(stats ? { stats } : {}) };
  for (const word of await keywordsOf(text, options)) if (!has(word)) chosen.push(word);
  return chosen.slice(0, max);
}

/** Whether a tag stands in a text: anywhere in Chinese, as a whole word otherwise. */
function stands(tag: string, text: string): boolean {
  const isWordSign = (sign: string | undefined) =>
    sign !== undefined && /[\p{L}\p{N}]/u.test(sign) && !HAN.test(sign);
  for (let at = text.indexOf(tag); at >= 0 && tag !== ''; at = text.indexOf(tag, at + 1)) {
    if (HAN.test(tag)) return true;
    if (!isWordSign(text[at - 1]) && !isWordSign(text[at + tag.length])) return true;
  }
  return false;
}

const plain = (text: string) =>
  text
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_`~]+/g, '')
    .trim();

/** Without the full stop; a long one to the end of a word, or to a comma that is near. */
function cut(text: string): string {
  const max = HAN.test(text) ? MAX_HAN : MAX_LATIN;
  const signs = [...text.replace(/[。．.！!；;]$/, '')];
  if (signs.length <= max) return signs.join('');
  const start = signs.slice(0, max).join('');
  const whole = start.replace(HAN.test(text) ? /[，、：,:；][^，、：,:；]{0,8}$/ : /\s+\S*$/, '');
  return `${whole}…`;
}
