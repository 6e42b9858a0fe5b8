import type { Publication } from '@ainotebook/contract';
import { schema, type Tx } from '@ainotebook/db';
import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { ApiConfig } from '../context.js';
import { selectInstantKey } from '../pagination.js';
import { type AccessColumns, toAccess } from './access.js';
import { currentSlug } from './slugs.js';

const { articles, publications, slugs } = schema;

/** Names of the article's tags now. */
export const presentTags = sql<string[]>`array(
  select t.name from article_tags at join tags t on t.id = at.tag_id
  where at.article_id = "articles"."id" order by t.name)`;

/** The author's other live articles that say the same in another language. */
const translations = sql<Publication['translations']>`coalesce((
  select jsonb_agg(jsonb_build_object(
    'articleId', other.article_id, 'language', other.language, 'title', other.title)
    order by other.language)
  from publications other
  where other.translation_group = "publications"."translation_group"
    and other.article_id <> "publications"."article_id" and other.withdrawn_at is null), '[]')`;

/** Rows of what is live, as their author sees them; narrow it by `where`. */
export function selectLive(db: Pick<Tx, 'select'>, where: SQL | undefined) {
  return db
    .select({
      articleId: publications.articleId,
      slug: slugs.slug,
      title: publications.title,
      visibility: publications.visibility,
      access: publications.access,
      accessPlanId: publications.accessPlanId,
      previewBlocks: publications.previewBlocks,
      excerpt: publications.excerpt,
      customExcerpt: publications.customExcerpt,
      coverUrl: publications.coverUrl,
      canonicalUrl: publications.canonicalUrl,
      language: publications.language,
      customLanguage: publications.customLanguage,
      translations,
      aiLevel: publications.aiLevel,
      hasAiLabel: publications.hasAiLabel,
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

/** The row as it goes out. */
export function toPublication(
  config: Pick<ApiConfig, 'appUrl'>,
  row: Omit<Publication, 'url' | 'access'> & AccessColumns & { position: number },
): Publication {
  const { position: _, access, accessPlanId, ...publication } = row;
  const url = publicUrl(config, row.slug);
  return { ...publication, access: toAccess({ access, accessPlanId }), url };
}

/** Where a slug is read. */
export function publicUrl(config: Pick<ApiConfig, 'appUrl'>, slug: string): string {
  return `${config.appUrl}/p/${encodeURIComponent(slug)}`;
}
