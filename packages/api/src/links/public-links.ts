import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { currentSlug } from '../publications/slugs.js';

const { articleLinks, articles, publications, slugs } = schema;

/** Where the wiki links of a published article lead readers, by title key: to what is public itself. */
export async function readPublicLinks(
  db: Db | Tx,
  articleId: string,
): Promise<Record<string, string>> {
  const rows = await db
    .select({ key: articleLinks.targetKey, slug: slugs.slug })
    .from(articleLinks)
    .innerJoin(publications, eq(publications.articleId, articleLinks.targetId))
    .innerJoin(articles, eq(articles.id, publications.articleId))
    .innerJoin(slugs, currentSlug())
    .where(
      and(
        eq(articleLinks.sourceId, articleId),
        eq(publications.userId, articleLinks.userId),
        isNull(publications.withdrawnAt),
        isNull(publications.blockedAt),
        sql`${publications.visibility} = 'public'`,
        isNull(articles.deletedAt),
      ),
    )
    .orderBy(articleLinks.targetKey);
  return Object.fromEntries(rows.map(({ key, slug }) => [key, `/p/${encodeURIComponent(slug)}`]));
}
