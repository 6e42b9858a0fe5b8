import type {
  IndexUse,
  IndexUses,
  SlowQueries,
  SlowQueriesInput,
  SlowQuery,
} from '@ainotebook/contract';
import type { Db, Tx } from '@ainotebook/db';
import { sql } from 'drizzle-orm';
import type { AuthedContext } from '../context.js';

type Context = Pick<AuthedContext, 'db'>;

const MAX_QUERIES = 30;
const MAX_INDEXES = 40;
const MAX_TEXT = 600;
/** What PostgreSQL says of an extension that was created and not loaded. */
const NOT_LOADED = '55000';

/** The statements that take the database's time, where it counts them. Their texts hold no values. */
export async function listSlowQueries(
  { db }: Context,
  { by }: SlowQueriesInput,
): Promise<SlowQueries> {
  const nothing = { since: null, queries: [] };
  const { rows } = await db.execute<{ is_created: boolean }>(
    sql`select to_regclass('pg_stat_statements') is not null as is_created`,
  );
  if (!rows[0]?.is_created) return { state: 'not_created', ...nothing };
  try {
    return { state: 'on', ...(await readStatements(db, by)) };
  } catch (error) {
    if (codeOf(error) === NOT_LOADED) return { state: 'not_loaded', ...nothing };
    throw error;
  }
}

async function readStatements(db: Db | Tx, by: SlowQueriesInput['by']) {
  const order = by === 'mean' ? sql`mean_exec_time` : sql`total_exec_time`;
  // Values are taken out of these kinds of statements alone: a CREATE ROLE shows its password.
  const { rows } = await db.execute<{ [K in keyof SlowQuery]: SlowQuery[K] }>(sql`
    select left(regexp_replace(query, '\\s+', ' ', 'g'), ${MAX_TEXT}) as text,
      calls::float8 as calls, total_exec_time as "totalMs", mean_exec_time as "meanMs",
      max_exec_time as "maxMs", rows::float8 as rows
    from pg_stat_statements
    where dbid = (select oid from pg_database where datname = current_database())
      and userid = (select oid from pg_roles where rolname = current_user)
      and query ~* '^\\s*(select|insert|update|delete|with)\\M'
    order by ${order} desc
    limit ${MAX_QUERIES}`);
  const info = await db.execute<{ since: string | null }>(
    sql`select stats_reset::text as since from pg_stat_statements_info`,
  );
  return { queries: rows, since: dateOf(info.rows[0]?.since) };
}

/** Which indexes are looked up in, and which only cost. */
export async function readIndexUse({ db }: Context): Promise<IndexUses> {
  const { rows } = await db.execute<
    IndexUse & { isRule: boolean; since: string | null; count: number; [key: string]: unknown }
  >(sql`
    with used as (
      select i.indexrelname as name, i.relname as "table",
        pg_relation_size(i.indexrelid)::float8 as bytes, i.idx_scan::float8 as scans,
        x.indisunique or x.indisexclusion as "isRule"
      from pg_stat_user_indexes i join pg_index x on x.indexrelid = i.indexrelid
      where i.schemaname = 'public')
    select u.*, (select count(*) from used)::int as count,
      (select stats_reset::text from pg_stat_database where datname = current_database()) as since
    from (
      (select * from used where scans = 0 and not "isRule" order by bytes desc, name limit ${MAX_INDEXES})
      union all
      (select * from used where scans > 0 order by scans desc, name limit ${MAX_INDEXES})) u`);
  const indexes = rows.map(({ name, table, bytes, scans }) => ({ name, table, bytes, scans }));
  return {
    since: dateOf(rows[0]?.since),
    count: rows[0]?.count ?? 0,
    unused: indexes.filter(({ scans }) => scans === 0),
    used: indexes.filter(({ scans }) => scans > 0),
  };
}

const dateOf = (text: string | null | undefined): Date | null => (text ? new Date(text) : null);

/** The code of PostgreSQL inside whatever Drizzle has made of it. */
function codeOf(error: unknown): string | undefined {
  for (let e = error, depth = 0; e instanceof Error && depth < 5; e = e.cause, depth++) {
    if ('code' in e && typeof e.code === 'string') return e.code;
  }
  return undefined;
}
