import { type ForgetMissesInput, LIMITS, type SearchMiss } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { titleKey } from '@ainotebook/text/search';
import { and, desc, eq, sql } from 'drizzle-orm';
import type { AuthedContext } from '../context.js';

const { searchMisses } = schema;
type Caller = Pick<AuthedContext, 'db' | 'auth'>;

/** Queries that follow each other this quickly are one query being typed. */
const TYPING_SECONDS = 30;

/** What the caller looked for and did not find, the latest first. */
export async function listMisses(ctx: Caller): Promise<{ items: SearchMiss[] }> {
  return { items: await missesQuery(ctx.db, ctx.auth.userId) };
}

/** The statement behind `listMisses`. */
export function missesQuery(db: Db | Tx, userId: string) {
  return db
    .select({
      query: searchMisses.query,
      count: searchMisses.count,
      lastAt: searchMisses.lastAt,
    })
    .from(searchMisses)
    .where(eq(searchMisses.userId, userId))
    .orderBy(desc(searchMisses.lastAt))
    .limit(LIMITS.searchMissesPerUser);
}

/** Forgets one of the caller's misses, or all of them. */
export async function forgetMisses(ctx: Caller, { query }: ForgetMissesInput): Promise<void> {
  await ctx.db
    .delete(searchMisses)
    .where(
      and(
        eq(searchMisses.userId, ctx.auth.userId),
        query === undefined ? undefined : eq(searchMisses.key, titleKey(query)),
      ),
    );
}

/**
 * Notes that the caller found nothing. What was typed on the way there, or is left of it after
 * deleting, is replaced; the same query again within half a minute counts once.
 */
export async function recordMiss(ctx: Caller, q: string): Promise<void> {
  const { userId } = ctx.auth;
  const key = titleKey(q);
  await ctx.db.transaction(async (tx) => {
    // One at a time for each user: two that replace each other would wait for each other.
    await tx.execute(
      sql`select pg_advisory_xact_lock(hashtextextended(${`search-misses ${userId}`}, 0))`,
    );
    const isRecent = sql`last_at > clock_timestamp() - ${TYPING_SECONDS} * interval '1 second'`;
    const isReplaced = sql`user_id = ${userId} and key <> ${key} and ${isRecent}
      and (starts_with(${key}, key) or starts_with(key, ${key}))`;
    await tx.execute(sql`delete from search_misses where ${isReplaced} and count = 1`);
    // Missed before it was typed through just now: only that once is taken back.
    await tx.execute(sql`
      update search_misses
      set count = count - 1,
        last_at = clock_timestamp() - ${TYPING_SECONDS} * interval '1 second'
      where ${isReplaced}`);
    await tx.execute(sql`
      insert into search_misses (user_id, key, query, last_at)
      values (${userId}, ${key}, ${q.trim()}, clock_timestamp())
      on conflict (user_id, key) do update set
        query = excluded.query, last_at = excluded.last_at,
        count = search_misses.count
          + case when search_misses.last_at > excluded.last_at - ${TYPING_SECONDS} * interval '1 second'
              then 0 else 1 end`);
    await tx.execute(sql`
      delete from search_misses where user_id = ${userId} and key in (
        select key from search_misses where user_id = ${userId}
        order by last_at desc offset ${LIMITS.searchMissesPerUser})`);
  });
}
