import type * as C from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract';
import { type Db, dbFailure, schema, type Tx } from '@ainotebook/db';
import { and, asc, desc, eq, isNull, ne, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { lockLibrary } from '../articles/library-lock.js';
import { queueIndexing } from '../articles/queue-indexing.js';
import type { AuthedContext } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { findTagId } from './tag-names.js';

const { articles, articleTags, tags } = schema;

/** Tags with the number of live articles that have them. */
function readTags(db: Db | Tx, userId: string, which?: SQL): Promise<C.Tag[]> {
  return db
    .select({ id: tags.id, name: tags.name, articleCount: sql<number>`count(${articles.id})::int` })
    .from(tags)
    .leftJoin(articleTags, eq(articleTags.tagId, tags.id))
    .leftJoin(
      articles,
      and(
        eq(articles.id, articleTags.articleId),
        eq(articles.userId, userId),
        isNull(articles.deletedAt),
      ),
    )
    .where(and(eq(tags.userId, userId), which))
    .groupBy(tags.id)
    .orderBy(asc(tags.name))
    .limit(LIMITS.tagsPerUser);
}

async function readTag(db: Db | Tx, userId: string, id: string): Promise<C.Tag> {
  const [tag] = await readTags(db, userId, eq(tags.id, id));
  if (!tag) throw notFound('Tag');
  return tag;
}

async function articlesWith(tx: Tx, tagId: string): Promise<string[]> {
  const rows = await tx
    .select({ id: articleTags.articleId })
    .from(articleTags)
    .where(eq(articleTags.tagId, tagId));
  return rows.map((row) => row.id);
}

/** Every tag of the caller. */
export async function listTags(ctx: Pick<AuthedContext, 'db' | 'auth'>): Promise<C.Tag[]> {
  return readTags(ctx.db, ctx.auth.userId);
}

/**
 * The tags that most often stand beside a tag, with the number of live articles that have both.
 * @throws AppError not_found
 */
export async function relatedTags(
  ctx: Pick<AuthedContext, 'db' | 'auth'>,
  input: C.RelatedTagsInput,
): Promise<C.Tag[]> {
  const { userId } = ctx.auth;
  await readTag(ctx.db, userId, input.id);
  const beside = alias(articleTags, 'beside');
  const shared = sql<number>`count(*)::int`;
  return ctx.db
    .select({ id: tags.id, name: tags.name, articleCount: shared })
    .from(articleTags)
    .innerJoin(
      articles,
      and(
        eq(articles.id, articleTags.articleId),
        eq(articles.userId, userId),
        isNull(articles.deletedAt),
      ),
    )
    .innerJoin(beside, eq(beside.articleId, articleTags.articleId))
    .innerJoin(tags, eq(tags.id, beside.tagId))
    .where(and(eq(articleTags.tagId, input.id), ne(beside.tagId, input.id)))
    .groupBy(tags.id)
    .orderBy(desc(shared), asc(tags.name))
    .limit(input.limit);
}

/** Renames a tag; onto another tag's name, its articles get that tag and it goes. @throws AppError not_found, name_taken */
export async function updateTag(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'nudgeJobs'>,
  input: C.UpdateTagInput,
): Promise<C.Tag> {
  const { userId } = ctx.auth;
  const { name } = input.data;
  const rename = async (tx: Tx) => {
    await lockLibrary(tx, userId);
    const { id } = await readTag(tx, userId, input.id);
    const touched = await articlesWith(tx, id);
    const namesake = await findTagId(tx, userId, name);
    if (namesake !== null && namesake !== id) {
      await tx.execute(sql`
        insert into ${articleTags} (article_id, tag_id)
        select article_id, ${namesake} from ${articleTags} where tag_id = ${id}
        on conflict do nothing`);
      await tx.delete(tags).where(eq(tags.id, id));
    } else {
      await tx.update(tags).set({ name, updatedAt: sql`now()` }).where(eq(tags.id, id));
    }
    await queueIndexing(tx, touched, { isBatch: true });
    return readTag(tx, userId, namesake ?? id);
  };
  const tag = await ctx.db.transaction(rename).catch((error: unknown) => {
    // The database's own folding may join names that ours keeps apart (the dotted capital I).
    const isTaken = dbFailure(error)?.constraint === 'idx_tags_user_name';
    throw isTaken ? new AppError('name_taken', 'There is a tag of this name') : error;
  });
  ctx.nudgeJobs();
  return tag;
}

/** Takes a tag off all articles. @throws AppError not_found */
export async function deleteTag(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'nudgeJobs'>,
  input: { id: string },
): Promise<void> {
  const { userId } = ctx.auth;
  await ctx.db.transaction(async (tx) => {
    await lockLibrary(tx, userId);
    const { id } = await readTag(tx, userId, input.id);
    const touched = await articlesWith(tx, id);
    await tx.delete(tags).where(eq(tags.id, id));
    await queueIndexing(tx, touched, { isBatch: true });
  });
  ctx.nudgeJobs();
}
