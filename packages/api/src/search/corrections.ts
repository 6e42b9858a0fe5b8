import { type Db, schema, type Tx } from '@ainotebook/db';
import {
  isLatinWord,
  normalize,
  osaDistance,
  type ParsedQuery,
  queryTerms,
  tokenize,
  toTsquery,
} from '@ainotebook/text/search';
import { type SQL, sql } from 'drizzle-orm';
import { existsSql, readFrequencies } from './candidates.js';

const { searchWords } = schema;

/** Words of a query that are looked up. */
const MAX_CORRECTED = 3;
/** Words of the owner that one word is compared with. */
const NEIGHBOUR_CAP = 5_000;
/** Nearest words of which the first that still stands in a text is taken. */
const CANDIDATES = 8;
const LONG_WORD = 8;

/** A word as it stands in the query. */
interface PlacedWord {
  word: string;
  start: number;
  end: number;
}

/** Edits that a word of this length may be away. */
const maxDistance = (length: number) => (length >= LONG_WORD ? 2 : 1);

/**
 * A query with the words that match nothing of the owner replaced by the nearest they have written;
 * null when every word matches something or nothing is near.
 */
export async function correctQuery(
  db: Db | Tx,
  search: { userId: string; documentCount: number },
  { text, query }: { text: string; query: ParsedQuery },
): Promise<string | null> {
  let corrected = '';
  let end = 0;
  for (const placed of latinWordsOf(query)) {
    if (await isKnown(db, search, placed.word)) continue;
    const nearest = await nearestWord(db, search.userId, placed.word);
    if (nearest === null) continue;
    corrected += text.slice(end, placed.start) + nearest;
    end = placed.end;
  }
  return end === 0 ? null : corrected + text.slice(end);
}

function latinWordsOf({ clauses }: ParsedQuery): PlacedWord[] {
  return clauses
    .filter(({ isNegated }) => !isNegated)
    .flatMap((clause) => {
      const words = new Map<number, PlacedWord>();
      for (const { start, end } of tokenize(clause.text)) {
        const word = normalize(clause.text.slice(start, end)).text;
        if (!isLatinWord(word)) continue;
        words.set(start, { word, start: clause.start + start, end: clause.start + end });
      }
      return [...words.values()];
    })
    .slice(0, MAX_CORRECTED);
}

/** True when some passage has the word, a form of it, or a longer word that begins with it. */
async function isKnown(
  db: Db | Tx,
  search: { userId: string; documentCount: number },
  word: string,
): Promise<boolean> {
  const expression = toTsquery(wordQuery(word, true), { mode: 'all' });
  if (expression === null) return true;
  const { rows } = await db.execute<{ found: boolean }>(
    existsSql(search.userId, expression, search.documentCount),
  );
  return rows[0]?.found === true;
}

function wordQuery(text: string, isPrefix: boolean): ParsedQuery {
  return {
    clauses: [{ kind: 'term', text, start: 0, isNegated: false, isPrefix }],
    filters: { tags: [], notebooks: [], statuses: [], before: null, after: null },
    isTruncated: false,
  };
}

async function nearestWord(db: Db | Tx, userId: string, word: string): Promise<string | null> {
  const { rows } = await db.execute<{ word: string }>(neighboursSql(userId, word));
  const max = maxDistance(word.length);
  const near = rows
    .map((row) => ({ word: row.word, distance: osaDistance(word, row.word, max) }))
    .filter(({ distance }) => distance > 0 && distance <= max)
    .sort((a, b) => a.distance - b.distance || (a.word < b.word ? -1 : 1))
    .slice(0, CANDIDATES);
  if (near.length === 0) return null;
  // Words outlive their texts.
  const terms = near.flatMap((one) => queryTerms(wordQuery(one.word, false)));
  const frequencies = await readFrequencies(db, userId, terms);
  const alive = near
    .map((one, index) => ({ ...one, frequency: frequencies.get(terms[index]?.term ?? '') ?? 0 }))
    .filter(({ frequency }) => frequency > 0)
    .sort((a, b) => a.distance - b.distance || b.frequency - a.frequency);
  return alive[0]?.word ?? null;
}

/** The statement that reads words like one: about as long, with its first or its last two letters. */
export function neighboursSql(userId: string, word: string): SQL {
  const { word: column } = searchWords;
  const max = maxDistance(word.length);
  return sql`
    select ${column} as word from ${searchWords}
    where ${searchWords.userId} = ${userId}
      and length(${column}) between ${word.length - max} and ${word.length + max}
      and (left(${column}, 1) = ${word.slice(0, 1)} or right(${column}, 2) = ${word.slice(-2)})
    order by abs(length(${column}) - ${word.length}), ${column}
    limit ${NEIGHBOUR_CAP}`;
}
