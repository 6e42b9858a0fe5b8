import { type Db, schema, type Tx } from '@ainotebook/db';
import { type QueryTerm, quoteLexeme } from '@ainotebook/text/search';
import { and, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import { ownerLexeme } from './owner-lexeme.js';

const { articles, chunks } = schema;

/** Passages that are ranked in the application. */
export const CANDIDATE_CAP = 200;
/** Matches `ts_rank` looks at, those of the newest articles; it reads each vector. */
export const MATCH_CAP = 2_000;
/** Owners up to this many passages are read instead of letting a prefix look at everybody's words. */
const OWNER_SCAN_CAP = 2_000;
/** A single Chinese character may stand in all of a large collection: it must not hold a connection. */
const STATEMENT_TIMEOUT_MS = 2_000;
const DOCUMENT_CAP = 100_000;
const FREQUENCY_CAP = 5_000;
const LENGTH_SAMPLE = 500;

/** Whose live articles are searched, and what narrows them. */
export interface SearchScope {
  userId: string;
  conditions: readonly SQL[];
  /** A tsquery no passage of a found article may match. */
  unwanted: string | null;
}

/** An owner's passages. */
export interface Collection {
  /** Counted up to 100,000. */
  documentCount: number;
  /** Of a sample of 500. */
  averageLength: number;
}

export interface Candidate {
  chunkId: string;
  articleId: string;
  length: number;
  /** The text of the passage's tsvector. */
  vector: string;
  /** Seconds since 1970. */
  updatedAt: number;
}

export interface Candidates {
  /** Best first by `ts_rank`, at most `CANDIDATE_CAP`. */
  items: Candidate[];
  /** Passages that match. */
  total: number;
}

/**
 * Ends every statement of a transaction after two seconds, and has them use indexes: the planner takes no account of how
 * long the vectors are that a scan would fetch and test, so for a word of many passages it chose one of ten times the time.
 * With the memory a bitmap holds each row of 200,000 passages; else it holds pages, whose vectors are tested again.
 */
export async function limitStatements(tx: Tx): Promise<void> {
  await tx.execute(sql`
    select set_config('statement_timeout', ${String(STATEMENT_TIMEOUT_MS)}, true),
      set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),
      set_config('work_mem', '16MB', true)`);
}

/** How many passages an owner has, and how long they are. */
export async function readCollection(db: Db | Tx, userId: string): Promise<Collection> {
  const { rows } = await db.execute<{ count: number; length: number }>(collectionSql(userId));
  return { documentCount: rows[0]?.count ?? 0, averageLength: rows[0]?.length ?? 0 };
}

/** The statement behind `readCollection`. */
export function collectionSql(userId: string): SQL {
  return sql`
    select
      (select count(*) from (
        select 1 from chunks where user_id = ${userId} limit ${DOCUMENT_CAP}) counted)::int as count,
      (select coalesce(avg(length), 0) from (
        select length from chunks where user_id = ${userId} limit ${LENGTH_SAMPLE}) sample
      )::float8 as length`;
}

/**
 * In how many of an owner's passages each term stands, counted up to 5,000: one statement whatever
 * the number of terms. Prefixes are left out: counting one may cost more than the search.
 */
export async function readFrequencies(
  db: Db | Tx,
  userId: string,
  terms: readonly QueryTerm[],
): Promise<ReadonlyMap<string, number>> {
  const exact = terms.filter(({ isPrefix }) => !isPrefix).map(({ term }) => term);
  const { rows } = await db.execute<{ frequency: number }>(frequenciesSql(userId, exact));
  return new Map(exact.map((term, index) => [term, rows[index]?.frequency ?? 0]));
}

/** The statement behind `readFrequencies`. */
export function frequenciesSql(userId: string, terms: readonly string[]): SQL {
  const queries = terms.map((term) => `${quoteLexeme(term)} & ${ownerLexeme(userId)}`);
  return sql`
    select (select count(*) from (
      select 1 from chunks where user_id = ${userId} and tsv @@ term.query limit ${FREQUENCY_CAP}
    ) found)::int as frequency
    from unnest(${sql.param(queries)}::tsquery[]) with ordinality as term(query, place)
    order by term.place`;
}

/**
 * Whether the planner may walk the rows of a table in the order of an index, in this transaction. Where one person has
 * most passages it would walk them all, and fetch and test each vector, instead of asking the index over words.
 */
export async function allowOrderedScans(db: Db | Tx, may: boolean): Promise<void> {
  await db.execute(sql`select set_config('enable_indexscan', ${may ? 'on' : 'off'}, true)`);
}

/** The passages that match a tsquery, the best by `ts_rank` first. */
export async function findCandidates(
  db: Db | Tx,
  scope: SearchScope,
  search: { query: string; documentCount: number },
): Promise<Candidates> {
  await allowOrderedScans(db, false);
  const { rows } = await db.execute<{
    id: string;
    article_id: string;
    length: number;
    vector: string;
    updated_at: number;
    total: number;
  }>(candidatesSql(scope, search));
  await allowOrderedScans(db, true);
  return {
    items: rows.map((row) => ({
      chunkId: row.id,
      articleId: row.article_id,
      length: row.length,
      vector: row.vector,
      updatedAt: row.updated_at,
    })),
    total: rows[0]?.total ?? 0,
  };
}

/** The statement behind `findCandidates`. */
export function candidatesSql(
  scope: SearchScope,
  { query, documentCount }: { query: string; documentCount: number },
): SQL {
  const where = and(matches(query, scope.userId), ...articleConditions(scope, documentCount));
  // Materialized: with the limit inside, the planner may walk the articles of everybody by id.
  // Ranked without the owner's lexeme, which would add to every score. Vectors are long: only those ranked are read.
  return sql`
    with matched as materialized (
      select ${chunks.id}, ${chunks.articleId}, ${articles.updatedAt}
      from ${passages(scope.userId, isReadWhole(query, documentCount))}
      join ${articles} on ${articles.id} = ${chunks.articleId}
      where ${where}
    ), newest as (
      select * from matched order by article_id desc limit ${MATCH_CAP}
    ), best as (
      select ranked.id, ranked.article_id, ranked.length, ranked.tsv, newest.updated_at
      from newest
      join chunks ranked on ranked.id = newest.id
      order by ts_rank(ranked.tsv, ${query}::tsquery, 1) desc, ranked.id
      limit ${CANDIDATE_CAP}
    )
    select id, article_id, length, tsv::text as vector,
      extract(epoch from updated_at)::float8 as updated_at,
      (select count(*) from matched)::int as total
    from best`;
}

/** Asks whether any of an owner's passages matches a tsquery. */
export function existsSql(userId: string, query: string, documentCount: number): SQL {
  return sql`
    select exists (
      select 1 from ${passages(userId, isReadWhole(query, documentCount))}
      where ${matches(query, userId)}) as found`;
}

/** Conditions that an owner's live articles meet. */
export function articleConditions(scope: SearchScope, documentCount: number): (SQL | undefined)[] {
  const { userId, unwanted } = scope;
  const without = unwanted
    ? sql`${articles.id} not in (
        select ${chunks.articleId} from ${passages(userId, isReadWhole(unwanted, documentCount))}
        where ${matches(unwanted, userId)})`
    : undefined;
  return [eq(articles.userId, userId), isNull(articles.deletedAt), ...scope.conditions, without];
}

/**
 * The passages of an owner that match. "Is true" hides the column of the owner from the planner, which takes no account of
 * how long vectors are: by the index over owners it would fetch and test each; in the index over words the owner is one.
 */
function matches(query: string, userId: string): SQL {
  return sql`(${chunks.userId} = ${userId}) is true and ${chunks.tsv} @@ ${`(${query}) & ${ownerLexeme(userId)}`}::tsquery`;
}

/** GIN collects a prefix from all owners' words before it intersects: reading a small owner is less. */
function isReadWhole(query: string, documentCount: number): boolean {
  return query.includes(':*') && documentCount <= OWNER_SCAN_CAP;
}

/** `offset 0` keeps the planner from using the index on words after all. */
function passages(userId: string, isRead: boolean): SQL {
  return isRead
    ? sql`(select * from ${chunks} where ${chunks.userId} = ${userId} offset 0) as chunks`
    : sql`${chunks}`;
}

/** What a hit shows, by passage; those whose article went away meanwhile are missing. */
export function readHits(db: Db | Tx, userId: string, chunkIds: readonly string[]) {
  return db
    .select({
      chunkId: chunks.id,
      start: chunks.start,
      headingPath: chunks.headingPath,
      text: chunks.text,
      ...hitColumns,
    })
    .from(chunks)
    .innerJoin(articles, eq(articles.id, chunks.articleId))
    .where(
      and(inArray(chunks.id, [...chunkIds]), eq(chunks.userId, userId), isNull(articles.deletedAt)),
    );
}

export const hitColumns = {
  articleId: articles.id,
  notebookId: articles.notebookId,
  title: articles.title,
  status: articles.status,
  updatedAt: articles.updatedAt,
};
