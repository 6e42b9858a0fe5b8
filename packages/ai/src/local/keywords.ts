import { type CollectionStats, tokenize } from '@ainotebook/text/search';
import type { TfIdf } from '@node-rs/jieba';
import { isStopWord } from './terms.js';

/** A text may be as long as a book; its words are clear by then. */
const MAX_LENGTH = 50_000;
const HAN_RUNS = /[\p{Script=Han}]+/gu;
const LATIN_WORDS =
  /[\p{Script=Latin}][\p{Script=Latin}\p{N}]*(?:[.+#'’-][\p{Script=Latin}\p{N}+#]+)*\+{0,2}#?/gu;
const MIN_LATIN = 3;
/** How many words are weighed by the collection. */
const MAX_CANDIDATES = 200;
/** One mention of a common English word is chance; a name in capitals (API, Redis) is not. */
const NAME = /\p{Lu}/u;

/** `extract` of jieba, loaded with its dictionary (40 MB, 0.2 s) by the first who asks. */
let jieba: Promise<(text: string, max: number) => { keyword: string; weight: number }[]> | null =
  null;

async function loadJieba() {
  const [{ Jieba, TfIdf: Weights }, { dict, idf }] = await Promise.all([
    import('@node-rs/jieba'),
    import('@node-rs/jieba/dict.js'),
  ]);
  const words = Jieba.withDict(dict);
  const weights: TfIdf = Weights.withDict(idf);
  return (text: string, max: number) => weights.extractKeywords(words, text, max);
}

export interface KeywordOptions {
  /** Words at most. Default 8. */
  max?: number;
  /** How frequent terms are among all notes: without it, words that are not Chinese are weighed by the text alone. */
  stats?: CollectionStats;
}

/**
 * Words a text is about, most telling first. Chinese words by jieba's frequencies, others by how often they stand
 * there and how rare they are elsewhere; each script gets places by its share of the text.
 */
export async function keywordsOf(
  text: string,
  { max = 8, stats }: KeywordOptions = {},
): Promise<string[]> {
  const start = text.slice(0, MAX_LENGTH);
  const han = start.match(HAN_RUNS)?.join('，') ?? '';
  const latin = latinKeywords(start, stats);
  if (han.length < 2) return latin.slice(0, max);
  jieba ??= loadJieba();
  const extract = await jieba;
  const chinese = extract(han, max * 2)
    .map(({ keyword }) => keyword)
    .filter((word) => word.length > 1);
  const words = start.match(LATIN_WORDS)?.length ?? 0;
  // Two characters make a word of Chinese, more or less.
  const latinPlaces = Math.round((max * words) / (words + han.length / 2));
  const places = Math.min(latin.length, Math.max(latinPlaces, max - chinese.length));
  return [...chinese.slice(0, max - places), ...latin.slice(0, places)];
}

/** Words that are not Chinese, as they are mostly written. */
function latinKeywords(text: string, stats: CollectionStats | undefined): string[] {
  const words = new Map<string, { spellings: Map<string, number>; count: number }>();
  for (const [word] of text.matchAll(LATIN_WORDS)) {
    const folded = word.toLowerCase();
    if (isStopWord(folded) || (word.length < MIN_LATIN && !NAME.test(word.slice(1)))) continue;
    const known = words.get(folded) ?? { spellings: new Map(), count: 0 };
    known.count += 1;
    known.spellings.set(word, (known.spellings.get(word) ?? 0) + 1);
    words.set(folded, known);
  }
  const frequent = [...words.values()].sort((a, b) => b.count - a.count).slice(0, MAX_CANDIDATES);
  return frequent
    .map(({ spellings, count }) => {
      const [spelling = ''] = [...spellings].sort(([, a], [, b]) => b - a)[0] ?? [];
      const isName = NAME.test(spelling.slice(1)) || /[\d+#.]/.test(spelling);
      const rarity = stats ? rarityOf(spelling, stats) : Math.log(spelling.length);
      return { spelling, weight: count * rarity * (isName ? 2 : 1) };
    })
    .sort((a, b) => b.weight - a.weight)
    .map(({ spelling }) => spelling);
}

/** Inverse document frequency of a word; of its stem, under which all its forms are counted. */
function rarityOf(word: string, { documentCount, documentFrequency }: CollectionStats): number {
  const term = tokenize(word).at(-1)?.term ?? word;
  const frequency = Math.min(documentFrequency(term), documentCount);
  return Math.log(1 + (documentCount - frequency + 0.5) / (frequency + 0.5));
}
