import type { WebPage } from '@ainotebook/ai';
import {
  bm25,
  chunkMarkdown,
  documentLength,
  questionTerms,
  type SearchFields,
  tokenize,
} from '@ainotebook/text/search';
import type { WebPassage } from './web-research.js';

/** Of one page: several pages say more than one. */
const OF_A_PAGE = 3;

/**
 * The passages of pages that say most of what a question asks, best first; of a page that says none of it, its
 * beginning, where there is room: the search engine found it for a reason.
 */
export function bestPassages(
  question: string,
  pages: readonly WebPage[],
  most: number,
): Omit<WebPassage, 'number'>[] {
  const candidates = pages.flatMap(({ title, url, text, fetchedAt }, page) =>
    chunkMarkdown(text)
      .filter((chunk) => chunk.text.trim() !== '')
      .map(({ headingPath, text: quote, ordinal }) => ({
        page,
        ordinal,
        passage: { title, url, headingPath, quote: quote.trim(), fetchedAt },
      })),
  );
  const scores = scoresOf(
    question,
    candidates.map(({ passage }) => ({
      title: passage.title,
      headings: passage.headingPath,
      body: passage.quote,
    })),
  );
  const ranked = candidates
    .map((candidate, index) => ({ ...candidate, score: scores[index] ?? 0 }))
    .sort((a, b) => b.score - a.score || a.page - b.page || a.ordinal - b.ordinal);
  const taken = new Map<number, number>();
  const chosen = ranked.filter(({ page, score }) => {
    const before = taken.get(page) ?? 0;
    if (before >= (score > 0 ? OF_A_PAGE : 1)) return false;
    taken.set(page, before + 1);
    return true;
  });
  return chosen.slice(0, most).map(({ passage }) => passage);
}

/** BM25 over just these documents. */
function scoresOf(question: string, documents: readonly SearchFields[]): number[] {
  const words = documents.map(
    ({ title = '', headings = [], body = '' }) =>
      new Set([...tokenize([title, ...headings, body].join('\n'))].map(({ term }) => term)),
  );
  const lengths = documents.map(documentLength);
  return bm25(documents, questionTerms(question), {
    documentCount: documents.length,
    averageLength: lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length),
    documentFrequency: (term) => words.filter((set) => set.has(term)).length,
  });
}
