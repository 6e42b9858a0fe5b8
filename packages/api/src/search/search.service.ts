import type { SearchHit, SearchInput, SearchResult } from '@ainotebook/contract';
import { schema, type Tx } from '@ainotebook/db';
import {
  type ParsedQuery,
  parseQuery,
  passageSnippet,
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
import { correctQuery } from './corrections.js';
import { filterConditions, hasFilters } from './filters.js';
import { recordMiss } from './misses.service.js';
import { typedPinyin } from './pinyin.js';
import { rank } from './ranking.js';
import { findByPinyin, openingColumn } from './titles.js';

const { articles } = schema;

/** A single Chinese character may stand in all of a large collection: it must not hold a connection. */
const STATEMENT_TIMEOUT_MS = 2_000;

/**
 * The caller's live articles that match a query, best first, one hit an article. Words must stand
 * in one passage; when none has them all, any word will do (`isRelaxed`). Letters that read like a
 * title in pinyin find it after what has them in its text. When a Latin word stands nowhere, the
 * nearest the caller has written is tried (`correction`). `candidateCount` counts matching passages
 * and such titles. Filters alone list articles, newest first, and count those.
 * @throws AppError timeout
 */
export async function searchArticles(
  ctx: Pick<AuthedContext, 'db' | 'auth'>,
  input: SearchInput,
): Promise<SearchResult> {
  const query = parseQuery(input.q);
  const hasWords = toTsquery(withoutNegated(query), { mode: 'all' }) !== null;
  const found =
    hasWords || hasFilters(query.filters)
      ? await ctx.db.transaction((tx) => findArticles(tx, ctx.auth.userId, { ...input, query }))
      : NOTHING;
  // In a transaction of its own: a search that finds something writes nothing and holds no lock.
  if (hasWords && found.items.length === 0) await recordMiss(ctx, input.q);
  return {
    items: found.items,
    candidateCount: found.total,
    candidateCap: CANDIDATE_CAP,
    isRelaxed: found.isRelaxed,
    correction: found.correction ?? null,
    isTruncated: query.isTruncated,
  };
}

interface Found {
  items: SearchHit[];
  total: number;
  isRelaxed: boolean;
  correction?: string;
}

const NOTHING: Found = { items: [], total: 0, isRelaxed: false };

interface Search {
  q: string;
  query: ParsedQuery;
  limit: number;
}

const withoutNegated = (query: ParsedQuery): ParsedQuery => ({
  ...query,
  clauses: query.clauses.filter(({ isNegated }) => !isNegated),
});

async function findArticles(tx: Tx, userId: string, search: Search): Promise<Found> {
  await tx.execute(
    sql`select set_config('statement_timeout', ${String(STATEMENT_TIMEOUT_MS)}, true)`,
  );
  const { query, limit } = search;
  const conditions = await filterConditions(tx, userId, query.filters);
  if (!conditions) return NOTHING;
  const scope = { userId, conditions, unwanted: unwantedOf(query) };
  const wanted = withoutNegated(query);
  const strict = toTsquery(wanted, { mode: 'all' });
  if (strict === null) return listNewest(tx, scope, { query: wanted, limit });
  const collection = await readCollection(tx, userId);
  if (collection.documentCount === 0) return NOTHING;
  const found = await findBest(tx, scope, { query: wanted, strict, limit, collection });
  const withTitles = await addByPinyin(tx, scope, { search, found, collection });
  const isFound = withTitles.items.length > 0 && !withTitles.isRelaxed;
  if (isFound || withTitles.items.length > found.items.length) return withTitles;
  return (await findCorrected(tx, scope, { search, found, collection })) ?? found;
}

/**
 * What the query finds with its mistyped words corrected. Where other words found something, it must
 * stand with all of them: one likeness alone is no reason to answer another question.
 */
async function findCorrected(
  tx: Tx,
  scope: SearchScope,
  { search, found, collection }: { search: Search; found: Found; collection: Collection },
): Promise<Found | null> {
  const { documentCount } = collection;
  const owner = { userId: scope.userId, documentCount };
  const correction = await correctQuery(tx, owner, { text: search.q, query: search.query });
  if (correction === null) return null;
  const query = withoutNegated(parseQuery(correction));
  const strict = toTsquery(query, { mode: 'all' });
  if (strict === null) return null;
  const { limit } = search;
  const corrected = await findBest(tx, scope, { query, strict, limit, collection });
  const isBetter = corrected.total > 0 && (found.total === 0 || !corrected.isRelaxed);
  return isBetter ? { ...corrected, correction } : null;
}

/** Titles that read like the query's letters, after what was found and up to the limit. */
async function addByPinyin(
  tx: Tx,
  scope: SearchScope,
  { search, found, collection }: { search: Search; found: Found; collection: Collection },
): Promise<Found> {
  const { clauses } = search.query;
  const isPlain = clauses.every(({ kind, isNegated }) => kind === 'term' && !isNegated);
  const letters = isPlain ? typedPinyin(clauses.map(({ text }) => text).join(' ')) : null;
  if (letters === null || found.items.length >= search.limit) return found;
  const conditions = articleConditions(scope, collection.documentCount);
  const rows = await findByPinyin(tx, { userId: scope.userId, conditions }, letters);
  const known = new Set(found.items.map(({ articleId }) => articleId));
  const added = rows.filter(({ articleId }) => !known.has(articleId));
  const items = added
    .slice(0, search.limit - found.items.length)
    .map((row) => openingHit(row, search.query, 'pinyin'));
  return { ...found, items: [...found.items, ...items], total: found.total + added.length };
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
  search: { query: ParsedQuery; strict: string; limit: number; collection: Collection },
): Promise<Found> {
  const terms = queryTerms(search.query);
  const { collection } = search;
  const { documentCount } = collection;
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
    const passage = passageSnippet(text, found.query);
    return {
      ...shown,
      titleRanges: titleRanges(row.title, found.query),
      snippet: passage.text,
      snippetRanges: passage.ranges,
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
    .select({ ...hitColumns, opening: openingColumn })
    .from(articles)
    .where(where)
    .orderBy(desc(articles.updatedAt), desc(articles.id))
    .limit(limit);
  const [counted] = await tx.select({ total: count() }).from(articles).where(where);
  const items = rows.map((row) => openingHit(row, query, 'text'));
  return { items, total: counted?.total ?? 0, isRelaxed: false };
}

type Opening = Pick<SearchHit, 'articleId' | 'notebookId' | 'title' | 'status' | 'updatedAt'> & {
  opening: string;
};

/** A hit that shows how the article begins: no passage of it was matched. */
function openingHit(
  { opening, ...shown }: Opening,
  query: ParsedQuery,
  matchedBy: SearchHit['matchedBy'],
): SearchHit {
  const { text, offset } = passageSnippet(opening, { ...query, clauses: [] });
  return {
    ...shown,
    titleRanges: [],
    snippet: text,
    snippetRanges: [],
    offset,
    headingPath: [],
    matchedBy,
    score: 0,
  };
}
