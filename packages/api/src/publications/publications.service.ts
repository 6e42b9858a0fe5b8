import type {
  CheckSlugInput,
  ListPublicationsInput,
  PublicArticle,
  Publication,
  PublishInput,
} from '@ainotebook/contract';
import { schema, type Tx } from '@ainotebook/db';
import { languageOf } from '@ainotebook/text/search';
import { and, desc, eq, isNull, ne, type SQL, sql } from 'drizzle-orm';
import type { ApiConfig, AuthedContext, Context } from '../context.js';
import { notFound } from '../errors.js';
import {
  beyondInstant,
  decodeCursor,
  instantCursor,
  selectInstantKey,
  toPage,
} from '../pagination.js';
import { resolveSlug } from './public-articles.js';
import { currentSlug, isSlugFree, keepOrMakeSlug, storedSlug, takeSlug } from './slugs.js';

const { articles, publications, revisions, slugs } = schema;

/** Names of the article's tags now. */
const presentTags = sql<string[]>`array(
  select t.name from article_tags at join tags t on t.id = at.tag_id
  where at.article_id = "articles"."id" order by t.name)`;

type Caller = Pick<AuthedContext, 'db' | 'auth' | 'config'>;

/**
 * Puts the article's present text before its readers, or brings what is live up to it. The first
 * `publishedAt` stays; `updatedAt` moves when readers get another text.
 * @throws AppError not_found (absent, foreign, trashed), slug_taken
 */
export async function publishArticle(ctx: Caller, input: PublishInput): Promise<Publication> {
  const { userId } = ctx.auth;
  return ctx.db.transaction(async (tx) => {
    const [article] = await tx
      .select({
        id: articles.id,
        title: articles.title,
        content: articles.content,
        contentHash: articles.contentHash,
        excerpt: articles.excerpt,
        wordCount: articles.wordCount,
        revision: articles.revision,
        tags: presentTags,
      })
      .from(articles)
      .where(
        and(
          eq(articles.id, input.articleId),
          eq(articles.userId, userId),
          isNull(articles.deletedAt),
        ),
      )
      .for('no key update');
    if (!article) throw notFound('Article');
    const { id: articleId, ...snapshot } = article;
    const isUnchanged = sql`${publications.contentHash} = ${snapshot.contentHash}
      and ${publications.withdrawnAt} is null`;
    // Without a word about visibility, what is unlisted does not become listed.
    const visibility = input.visibility ? { visibility: input.visibility } : {};
    const language = languageOf(article.content || article.title);
    const live = { ...snapshot, ...visibility, language, withdrawnAt: null };
    await tx
      .insert(publications)
      .values({ ...live, articleId, userId })
      .onConflictDoUpdate({
        target: publications.articleId,
        set: {
          ...live,
          updatedAt: sql`case when ${isUnchanged} then ${publications.updatedAt} else now() end`,
        },
      });
    if (input.slug) await takeSlug(tx, articleId, storedSlug(input.slug));
    else await keepOrMakeSlug(tx, articleId, article.title);
    await keepPublishedText(tx, article);
    // Plain SQL: publishing is no edit of the article and leaves its updated_at alone.
    await tx.execute(sql`
      update articles set status = 'published' where id = ${articleId} and status <> 'published'`);
    const published = await selectLive(tx, eq(publications.articleId, articleId)).limit(1);
    if (!published[0]) throw notFound('Article');
    return toPublication(ctx.config, published[0]);
  });
}

/** A revision marks what went live, unless the newest one holds that very text. */
async function keepPublishedText(
  tx: Tx,
  article: {
    id: string;
    title: string;
    content: string;
    contentHash: string;
    wordCount: number;
    revision: number;
  },
): Promise<void> {
  const [newest] = await tx
    .select({ contentHash: revisions.contentHash })
    .from(revisions)
    .where(and(eq(revisions.articleId, article.id), ne(revisions.kind, 'conflict')))
    .orderBy(desc(revisions.createdAt), desc(revisions.id))
    .limit(1);
  if (newest?.contentHash === article.contentHash) return;
  const { id: articleId, revision: number, title, content, contentHash, wordCount } = article;
  await tx
    .insert(revisions)
    .values({ articleId, number, kind: 'publish', title, content, contentHash, wordCount });
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
    await tx
      .update(publications)
      .set({ withdrawnAt: sql`now()` })
      .where(and(eq(publications.articleId, article.id), isNull(publications.withdrawnAt)));
    await tx.execute(sql`
      update articles set status = 'draft' where id = ${article.id} and status = 'published'`);
  });
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
  const after = input.cursor
    ? beyondInstant(
        'desc',
        { instant: publications.publishedAt, id: publications.articleId },
        decodeCursor(input.cursor, instantCursor),
      )
    : undefined;
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

/** A live article by its current slug, for anybody. @throws AppError not_found */
export async function readPublication(
  ctx: Pick<Context, 'db' | 'config'>,
  input: { slug: string },
): Promise<PublicArticle> {
  const found = await resolveSlug(ctx.db, input.slug);
  if (found.kind !== 'live') throw notFound('Article');
  const {
    articleId: _article,
    authorId: _author,
    visibility: _visibility,
    ...article
  } = found.publication;
  const url = publicUrl(ctx.config, article.slug);
  return { ...article, url, canonicalUrl: article.canonicalUrl ?? url };
}

function publicUrl(config: Pick<ApiConfig, 'appUrl'>, slug: string): string {
  return `${config.appUrl}/p/${encodeURIComponent(slug)}`;
}

function selectLive(db: Pick<Tx, 'select'>, where: SQL | undefined) {
  return db
    .select({
      articleId: publications.articleId,
      slug: slugs.slug,
      title: publications.title,
      visibility: publications.visibility,
      excerpt: publications.excerpt,
      customExcerpt: publications.customExcerpt,
      coverUrl: publications.coverUrl,
      canonicalUrl: publications.canonicalUrl,
      language: publications.language,
      customLanguage: publications.customLanguage,
      translations: sql<Publication['translations']>`'[]'::jsonb`,
      isBlocked: sql<boolean>`${publications.blockedAt} is not null`,
      revision: publications.revision,
      hasUnpublishedChanges: sql<boolean>`(${articles.contentHash} <> ${publications.contentHash}
        or ${presentTags} <> ${publications.tags})`,
      views: articles.views,
      publishedAt: publications.publishedAt,
      updatedAt: publications.updatedAt,
      position: selectInstantKey(publications.publishedAt),
    })
    .from(publications)
    .innerJoin(articles, eq(articles.id, publications.articleId))
    .innerJoin(slugs, currentSlug())
    .where(and(isNull(publications.withdrawnAt), isNull(articles.deletedAt), where))
    .$dynamic();
}

function toPublication(
  config: Pick<ApiConfig, 'appUrl'>,
  row: Omit<Publication, 'url'> & { position: number },
): Publication {
  const { position: _, ...publication } = row;
  return { ...publication, url: publicUrl(config, row.slug) };
}
