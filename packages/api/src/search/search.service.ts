import type { SearchHit, SearchInput, SearchResult } from '@ainotebook/contract';
import { schema, type Tx } from '@ainotebook/db';
import {
  type ParsedQuery,
  parseQuery,
  type QueryTerm,
  queryTerms,
  quoteLexeme,
  snippet,
  toTsquery,
} from '@ainotebook/text/search';
import { and, count, desc, sql } from 'drizzle-orm';
import type { AuthedContext } from '../context.js';
import {
  articleConditions,
  CANDIDATE_CAP,
  type Candidates,
  type Collection,
  findCandidates,
  hitColumns,
  MATCH_CAP,
  readCollection,
  readFrequencies,
  readHits,
  type SearchScope,
} from './candidates.js';
import { filterConditions, hasFilters } from './filters.js';
import { rank } from './ranking.js';

const { articles } = schema;

/** A single Chinese character may stand in all of a large collection: it must not hold a connection. */
const STATEMENT_TIMEOUT_MS = 2_000;
/** UTF-16 units a snippet is chosen from where no passage was matched. */
const OPENING_LENGTH = 400;

/**
 * The caller's live articles that match a query, best first, one hit an article. Words must stand
 * in one passage; when none has them all, any word will do (`isRelaxed`). `candidateCount` counts
 * matching passages. Filters alone list articles, newest first, and count those.
 * @throws AppError timeout
 */
export async function searchArticles(
  ctx: Pick<AuthedContext, 'db' | 'auth'>,
  input: SearchInput,
): Promise<SearchResult> {
  const query = parseQuery(input.q);
  const wanted = { ...query, clauses: query.clauses.filter(({ isNegated }) => !isNegated) };
  const strict = toTsquery(wanted, { mode: 'all' });
  const empty = resultOf(query, { items: [], total: 0, isRelaxed: false });
  if (strict === null && !hasFilters(query.filters)) return empty;
  return ctx.db.transaction(async (tx) => {
    await tx.execute(
      sql`select set_config('statement_timeout', ${String(STATEMENT_TIMEOUT_MS)}, true)`,
    );
    const { userId } = ctx.auth;
    const conditions = await filterConditions(tx, userId, query.filters);
    if (!conditions) return empty;
    const scope = { userId, conditions, unwanted: unwantedOf(query) };
    const found =
      strict === null
        ? await listNewest(tx, scope, { query: wanted, limit: input.limit })
        : await findBest(tx, scope, { query: wanted, strict, limit: input.limit });
    return resultOf(query, found);
  });
}

interface Found {
  items: SearchHit[];
  total: number;
  isRelaxed: boolean;
}

function resultOf(query: ParsedQuery, { items, total, isRelaxed }: Found): SearchResult {
  return {
    items,
    candidateCount: total,
    candidateCap: CANDIDATE_CAP,
    isRelaxed,
    correction: null,
    isTruncated: query.isTruncated,
  };
}

/** What the negated words of a query look for. They rule out articles, not only passages. */
function unwantedOf(query: ParsedQuery): string | null {
  const each = query.clauses
    .filter(({ isNegated }) => isNegated)
    .map((clause) =>
      toTsquery({ ...query, clauses: [{ ...clause, isNegated: false }] }, { mode: 'all' }),
    )
    .filter((part) => part !== null);
  return each.length > 0 ? each.map((part) => `(${part})`).join(' | ') : null;
}

async function findBest(
  tx: Tx,
  scope: SearchScope,
  search: { query: ParsedQuery; strict: string; limit: number },
): Promise<Found> {
  const terms = queryTerms(search.query);
  const collection = await readCollection(tx, scope.userId);
  const { documentCount } = collection;
  if (documentCount === 0) return { items: [], total: 0, isRelaxed: false };
  let candidates = await findCandidates(tx, scope, { query: search.strict, documentCount });
  // Words of one clause stand together in all that was found: their rarity decides nothing.
  const isWeighed = candidates.total === 0 ? terms.length > 1 : search.query.clauses.length > 1;
  const frequencies = isWeighed
    ? await readFrequencies(tx, scope.userId, terms)
    : new Map<string, number>();
  const relaxed = candidates.total === 0 ? relaxedQuery(terms, frequencies) : null;
  if (relaxed !== null) {
    candidates = await findCandidates(tx, scope, { query: relaxed, documentCount });
  }
  const known = { ...collection, frequencies };
  const items = await toHits(tx, scope, { ...search, terms, known, candidates });
  const { total } = candidates;
  return { items, total, isRelaxed: relaxed !== null && total > 0 };
}

/**
 * Any of the words, rarest first and no more of them than may match `MATCH_CAP` passages together:
 * beyond that the common ones would crowd out what the rare ones find.
 */
function relaxedQuery(
  terms: readonly QueryTerm[],
  frequencies: ReadonlyMap<string, number>,
): string | null {
  if (terms.length < 2) return null;
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

async function toHits(
  tx: Tx,
  scope: SearchScope,
  found: {
    query: ParsedQuery;
    terms: readonly QueryTerm[];
    known: Collection & { frequencies: ReadonlyMap<string, number> };
    candidates: Candidates;
    limit: number;
  },
): Promise<SearchHit[]> {
  const best = rank(found.candidates, found.terms, found.known).slice(0, found.limit);
  if (best.length === 0) return [];
  const rows = await readHits(
    tx,
    scope.userId,
    best.map(({ chunkId }) => chunkId),
  );
  const byId = new Map(rows.map((row) => [row.chunkId, row]));
  return best.flatMap(({ chunkId, score }) => {
    const row = byId.get(chunkId);
    if (!row) return [];
    const { chunkId: _, start, text, ...shown } = row;
    const passage = snippet(text, found.query);
    return {
      ...shown,
      titleRanges: titleRanges(row.title, found.query),
      snippet: passage.text,
      snippetRanges: passage.ranges.map(([from, to]) => [
        from - passage.offset,
        to - passage.offset,
      ]),
      offset: start + passage.offset,
      matchedBy: 'text' as const,
      score,
    };
  });
}

function titleRanges(title: string, query: ParsedQuery): [number, number][] {
  return title === '' ? [] : snippet(title, query, { length: title.length }).ranges;
}

/** Articles the filters leave, when there is no word to rank by. */
async function listNewest(
  tx: Tx,
  scope: SearchScope,
  { query, limit }: { query: ParsedQuery; limit: number },
): Promise<Found> {
  const where = and(...articleConditions(scope, Number.POSITIVE_INFINITY));
  const rows = await tx
    .select({ ...hitColumns, opening: sql<string>`left(${articles.content}, ${OPENING_LENGTH})` })
    .from(articles)
    .where(where)
    .orderBy(desc(articles.updatedAt), desc(articles.id))
    .limit(limit);
  const [counted] = await tx.select({ total: count() }).from(articles).where(where);
  const items = rows.map(({ opening, ...shown }) => ({
    ...shown,
    titleRanges: [],
    snippet: snippet(opening, query).text,
    snippetRanges: [],
    offset: 0,
    headingPath: [],
    matchedBy: 'text' as const,
    score: 0,
  }));
  return { items, total: counted?.total ?? 0, isRelaxed: false };
}
