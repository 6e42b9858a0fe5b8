import type {
  CheckSlugInput,
  ListPublicationsInput,
  PublicArticle,
  Publication,
  PublishInput,
} from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { and, desc, eq, sql } from 'drizzle-orm';
import type { AuthedContext, Context } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { afterCursor, toPage } from '../pagination.js';
import { openWhole } from './access.js';
import { readPage } from './page-cache.js';
import { publicUrl, selectLive, toPublication } from './publication-rows.js';
import { publishWithin } from './publish.js';
import { isSlugFree, storedSlug } from './slugs.js';
import { withdraw } from './withdraw.js';

const { articles, publications } = schema;

type Caller = Pick<AuthedContext, 'db' | 'auth' | 'config' | 'nudgeJobs'>;

/**
 * Puts the article's present text before its readers, or brings what is live up to it. The first
 * `publishedAt` stays; `updatedAt` moves when readers get another text.
 * @throws AppError not_found (absent, foreign, trashed), slug_taken, translation_taken,
 *   publication_blocked
 */
export async function publishArticle(ctx: Caller, input: PublishInput): Promise<Publication> {
  const { userId } = ctx.auth;
  const publication = await ctx.db.transaction((tx) =>
    publishWithin(tx, ctx.config, { ...input, userId }),
  );
  ctx.nudgeJobs();
  return publication;
}

/**
 * Takes an article off the web; its address then says that it is gone. Nothing happens to one that
 * is not live. @throws AppError not_found
 */
export async function unpublishArticle(ctx: Caller, input: { articleId: string }): Promise<void> {
  const { userId } = ctx.auth;
  await ctx.db.transaction(async (tx) => {
    const [article] = await tx
      .select({ id: articles.id })
      .from(articles)
      .where(and(eq(articles.id, input.articleId), eq(articles.userId, userId)))
      .for('no key update');
    if (!article) throw notFound('Article');
    await withdraw(tx, userId, [article.id]);
    await tx.execute(sql`
      update articles set status = 'draft' where id = ${article.id} and status = 'published'`);
  });
  ctx.nudgeJobs();
}

/** What of an article is live; null when nothing is. @throws AppError not_found */
export async function getPublication(
  ctx: Caller,
  input: { articleId: string },
): Promise<Publication | null> {
  const { userId } = ctx.auth;
  const [row] = await selectLive(
    ctx.db,
    and(eq(publications.articleId, input.articleId), eq(publications.userId, userId)),
  ).limit(1);
  if (row) return toPublication(ctx.config, row);
  const [article] = await ctx.db
    .select({ id: articles.id })
    .from(articles)
    .where(and(eq(articles.id, input.articleId), eq(articles.userId, userId)));
  if (!article) throw notFound('Article');
  return null;
}

/** The caller's live publications, the newest first. @throws AppError bad_input */
export async function listPublications(
  ctx: Caller,
  input: ListPublicationsInput,
): Promise<{ items: Publication[]; nextCursor: string | null }> {
  const after = afterCursor(
    'desc',
    { instant: publications.publishedAt, id: publications.articleId },
    input.cursor,
  );
  const rows = await selectLive(ctx.db, and(eq(publications.userId, ctx.auth.userId), after))
    .orderBy(desc(publications.publishedAt), desc(publications.articleId))
    .limit(input.limit + 1);
  return toPage(rows, input.limit, {
    keyOf: (row) => [row.position, row.articleId],
    itemOf: (row) => toPublication(ctx.config, row),
  });
}

/** Whether the caller may publish an article under a slug; a former one of its own counts as free. */
export async function checkSlug(
  ctx: Caller,
  input: CheckSlugInput,
): Promise<{ isAvailable: boolean }> {
  const own = { userId: ctx.auth.userId, articleId: input.articleId };
  return { isAvailable: await isSlugFree(ctx.db, storedSlug(input.slug), own) };
}

/**
 * A live article by its current slug, for anybody: its beginning for who may not read all of it.
 * @throws AppError not_found; unauthenticated (an expired token, where it would matter)
 */
export async function readPublication(
  ctx: Pick<Context, 'db' | 'cache' | 'slugFilter' | 'config' | 'request' | 'authenticate'>,
  input: { slug: string },
): Promise<PublicArticle> {
  const found = await readPage(ctx, input.slug);
  if (found.kind !== 'live') throw notFound('Article');
  const publication = found.publication.isPreview
    ? await openWhole(ctx.db, found.publication, await readerIdOf(ctx))
    : found.publication;
  const {
    articleId: _article,
    authorId: _author,
    visibility: _visibility,
    imageVersion: _image,
    translations: _translations,
    previous: _previous,
    next: _next,
    ...article
  } = publication;
  const url = publicUrl(ctx.config, article.slug);
  return { ...article, url, canonicalUrl: article.canonicalUrl ?? url };
}

/** A member whose token has run out signs in again and reads on; whose session has ended is a visitor. */
async function readerIdOf(ctx: Pick<Context, 'request' | 'authenticate'>): Promise<string | null> {
  try {
    const auth = await ctx.authenticate();
    if (auth || ctx.request.accessToken === null) return auth?.userId ?? null;
  } catch (error) {
    if (error instanceof AppError && error.code !== 'unavailable') return null;
    throw error;
  }
  throw new AppError('unauthenticated', 'The access token has expired');
}
