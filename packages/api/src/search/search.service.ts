import type { SearchHit, SearchInput, SearchResult } from '@ainotebook/contract';
import type { Tx } from '@ainotebook/db';
import {
  type ParsedQuery,
  parseQuery,
  passageSnippet,
  queryTerms,
  snippet,
  toTsquery,
} from '@ainotebook/text/search';
import type { AuthedContext } from '../context.js';
import {
  articleConditions,
  CANDIDATE_CAP,
  type Collection,
  findCandidates,
  limitStatements,
  readCollection,
  readFrequencies,
  readHits,
  type SearchScope,
} from './candidates.js';
import { correctQuery } from './corrections.js';
import { filterConditions, hasFilters } from './filters.js';
import { recordMiss } from './misses.service.js';
import { listNewest, openingHit } from './openings.js';
import { typedPinyin } from './pinyin.js';
import { type Ranked, rank } from './ranking.js';
import { relaxedQuery } from './relaxed-query.js';
import {
  rankedAfter,
  readCursor,
  type SearchCursor,
  titlesAfter,
  writeCursor,
} from './search-cursor.js';
import { findByPinyin } from './titles.js';

/**
 * The caller's live articles that match a query, best first, one hit an article. Words must stand
 * in one passage; when none has them all, any word will do (`isRelaxed`). Letters that read like a
 * title in pinyin find it after what has them in its text. When a Latin word stands nowhere, the
 * nearest the caller has written is tried (`correction`). `candidateCount` counts matching passages
 * and such titles. Filters alone list articles, newest first, and count those.
 * @throws AppError timeout, bad_input (a cursor of another query)
 */
export async function searchArticles(
  ctx: Pick<AuthedContext, 'db' | 'auth'>,
  input: SearchInput,
): Promise<SearchResult> {
  const query = parseQuery(input.q);
  const hasWords = toTsquery(withoutNegated(query), { mode: 'all' }) !== null;
  const position = readCursor(input.cursor, hasWords);
  const found =
    hasWords || hasFilters(query.filters)
      ? await ctx.db.transaction((tx) =>
          findArticles(tx, ctx.auth.userId, { ...input, query, position }),
        )
      : NOTHING;
  // In a transaction of its own: a search that finds something writes nothing and holds no lock.
  if (hasWords && found.items.length === 0 && !position) await recordMiss(ctx, input.q);
  return {
    items: found.items,
    nextCursor: writeCursor(found.next),
    candidateCount: found.total,
    candidateCap: CANDIDATE_CAP,
    isRelaxed: found.isRelaxed,
    correction: found.correction ?? null,
    isTruncated: query.isTruncated,
  };
}

interface Found {
  /** A page of it. */
  items: SearchHit[];
  /** Where the page after it starts. */
  next: SearchCursor | null;
  total: number;
  isRelaxed: boolean;
  correction?: string;
}

/** What was found by its words, with the articles of every page. */
interface FoundByWords extends Found {
  ranked: readonly Ranked[];
}

const NOTHING: Found = { items: [], next: null, total: 0, isRelaxed: false };

interface Search {
  q: string;
  query: ParsedQuery;
  limit: number;
  position: SearchCursor | null;
}

const withoutNegated = (query: ParsedQuery): ParsedQuery => ({
  ...query,
  clauses: query.clauses.filter(({ isNegated }) => !isNegated),
});

async function findArticles(tx: Tx, userId: string, search: Search): Promise<Found> {
  await limitStatements(tx);
  const { query, limit, position } = search;
  const conditions = await filterConditions(tx, userId, query.filters);
  if (!conditions) return NOTHING;
  const scope = { userId, conditions, unwanted: unwantedOf(query) };
  const wanted = withoutNegated(query);
  const strict = toTsquery(wanted, { mode: 'all' });
  if (strict === null) {
    const after = position?.[0] === 'newest' ? position : null;
    return { ...(await listNewest(tx, scope, { query: wanted, limit, after })), isRelaxed: false };
  }
  const collection = await readCollection(tx, userId);
  if (collection.documentCount === 0) return NOTHING;
  // Whatever was answered first goes on.
  if (position?.[0] === 'corrected') {
    return (await findCorrected(tx, scope, { search, found: null, collection })) ?? NOTHING;
  }
  const found = await findBest(tx, scope, { query: wanted, strict, collection, search });
  const withTitles = await addByPinyin(tx, scope, { search, found, collection });
  if (position !== null) return withTitles;
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
  { search, found, collection }: { search: Search; found: Found | null; collection: Collection },
): Promise<Found | null> {
  const { documentCount } = collection;
  const owner = { userId: scope.userId, documentCount };
  const correction = await correctQuery(tx, owner, { text: search.q, query: search.query });
  if (correction === null) return null;
  const query = withoutNegated(parseQuery(correction));
  const strict = toTsquery(query, { mode: 'all' });
  if (strict === null) return null;
  const corrected = await findBest(tx, scope, { query, strict, collection, search });
  const isBetter = corrected.total > 0 && (!found || found.total === 0 || !corrected.isRelaxed);
  const { next } = corrected;
  return isBetter
    ? {
        ...corrected,
        next: next?.[0] === 'text' ? ['corrected', next[1], next[2], next[3]] : null,
        correction,
      }
    : null;
}

/** Titles that read like the query's letters, after all that was found and up to the limit. */
async function addByPinyin(
  tx: Tx,
  scope: SearchScope,
  { search, found, collection }: { search: Search; found: FoundByWords; collection: Collection },
): Promise<Found> {
  const { clauses } = search.query;
  const isPlain = clauses.every(({ kind, isNegated }) => kind === 'term' && !isNegated);
  const letters = isPlain ? typedPinyin(clauses.map(({ text }) => text).join(' ')) : null;
  if (letters === null || found.next !== null) return found;
  const conditions = articleConditions(scope, collection.documentCount);
  const rows = await findByPinyin(tx, { userId: scope.userId, conditions }, letters);
  const known = new Set(found.ranked.map(({ articleId }) => articleId));
  const added = rows.filter(({ articleId }) => !known.has(articleId));
  const rest = titlesAfter(added, search.position);
  const shown = rest.slice(0, search.limit - found.items.length);
  const items = shown.map((row) => openingHit(row, search.query, 'pinyin'));
  const last = shown.at(-1);
  const end = found.ranked.at(-1);
  // With no room left for the first of them the next page starts where the words end.
  const next: SearchCursor | null = last
    ? ['pinyin', last.articleId]
    : end
      ? ['text', end.score, end.updatedAt, end.articleId]
      : null;
  return {
    ...found,
    items: [...found.items, ...items],
    next: rest.length > shown.length ? next : null,
    total: found.total + added.length,
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
  {
    query,
    strict,
    collection,
    search,
  }: { query: ParsedQuery; strict: string; collection: Collection; search: Search },
): Promise<FoundByWords> {
  const terms = queryTerms(query);
  const { documentCount } = collection;
  let candidates = await findCandidates(tx, scope, { query: strict, documentCount });
  // Words of one clause stand together in all that was found: their rarity decides nothing.
  const isWeighed = candidates.total === 0 ? terms.length > 1 : query.clauses.length > 1;
  const frequencies = isWeighed
    ? await readFrequencies(tx, scope.userId, terms)
    : new Map<string, number>();
  const relaxed =
    candidates.total === 0 && terms.length > 1 ? relaxedQuery(terms, frequencies) : null;
  if (relaxed !== null) {
    candidates = await findCandidates(tx, scope, { query: relaxed, documentCount });
  }
  const ranked = rank(candidates, terms, { ...collection, frequencies });
  const rest = rankedAfter(ranked, search.position);
  const shown = rest.slice(0, search.limit);
  const items = await toHits(tx, scope, { query, shown });
  const { total } = candidates;
  const last = rest.length > shown.length ? shown.at(-1) : undefined;
  return {
    items,
    next: last ? ['text', last.score, last.updatedAt, last.articleId] : null,
    total,
    isRelaxed: relaxed !== null && total > 0,
    ranked,
  };
}

async function toHits(
  tx: Tx,
  scope: SearchScope,
  { query, shown }: { query: ParsedQuery; shown: readonly Ranked[] },
): Promise<SearchHit[]> {
  if (shown.length === 0) return [];
  const rows = await readHits(
    tx,
    scope.userId,
    shown.map(({ chunkId }) => chunkId),
  );
  const byId = new Map(rows.map((row) => [row.chunkId, row]));
  return shown.flatMap(({ chunkId, score }) => {
    const row = byId.get(chunkId);
    if (!row) return [];
    const { chunkId: _, start, text, ...hit } = row;
    const passage = passageSnippet(text, query);
    return {
      ...hit,
      titleRanges: titleRanges(row.title, query),
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
