import type { Publication, PublishInput } from '@ainotebook/contract';
import { dbFailure, schema, type Tx } from '@ainotebook/db';
import { enqueue } from '@ainotebook/jobs';
import { excerptOf, previewOf } from '@ainotebook/text/plain';
import { languageOf } from '@ainotebook/text/search';
import { and, desc, eq, isNull, ne, sql } from 'drizzle-orm';
import { requirePlan } from '../billing/plans.service.js';
import type { ApiConfig } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { fileIdsIn, writePublicationFiles } from '../files/file-uses.js';
import { readLevel } from '../provenance/ai-level.js';
import { foldTagName } from '../tags/tag-names.js';
import { emitWebhooks } from '../webhooks/emit.js';
import { toAccess } from './access.js';
import { drawPublicationImage } from './publication-jobs.js';
import { presentTags, selectLive, toPublication } from './publication-rows.js';
import { keepOrMakeSlug, storedSlug, takeSlug } from './slugs.js';
import { joinTranslations } from './translations.js';

const { articles, publicationSchedules, publications, revisions } = schema;

/** What is published: one person's article, with the settings that person chose. */
export interface PublishOrder extends PublishInput {
  userId: string;
}

/**
 * Publishes in the caller's transaction; a schedule of the article ends with it.
 * @throws AppError not_found (article or plan), slug_taken, translation_taken, publication_blocked
 */
export async function publishWithin(
  tx: Tx,
  config: Pick<ApiConfig, 'appUrl'>,
  order: PublishOrder,
): Promise<Publication> {
  const article = await lockArticle(tx, order);
  const { id: articleId, aiDeclared: _, ...snapshot } = article;
  const before = await readSettings(tx, articleId);
  if (before?.blockedAt) {
    throw new AppError('publication_blocked', 'An administrator has closed this article');
  }
  // An excerpt of nothing is none.
  const customExcerpt = chosen(order.excerpt, before?.customExcerpt) || null;
  const access = order.access ?? (before ? toAccess(before) : { kind: 'everyone' });
  if (order.access?.kind === 'plan') await requirePlan(tx, order.access.planId);
  const previewBlocks = chosen(order.previewBlocks, before?.previewBlocks);
  const preview = access.kind === 'everyone' ? null : previewOf(article.content, previewBlocks);
  const customLanguage = chosen(order.language, before?.customLanguage);
  const language = customLanguage ?? languageOf(article.content || article.title);
  const settings = {
    customExcerpt,
    customLanguage,
    language,
    coverUrl: chosen(order.coverUrl, before?.coverUrl),
    canonicalUrl: chosen(order.canonicalUrl, before?.canonicalUrl),
    // Without a word about visibility, what is unlisted does not become listed.
    ...(order.visibility ? { visibility: order.visibility } : {}),
    access: access.kind,
    accessPlanId: access.kind === 'plan' ? access.planId : null,
    previewBlocks,
    aiLevel: await readLevel(tx, article),
    hasAiLabel: order.hasAiLabel ?? before?.hasAiLabel ?? true,
    translationGroup: await joinTranslations(tx, {
      ...order,
      language,
      present: before?.translationGroup ?? null,
    }),
  };
  const live = {
    ...snapshot,
    ...settings,
    preview,
    excerpt: customExcerpt ?? (preview === null ? article.excerpt : excerptOf(preview)),
    tagKeys: article.tags.map(foldTagName),
    withdrawnAt: null,
  };
  await writePublication(tx, articleId, order.userId, live);
  const shown = fileIdsIn(`${preview ?? live.content}\n${live.coverUrl ?? ''}`);
  const hidden = fileIdsIn(live.content).filter((id) => !shown.includes(id));
  await writePublicationFiles(tx, { articleId, userId: order.userId }, { shown, hidden });
  if (order.slug) await takeSlug(tx, articleId, storedSlug(order.slug));
  else await keepOrMakeSlug(tx, articleId, article.title);
  await keepPublishedText(tx, article);
  // Plain SQL: publishing is no edit of the article and leaves its updated_at alone.
  await tx.execute(sql`
    update articles set status = 'published' where id = ${articleId} and status <> 'published'`);
  await tx.delete(publicationSchedules).where(eq(publicationSchedules.articleId, articleId));
  await enqueue(tx, drawPublicationImage, { articleId }, { dedupeKey: articleId });
  const [published] = await selectLive(tx, eq(publications.articleId, articleId)).limit(1);
  if (!published) throw notFound('Article');
  const publication = toPublication(config, published);
  const { title, slug, url } = publication;
  const type = before && before.withdrawnAt === null ? 'article.updated' : 'article.published';
  await emitWebhooks(tx, [order.userId], [{ type, data: { articleId, title, slug, url } }]);
  return publication;
}

/** What was asked for; without a word, what was there. */
function chosen<T>(asked: T | null | undefined, before: T | null | undefined): T | null {
  return (asked === undefined ? before : asked) ?? null;
}

async function lockArticle(tx: Tx, { articleId, userId }: PublishOrder) {
  const [article] = await tx
    .select({
      id: articles.id,
      title: articles.title,
      content: articles.content,
      contentHash: articles.contentHash,
      excerpt: articles.excerpt,
      wordCount: articles.wordCount,
      revision: articles.revision,
      aiDeclared: articles.aiDeclared,
      tags: presentTags,
    })
    .from(articles)
    .where(and(eq(articles.id, articleId), eq(articles.userId, userId), isNull(articles.deletedAt)))
    .for('no key update');
  if (!article) throw notFound('Article');
  return article;
}

async function readSettings(tx: Tx, articleId: string) {
  const [row] = await tx
    .select({
      customExcerpt: publications.customExcerpt,
      customLanguage: publications.customLanguage,
      coverUrl: publications.coverUrl,
      canonicalUrl: publications.canonicalUrl,
      translationGroup: publications.translationGroup,
      access: publications.access,
      accessPlanId: publications.accessPlanId,
      previewBlocks: publications.previewBlocks,
      hasAiLabel: publications.hasAiLabel,
      blockedAt: publications.blockedAt,
      withdrawnAt: publications.withdrawnAt,
    })
    .from(publications)
    .where(eq(publications.articleId, articleId))
    .for('update');
  return row;
}

/** The first `publishedAt` stays; `updatedAt` moves when readers get another text. */
async function writePublication(
  tx: Tx,
  articleId: string,
  userId: string,
  live: Omit<typeof publications.$inferInsert, 'articleId' | 'userId'>,
): Promise<void> {
  const isUnchanged = sql`${publications.contentHash} = ${live.contentHash}
    and ${publications.withdrawnAt} is null`;
  try {
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
  } catch (error) {
    if (dbFailure(error)?.constraint !== 'idx_publications_translation') throw error;
    throw new AppError('translation_taken', 'There is an article in this language already', {
      cause: error,
    });
  }
}

/** A revision marks what went live, unless the newest one holds that very text. */
async function keepPublishedText(
  tx: Tx,
  article: Awaited<ReturnType<typeof lockArticle>>,
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
