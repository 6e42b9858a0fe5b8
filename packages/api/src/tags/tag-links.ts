import { LIMITS } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, eq, gt, inArray, not, sql } from 'drizzle-orm';
import { isAnyOf } from '../articles/article-rows.js';
import { lockLibrary } from '../articles/library-lock.js';
import { AppError } from '../errors.js';
import { ensureTags, findTagIds, foldTagName } from './tag-names.js';

const { articleTags, tags } = schema;

function idsOf(known: Map<string, string>, names: readonly string[]): string[] {
  const ids = names.map((name) => known.get(foldTagName(name)));
  return [...new Set(ids.filter((id) => id !== undefined))];
}

/** Gives new articles their tags; `articleIds` and names come from the same user. */
export async function tagNewArticles(
  tx: Db | Tx,
  userId: string,
  items: readonly { id: string; tags: readonly string[] }[],
): Promise<void> {
  const names = items.flatMap((item) => item.tags);
  if (names.length === 0) return;
  const known = await ensureTags(tx, userId, names);
  const links = items.flatMap((item) =>
    idsOf(known, item.tags).map((tagId) => ({ articleId: item.id, tagId })),
  );
  await tx.insert(articleTags).values(links).onConflictDoNothing();
}

/** Makes `names` the tags of the user's article. @throws AppError limit_reached */
export async function replaceTags(
  tx: Db | Tx,
  userId: string,
  input: { articleId: string; names: readonly string[] },
): Promise<void> {
  const { articleId } = input;
  const ids = idsOf(await ensureTags(tx, userId, input.names), input.names);
  const removed = await tx
    .delete(articleTags)
    .where(and(eq(articleTags.articleId, articleId), not(isAnyOf(articleTags.tagId, ids))))
    .returning({ tagId: articleTags.tagId });
  if (ids.length > 0) {
    await tx
      .insert(articleTags)
      .values(ids.map((tagId) => ({ articleId, tagId })))
      .onConflictDoNothing();
  }
  await dropUnusedTags(
    tx,
    removed.map((row) => row.tagId),
  );
}

/** Adds tags to the user's articles. @throws AppError limit_reached */
export async function addTags(
  tx: Db | Tx,
  userId: string,
  input: { articleIds: readonly string[]; names: readonly string[] },
): Promise<void> {
  const { articleIds } = input;
  if (articleIds.length === 0) return;
  const ids = idsOf(await ensureTags(tx, userId, input.names), input.names);
  await tx.execute(sql`
    insert into ${articleTags} (article_id, tag_id)
    select a, t from unnest(${sql.param(articleIds)}::uuid[]) a, unnest(${sql.param(ids)}::uuid[]) t
    on conflict do nothing`);
  const [full] = await tx
    .select({ articleId: articleTags.articleId })
    .from(articleTags)
    .where(isAnyOf(articleTags.articleId, articleIds))
    .groupBy(articleTags.articleId)
    .having(gt(sql`count(*)`, LIMITS.tagsPerArticle))
    .limit(1);
  if (full) {
    throw new AppError('limit_reached', `An article has at most ${LIMITS.tagsPerArticle} tags`);
  }
}

/** Takes tags off the user's articles. */
export async function removeTags(
  tx: Db | Tx,
  userId: string,
  input: { articleIds: readonly string[]; names: readonly string[] },
): Promise<void> {
  await lockLibrary(tx, userId);
  const ids = await findTagIds(tx, userId, input.names);
  await tx
    .delete(articleTags)
    .where(and(isAnyOf(articleTags.articleId, input.articleIds), isAnyOf(articleTags.tagId, ids)));
  await dropUnusedTags(tx, ids);
}

/**
 * Removes those of the tags that no article has any more, trashed ones included. The caller holds
 * the library lock of their user: without it a tag could go while it is being given.
 */
export async function dropUnusedTags(tx: Db | Tx, tagIds: readonly string[]): Promise<void> {
  if (tagIds.length === 0) return;
  await tx
    .delete(tags)
    .where(
      and(
        inArray(tags.id, [...new Set(tagIds)]),
        sql`not exists (select 1 from ${articleTags} where ${articleTags.tagId} = ${tags.id})`,
      ),
    );
}
