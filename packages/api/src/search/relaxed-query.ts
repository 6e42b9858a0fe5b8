import { type QueryTerm, quoteLexeme } from '@ainotebook/text/search';
import { MATCH_CAP } from './candidates.js';

/**
 * Any of the words, rarest first and no more of them than may match `MATCH_CAP` passages together:
 * beyond that the common ones would crowd out what the rare ones find. Null when none stands anywhere.
 */
export function relaxedQuery(
  terms: readonly QueryTerm[],
  frequencies: ReadonlyMap<string, number>,
): string | null {
  const present = terms
    .map((term) => ({ term, frequency: frequencies.get(term.term) ?? 1 }))
    .filter(({ frequency }) => frequency > 0)
    .sort((a, b) => a.frequency - b.frequency);
  const chosen: string[] = [];
  let total = 0;
  for (const { term, frequency } of present) {
    total += frequency;
    if (chosen.length > 0 && total > MATCH_CAP) break;
    chosen.push(quoteLexeme(term.term) + (term.isPrefix ? ':*' : ''));
  }
  return chosen.length > 0 ? chosen.join(' | ') : null;
}
