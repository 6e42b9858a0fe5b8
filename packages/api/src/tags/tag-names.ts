import { LIMITS } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { asc, eq, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { lockLibrary } from '../articles/library-lock.js';
import { AppError } from '../errors.js';

const { tags } = schema;

/**
 * The form in which tag names are compared. Folded here and not by the database, whose `lower()`
 * depends on its locale and knows ASCII alone under "C".
 */
export function foldTagName(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/** A user's tags by folded name; at most `LIMITS.tagsPerUser`. */
async function tagsByName(db: Db | Tx, userId: string): Promise<Map<string, string>> {
  const rows = await db
    .select({ id: tags.id, name: tags.name })
    .from(tags)
    .where(eq(tags.userId, userId))
    .orderBy(asc(tags.id));
  return new Map(rows.map((row) => [foldTagName(row.name), row.id]));
}

/** The id of the user's tag of that name, without case; null when there is none. */
export async function findTagId(db: Db | Tx, userId: string, name: string): Promise<string | null> {
  return (await tagsByName(db, userId)).get(foldTagName(name)) ?? null;
}

/** Ids of the user's tags among `names`; unknown names are left out. */
export async function findTagIds(
  db: Db | Tx,
  userId: string,
  names: readonly string[],
): Promise<string[]> {
  const known = await tagsByName(db, userId);
  const ids = names.map((name) => known.get(foldTagName(name)));
  return [...new Set(ids.filter((id) => id !== undefined))];
}

/**
 * The user's tags by folded name, those of `names` made where they are new. Holds the library lock,
 * which makes "look, then insert" safe.
 * @throws AppError limit_reached
 */
export async function ensureTags(
  tx: Db | Tx,
  userId: string,
  names: readonly string[],
): Promise<Map<string, string>> {
  await lockLibrary(tx, userId);
  const known = await tagsByName(tx, userId);
  // Reversed: of two spellings the first is kept.
  const wanted = new Map(names.toReversed().map((name) => [foldTagName(name), name]));
  const missing = [...wanted].filter(([folded]) => !known.has(folded)).map(([, name]) => name);
  if (missing.length === 0) return known;
  if (known.size + missing.length > LIMITS.tagsPerUser) {
    throw new AppError('limit_reached', `There may be at most ${LIMITS.tagsPerUser} tags`);
  }
  await tx
    .insert(tags)
    .values(missing.map((name) => ({ id: v7(), userId, name })))
    .onConflictDoNothing();
  // Read back by the database's own folding: where it joins names that we keep apart, the index has
  // refused the second, and both get the first.
  const made = await tx.execute<{ id: string; name: string }>(sql`
    select t.id, wanted.name from unnest(${sql.param(missing)}::text[]) as wanted(name)
    join ${tags} t on t.user_id = ${userId} and lower(t.name) = lower(wanted.name)`);
  for (const row of made.rows) known.set(foldTagName(row.name), row.id);
  return known;
}
