import {
  isStorableText,
  LIMITS,
  type PublicArticle,
  type PublicProfile,
} from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import {
  beyondInstant,
  decodeCursor,
  instantCursor,
  selectInstantKey,
  toPage,
} from '../pagination.js';
import { currentSlug, storedSlug } from './slugs.js';

const { articles, publications, slugs, users } = schema;

/** A live article with what the host needs to count and to index it. */
export interface LivePublication extends Omit<PublicArticle, 'url' | 'canonicalUrl'> {
  /** Null: its address here. */
  canonicalUrl: string | null;
  articleId: string;
  authorId: string;
  /** Unlisted articles are read by their address only. */
  visibility: 'public' | 'unlisted';
}

/** What an address under `/p/` leads to. */
export type ResolvedSlug =
  | { kind: 'live'; publication: LivePublication }
  /** A former slug of a live article. */
  | { kind: 'moved'; slug: string }
  /** Withdrawn or trashed by its author. */
  | { kind: 'gone'; authorHandle: string }
  /** Never used, or its author is suspended. */
  | { kind: 'missing' };

const profileColumns = {
  handle: users.handle,
  displayName: users.displayName,
  bio: users.bio,
  createdAt: users.createdAt,
};

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
      deletedAt: articles.deletedAt,
      articleId: publications.articleId,
      authorId: publications.userId,
      visibility: publications.visibility,
      title: publications.title,
      content: publications.content,
      excerpt: publications.excerpt,
      coverUrl: publications.coverUrl,
      canonicalUrl: publications.canonicalUrl,
      language: publications.language,
      wordCount: publications.wordCount,
      views: articles.views,
      publishedAt: publications.publishedAt,
      updatedAt: publications.updatedAt,
      tags: publications.tags,
      author: profileColumns,
    })
    .from(slugs)
    .innerJoin(publications, eq(publications.articleId, slugs.articleId))
    .innerJoin(articles, eq(articles.id, publications.articleId))
    .innerJoin(users, eq(users.id, publications.userId))
    .where(and(eq(slugs.slug, wanted), eq(users.status, 'active')));
  if (!row) return { kind: 'missing' };
  const { slug: current, withdrawnAt, deletedAt, ...publication } = row;
  if (withdrawnAt || deletedAt || !current) {
    return { kind: 'gone', authorHandle: row.author.handle };
  }
  if (current !== wanted) return { kind: 'moved', slug: current };
  return { kind: 'live', publication: { ...publication, slug: current } };
}

/** A public article as lists and feeds show it. */
export interface PublicArticleSummary {
  slug: string;
  title: string;
  excerpt: string;
  wordCount: number;
  views: number;
  author: PublicProfile;
  publishedAt: Date;
  updatedAt: Date;
}

/**
 * Public articles of active authors (of one author with `handle`), the newest first; unlisted ones
 * are never among them. @throws AppError bad_input on a forged cursor
 */
export async function listPublicArticles(
  db: Db | Tx,
  options: { limit: number; cursor?: string | null; handle?: string },
): Promise<{ items: PublicArticleSummary[]; nextCursor: string | null }> {
  const { limit, cursor, handle } = options;
  if (handle !== undefined && !isStorableText(handle)) return { items: [], nextCursor: null };
  const position = { instant: publications.publishedAt, id: publications.articleId };
  const rows = await db
    .select({
      articleId: publications.articleId,
      position: selectInstantKey(publications.publishedAt),
      slug: slugs.slug,
      title: publications.title,
      excerpt: publications.excerpt,
      wordCount: publications.wordCount,
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
        isNull(publications.withdrawnAt),
        // Literal, so that the planner sees that the index of live articles holds them all.
        sql`${publications.visibility} = 'public'`,
        isNull(articles.deletedAt),
        eq(users.status, 'active'),
        handle === undefined ? undefined : eq(users.handle, handle.toLowerCase()),
        cursor ? beyondInstant('desc', position, decodeCursor(cursor, instantCursor)) : undefined,
      ),
    )
    .orderBy(desc(publications.publishedAt), desc(publications.articleId))
    .limit(limit + 1);
  return toPage(rows, limit, {
    keyOf: (row) => [row.position, row.articleId],
    itemOf: ({ articleId: _, position: __, ...item }) => item,
  });
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
