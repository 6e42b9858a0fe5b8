import { type AiLevel, isStorableText, LIMITS, type PublicProfile } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import { afterCursor, selectInstantKey, toPage } from '../pagination.js';
import { foldTagName } from '../tags/tag-names.js';
import { publicText } from './access.js';
import { profileColumns, shownAiLevel } from './public-articles.js';
import { currentSlug } from './slugs.js';

const { articles, publications, slugs, users } = schema;

/** Public, live, and its author active; needs the joins of `articles` and `users`. */
const isPublic = () =>
  and(
    isNull(publications.withdrawnAt),
    isNull(publications.blockedAt),
    // Literal, so that the planner sees that the index of live articles holds them all.
    sql`${publications.visibility} = 'public'`,
    isNull(articles.deletedAt),
    eq(users.status, 'active'),
  );

const hasTag = (tag: string) =>
  sql`${publications.tagKeys} @> array[${foldTagName(tag.slice(0, LIMITS.tagNameLength))}]::text[]`;

/** A public article as lists and feeds show it. */
export interface PublicArticleSummary {
  slug: string;
  title: string;
  excerpt: string;
  coverUrl: string | null;
  language: 'zh-CN' | 'en';
  tags: string[];
  wordCount: number;
  /** Everybody may read the beginning only. */
  isMembersOnly: boolean;
  /** How much of it an AI wrote, as far as its author tells. */
  ai: AiLevel;
  views: number;
  author: PublicProfile;
  publishedAt: Date;
  updatedAt: Date;
}

export interface PublicListOptions {
  limit: number;
  cursor?: string | null;
  handle?: string;
  tag?: string;
}

/**
 * Public articles of active authors (of one author with `handle`, under one tag with `tag`), the
 * newest first; unlisted ones
 * are never among them. @throws AppError bad_input on a forged cursor
 */
export async function listPublicArticles(
  db: Db | Tx,
  options: PublicListOptions,
): Promise<{ items: PublicArticleSummary[]; nextCursor: string | null }> {
  const { limit, cursor, handle, tag } = options;
  if (!isStorableText(`${handle ?? ''}${tag ?? ''}`)) return { items: [], nextCursor: null };
  const position = { instant: publications.publishedAt, id: publications.articleId };
  const rows = await db
    .select({
      articleId: publications.articleId,
      position: selectInstantKey(publications.publishedAt),
      slug: slugs.slug,
      title: publications.title,
      excerpt: publications.excerpt,
      coverUrl: publications.coverUrl,
      language: publications.language,
      tags: publications.tags,
      wordCount: publications.wordCount,
      isMembersOnly: sql<boolean>`${publications.access} <> 'everyone'`,
      ai: shownAiLevel,
      views: articles.views,
      author: profileColumns,
      publishedAt: publications.publishedAt,
      updatedAt: publications.updatedAt,
    })
    .from(publications)
    .innerJoin(articles, eq(articles.id, publications.articleId))
    .innerJoin(users, eq(users.id, publications.userId))
    .innerJoin(slugs, currentSlug())
    .where(
      and(
        isPublic(),
        handle === undefined ? undefined : eq(users.handle, handle.toLowerCase()),
        tag === undefined ? undefined : hasTag(tag),
        afterCursor('desc', position, cursor),
      ),
    )
    .orderBy(desc(publications.publishedAt), desc(publications.articleId))
    .limit(limit + 1);
  return toPage(rows, limit, {
    keyOf: (row) => [row.position, row.articleId],
    itemOf: ({ articleId: _, position: __, ...item }) => item,
  });
}

/** Articles whose tags `listPublicTags` counts: the newest. */
const TAGGED_ARTICLES = 1_000;

/** A tag of public articles with how many of the newest have it. */
export interface PublicTag {
  name: string;
  articleCount: number;
}

/** The tags of the newest 1,000 public articles, the most used first. */
export async function listPublicTags(
  db: Db | Tx,
  { limit, handle }: { limit: number; handle?: string },
): Promise<PublicTag[]> {
  const newest = db
    .select({ tags: publications.tags, tagKeys: publications.tagKeys })
    .from(publications)
    .innerJoin(articles, eq(articles.id, publications.articleId))
    .innerJoin(users, eq(users.id, publications.userId))
    .where(and(isPublic(), handle === undefined ? undefined : eq(users.handle, handle)))
    .orderBy(desc(publications.publishedAt), desc(publications.articleId))
    .limit(TAGGED_ARTICLES);
  const { rows } = await db.execute<{ name: string; count: number }>(sql`
    select min(tag.name) as name, count(*)::int as count
    from (${newest}) newest, unnest(newest.tags, newest.tag_keys) as tag(name, key)
    group by tag.key order by count(*) desc, tag.key limit ${limit}`);
  return rows.map(({ name, count }) => ({ name, articleCount: count }));
}

/** A public article as a sitemap lists it. */
export interface SitemapEntry {
  slug: string;
  updatedAt: Date;
  language: 'zh-CN' | 'en';
  /** Its translations, without itself. */
  alternates: { slug: string; language: 'zh-CN' | 'en' }[];
}

/** How many articles the sitemap lists. */
export async function countPublicArticles(db: Db | Tx): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(publications)
    .innerJoin(articles, eq(articles.id, publications.articleId))
    .innerJoin(users, eq(users.id, publications.userId))
    .where(isPublic());
  return row?.count ?? 0;
}

/** One part of the sitemap, counted from 1; the oldest articles first, so that full parts stay. */
export async function readSitemapPart(
  db: Db | Tx,
  { part, size }: { part: number; size: number },
): Promise<SitemapEntry[]> {
  return db
    .select({
      slug: slugs.slug,
      updatedAt: publications.updatedAt,
      language: publications.language,
      alternates: sql<SitemapEntry['alternates']>`coalesce((
        select jsonb_agg(jsonb_build_object('slug', s.slug, 'language', other.language)
          order by other.language)
        from publications other
        join articles a on a.id = other.article_id and a.deleted_at is null
        join slugs s on s.article_id = other.article_id and s.is_current
        where other.translation_group = ${publications.translationGroup}
          and other.article_id <> ${publications.articleId} and other.withdrawn_at is null
          and other.blocked_at is null and other.visibility = 'public'), '[]')`,
    })
    .from(publications)
    .innerJoin(articles, eq(articles.id, publications.articleId))
    .innerJoin(users, eq(users.id, publications.userId))
    .innerJoin(slugs, currentSlug())
    .where(isPublic())
    .orderBy(publications.publishedAt, publications.articleId)
    .limit(size)
    .offset((part - 1) * size);
}

/** What everybody may read of live public articles, by slug, for those of `slugsWanted` there are. */
export async function readPublicContents(
  db: Db | Tx,
  slugsWanted: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db
    .select({ slug: slugs.slug, content: publicText })
    .from(publications)
    .innerJoin(articles, eq(articles.id, publications.articleId))
    .innerJoin(users, eq(users.id, publications.userId))
    .innerJoin(slugs, currentSlug())
    .where(and(isPublic(), sql`${slugs.slug} = any(${sql.param(slugsWanted)}::text[])`));
  return new Map(rows.map(({ slug, content }) => [slug, content]));
}
