import { CharacterClass, classify, toSimplified } from './characters.js';

/** Text in the form both the index and the query use, with the way back. */
export interface NormalizedText {
  text: string;
  /**
   * Original offset (UTF-16) of the cluster each unit of `text` came from; one entry more than
   * `text` has units, the last being the original length.
   */
  map: readonly number[];
}

/** Unicode's stream-safe limit: without it a long run of accents takes quadratic time. */
const MAX_CLUSTER_LENGTH = 30;
const VARIATION_SELECTORS = /[\ufe00-\ufe0f]|\udb40[\udd00-\uddef]/g;
// Invisible characters that would split a word: soft hyphen, joiners, bidi controls, BOM.
const INVISIBLE =
  /^[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]$/;

function isAttached(codePoint: number): boolean {
  if (codePoint < 0x300) return false;
  if (codePoint >= 0x4e00 && codePoint <= 0x9fff) return false;
  // Conjoining Hangul vowels and finals, and half-width kana sound marks.
  if (codePoint >= 0x1160 && codePoint <= 0x11ff) return true;
  if (codePoint === 0xff9e || codePoint === 0xff9f) return true;
  return classify(codePoint) === CharacterClass.mark;
}

function widthOf(codePoint: number): number {
  return codePoint > 0xffff ? 2 : 1;
}

function clusterEnd(text: string, start: number, first: number): number {
  let end = start + widthOf(first);
  while (end < text.length && end - start < MAX_CLUSTER_LENGTH) {
    const next = text.codePointAt(end) ?? 0;
    if (!isAttached(next)) break;
    end += widthOf(next);
  }
  return end;
}

function foldCluster(cluster: string): string {
  const folded = cluster.normalize('NFKC').toLowerCase().replace(VARIATION_SELECTORS, '');
  let result = '';
  for (const character of folded) result += toSimplified(character);
  return result;
}

function isControl(codePoint: number): boolean {
  if (codePoint < 0x20) return codePoint !== 0x0a && codePoint !== 0x09;
  return codePoint >= 0x7f && codePoint <= 0x9f;
}

function foldAt(text: string, start: number, end: number, first: number): string {
  if (isControl(first)) return ' ';
  if (first >= 0xd800 && first <= 0xdfff) return '\ufffd';
  if (end - start === 1) {
    const character = text.charAt(start);
    if (first < 0x80) return character.toLowerCase();
    if (first >= 0x4e00 && first <= 0x9fff) return toSimplified(character);
    if (INVISIBLE.test(character)) return '';
  }
  return foldCluster(text.slice(start, end));
}

/**
 * NFKC, lower case and simplified characters, one cluster (a character with its marks) at a time
 * so that every unit maps back to the original. Controls become spaces, lone surrogates U+FFFD,
 * invisible characters vanish. Never throws.
 */
export function normalize(text: string): NormalizedText {
  const pieces: string[] = [];
  const map: number[] = [];
  let offset = 0;
  while (offset < text.length) {
    const first = text.codePointAt(offset) ?? 0;
    const end = clusterEnd(text, offset, first);
    const folded = foldAt(text, offset, end, first);
    pieces.push(folded);
    for (let unit = 0; unit < folded.length; unit += 1) map.push(offset);
    offset = end;
  }
  map.push(text.length);
  return { text: pieces.join(''), map };
}

/**
 * The range of the original text behind `[start, end)` of the normalised text; whole clusters, so
 * that the original slice normalises back to (at least) the same text.
 */
export function originalRange(
  normalized: NormalizedText,
  start: number,
  end: number,
): [start: number, end: number] {
  const { map } = normalized;
  const from = map[start] ?? 0;
  const lastCluster = map[end - 1] ?? from;
  let next = end;
  while (next < map.length - 1 && map[next] === lastCluster) next += 1;
  return [from, map[next] ?? from];
}
