import { tokenize } from '@ainotebook/text/search';

/** English words that say nothing about what a text is about. */
const STOP_WORDS = new Set(
  `a about after all also an and any are as at be because been before being both but by can could did do does doing
  down during each few for from further get got had has have having he her here hers him his how i if in into is it
  its just like may me might more most much must my no nor not now of off on once one only or other our out over own
  same she should so some such than that the their theirs them then there these they this those through to too under
  until up us use used using very was we were what when where which while who whom why will with would you your yours`.split(
    /\s+/,
  ),
);

/** What a Chinese question asks with; cut out, so that no pair of characters reaches across it. */
const QUESTION_WORDS =
  /为什么|為什麼|什么时候|什麼時候|是什么|是什麼|什么|什麼|怎么样|怎麼樣|怎么办|怎麼辦|怎么|怎麼|怎样|如何|多少|多久|多长|多大|多高|哪些|哪个|哪個|哪里|哪裡|哪儿|哪一|几个|幾個|是否|能不能|可不可以|要不要|有没有|有沒有|请问|請問|吗|嗎|呢|吧/g;

export function isStopWord(word: string): boolean {
  return STOP_WORDS.has(word);
}

/**
 * What a text is about, in the terms of the search: pairs of Chinese characters and stems of other words, the
 * latter without words that say nothing. Terms come as often as they stand in the text.
 */
export function termsOf(text: string): string[] {
  const byPosition = new Map<number, { first: string; last: string }>();
  for (const { term, position } of tokenize(text)) {
    const known = byPosition.get(position);
    // Of a word and its stem, which share a place, the stem comes last.
    if (known) known.last = term;
    else byPosition.set(position, { first: term, last: term });
  }
  const terms: string[] = [];
  for (const { first, last } of byPosition.values()) {
    if (!STOP_WORDS.has(first)) terms.push(last);
  }
  return terms;
}

const isSingle = (term: string) => [...term].length === 1 && !/[a-z\d]/.test(term);

/** Of a longer question the rest is not read. */
const MAX_QUESTION = 2_000;

/** What a question asks about: its distinct terms, without the words it asks with. */
export function askedTerms(question: string): string[] {
  const start = question.slice(0, MAX_QUESTION);
  const all = [...new Set(termsOf(start.replace(QUESTION_WORDS, ' ')))];
  // The last character of a run stands alone in the index only where a run ends with it.
  const pairs = all.filter((term) => !isSingle(term));
  return pairs.length > 0 ? pairs : all;
}
