import type { IdFilter } from '@ainotebook/cache';
import {
  type AiLevel,
  isStorableText,
  LIMITS,
  type PublicArticle,
  type PublicProfile,
} from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { publicText, toAccess } from './access.js';
import { storedSlug } from './slugs.js';

const { articles, publications, slugs, users } = schema;

/**
 * A live article with what the host needs to count and to index it, as everybody may read it: `content`
 * is the beginning of one that is not for everybody. All of it: `openWhole`.
 */
export interface LivePublication extends Omit<PublicArticle, 'url' | 'canonicalUrl'> {
  /** Null: its address here. */
  canonicalUrl: string | null;
  articleId: string;
  authorId: string;
  /** Unlisted articles are read by their address only. */
  visibility: 'public' | 'unlisted';
  /** Of the picture at `/p/:slug/og.png`; null while there is none. */
  imageVersion: string | null;
  /** The author's other live articles that say the same in another language. */
  translations: { slug: string; language: 'zh-CN' | 'en' }[];
  /** The author's public articles published just before and after; an unlisted one has none. */
  previous: Neighbour | null;
  next: Neighbour | null;
}

/** An article as a link to it needs it. */
export interface Neighbour {
  slug: string;
  title: string;
}

/** What an address under `/p/` leads to. */
export type ResolvedSlug =
  | { kind: 'live'; publication: LivePublication }
  /** A former slug of a live article. */
  | { kind: 'moved'; slug: string }
  /** Withdrawn or trashed by its author, or closed by an administrator. */
  | { kind: 'gone'; authorHandle: string }
  /** Never used, or its author is suspended. */
  | { kind: 'missing' };

export const profileColumns = {
  handle: users.handle,
  displayName: users.displayName,
  bio: users.bio,
  createdAt: users.createdAt,
};

/** How much of it an AI wrote, as far as its author tells. */
export const shownAiLevel = sql<AiLevel>`case when ${publications.hasAiLabel}
  then ${publications.aiLevel} else 'none' end`;

/** The live articles of the group, as an alias `other`; blocked and withdrawn ones are not among them. */
const translations = sql<LivePublication['translations']>`coalesce((
  select jsonb_agg(jsonb_build_object('slug', s.slug, 'language', other.language)
    order by other.language)
  from publications other
  join articles a on a.id = other.article_id and a.deleted_at is null
  join slugs s on s.article_id = other.article_id and s.is_current
  where other.translation_group = "publications"."translation_group"
    and other.article_id <> "publications"."article_id"
    and other.withdrawn_at is null and other.blocked_at is null
    and other.visibility = 'public'), '[]')`;

/** The public article of the author just before (`<`) or after (`>`) the one that is read. */
function neighbour(side: '<' | '>') {
  const order = sql.raw(side === '<' ? 'desc' : 'asc');
  return sql<Neighbour | null>`(
    select jsonb_build_object('slug', s.slug, 'title', other.title)
    from publications other
    join articles a on a.id = other.article_id and a.deleted_at is null
    join slugs s on s.article_id = other.article_id and s.is_current
    where other.user_id = "publications"."user_id" and "publications"."visibility" = 'public'
      and other.withdrawn_at is null and other.blocked_at is null and other.visibility = 'public'
      and (other.published_at, other.article_id) ${sql.raw(side)}
        ("publications"."published_at", "publications"."article_id")
    order by other.published_at ${order}, other.article_id ${order} limit 1)`;
}

/** The article, redirect or absence behind a slug, as any reader may know it. One statement. */
export async function resolveSlug(db: Db | Tx, slug: string): Promise<ResolvedSlug> {
  const wanted = storedSlug(slug);
  if (!isStorableText(wanted) || wanted.length > LIMITS.slugLength) return { kind: 'missing' };
  const [row] = await db
    .select({
      slug: sql<string | null>`(
        select current.slug from slugs current
        where current.article_id = ${slugs.articleId} and current.is_current)`,
      withdrawnAt: publications.withdrawnAt,
      blockedAt: publications.blockedAt,
      deletedAt: articles.deletedAt,
      articleId: publications.articleId,
      authorId: publications.userId,
      visibility: publications.visibility,
      title: publications.title,
      content: publicText,
      access: publications.access,
      accessPlanId: publications.accessPlanId,
      excerpt: publications.excerpt,
      coverUrl: publications.coverUrl,
      canonicalUrl: publications.canonicalUrl,
      language: publications.language,
      wordCount: publications.wordCount,
      views: articles.views,
      ai: shownAiLevel,
      publishedAt: publications.publishedAt,
      updatedAt: publications.updatedAt,
      tags: publications.tags,
      imageVersion: sql<string | null>`(
        select i.version from publication_images i where i.article_id = "publications"."article_id")`,
      translations,
      previous: neighbour('<'),
      next: neighbour('>'),
      author: profileColumns,
    })
    .from(slugs)
    .innerJoin(publications, eq(publications.articleId, slugs.articleId))
    .innerJoin(articles, eq(articles.id, publications.articleId))
    .innerJoin(users, eq(users.id, publications.userId))
    .where(and(eq(slugs.slug, wanted), eq(users.status, 'active')));
  if (!row) return { kind: 'missing' };
  const { slug: current, withdrawnAt, blockedAt, deletedAt, accessPlanId, ...publication } = row;
  if (withdrawnAt || blockedAt || deletedAt || !current) {
    return { kind: 'gone', authorHandle: row.author.handle };
  }
  if (current !== wanted) return { kind: 'moved', slug: current };
  const access = toAccess({ access: publication.access, accessPlanId });
  const isPreview = access.kind !== 'everyone';
  return { kind: 'live', publication: { ...publication, access, isPreview, slug: current } };
}

/** What anybody may know of an active user; null when there is none of that handle. */
export async function getPublicProfile(db: Db | Tx, handle: string): Promise<PublicProfile | null> {
  if (!isStorableText(handle)) return null;
  const [profile] = await db
    .select(profileColumns)
    .from(users)
    .where(and(eq(users.handle, handle.toLowerCase()), eq(users.status, 'active')));
  return profile ?? null;
}

/** The picture of a live article by its current slug; null while there is none. */
export async function readPublicationImage(
  { db, slugFilter }: { db: Db | Tx; slugFilter: Pick<IdFilter, 'mayExist'> },
  slug: string,
): Promise<{ version: string; png: Buffer } | null> {
  const wanted = storedSlug(slug);
  if (!isStorableText(wanted) || wanted.length > LIMITS.slugLength) return null;
  if (!(await slugFilter.mayExist(wanted))) return null;
  const { publicationImages } = schema;
  const [image] = await db
    .select({ version: publicationImages.version, png: publicationImages.png })
    .from(slugs)
    .innerJoin(publications, eq(publications.articleId, slugs.articleId))
    .innerJoin(publicationImages, eq(publicationImages.articleId, slugs.articleId))
    .innerJoin(articles, eq(articles.id, slugs.articleId))
    .innerJoin(users, eq(users.id, publications.userId))
    .where(
      and(
        eq(slugs.slug, wanted),
        eq(slugs.isCurrent, true),
        isNull(publications.withdrawnAt),
        isNull(publications.blockedAt),
        isNull(articles.deletedAt),
        eq(users.status, 'active'),
      ),
    );
  return image ?? null;
}
