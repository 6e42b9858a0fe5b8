import type { ArticleLink, Backlink, ListBacklinksInput } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { extractWikiLinks } from '@ainotebook/text/markdown';
import { plainText } from '@ainotebook/text/plain';
import { and, asc, desc, eq, isNull, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { AuthedContext } from '../context.js';
import { notFound } from '../errors.js';
import { afterCursor, selectInstantKey, toPage } from '../pagination.js';

const { articleLinks, articles } = schema;

type Caller = Pick<AuthedContext, 'db' | 'auth'>;

/** Links shown of one article; a text has at most 1,000. */
const SHOWN_LINKS = 1_000;

async function requireArticle({ db, auth }: Caller, articleId: string): Promise<void> {
  const [article] = await db
    .select({ id: articles.id })
    .from(articles)
    .where(and(eq(articles.id, articleId), eq(articles.userId, auth.userId)));
  if (!article) throw notFound('Article');
}

/** Where the wiki links of an article lead, in the order of the text. @throws AppError not_found */
export async function listLinks(
  ctx: Caller,
  { articleId }: { articleId: string },
): Promise<{ items: ArticleLink[] }> {
  await requireArticle(ctx, articleId);
  const target = alias(articles, 'target');
  const items = await ctx.db
    .select({ target: articleLinks.targetTitle, targetId: target.id, title: target.title })
    .from(articleLinks)
    .leftJoin(target, and(eq(target.id, articleLinks.targetId), isNull(target.deletedAt)))
    .where(and(eq(articleLinks.sourceId, articleId), eq(articleLinks.userId, ctx.auth.userId)))
    .orderBy(asc(articleLinks.offset), asc(articleLinks.targetKey))
    .limit(SHOWN_LINKS);
  return { items };
}

/** Text of a source read around its link, in UTF-16 units to either side. */
const AROUND = 300;
/** Words shown around a link, to either side. */
const CONTEXT = 60;

/**
 * The articles that lead to one, the newest change first, with the words around their first link.
 * @throws AppError not_found, bad_input
 */
export async function listBacklinks(
  ctx: Caller,
  { articleId, limit, cursor }: ListBacklinksInput,
): Promise<{ items: Backlink[]; nextCursor: string | null }> {
  await requireArticle(ctx, articleId);
  const position = { instant: articles.updatedAt, id: articles.id };
  const rows = await ctx.db
    .select({
      articleId: articles.id,
      title: articles.title,
      updatedAt: articles.updatedAt,
      around: sql<string>`substr(${articles.content},
        greatest(1, ${articleLinks.offset} + 1 - ${AROUND}), ${2 * AROUND + LIMITS.titleLength})`,
      linkTarget: articleLinks.targetTitle,
      position: selectInstantKey(articles.updatedAt),
    })
    .from(articleLinks)
    .innerJoin(articles, eq(articles.id, articleLinks.sourceId))
    .where(
      and(
        eq(articleLinks.targetId, articleId),
        eq(articleLinks.userId, ctx.auth.userId),
        isNull(articles.deletedAt),
        afterCursor('desc', position, cursor),
      ),
    )
    .orderBy(desc(articles.updatedAt), desc(articles.id))
    .limit(limit + 1);
  return toPage(rows, limit, {
    keyOf: (row) => [row.position, row.articleId],
    itemOf: ({ around, linkTarget, position: _, ...source }) => ({
      ...source,
      ...contextOf(around, linkTarget),
    }),
  });
}

/** A stretch of a line without Markdown's marks; a space at either end stays. */
function text(part: string): string {
  const start = /^[*_~=`]*\s/.test(part) ? ' ' : '';
  const end = /\s[*_~=`]*$/.test(part) ? ' ' : '';
  const words = plainText(part).replace(/\s+/gu, ' ');
  return words === '' ? start || end : start + words + end;
}

/** The line with the link, without Markdown's marks. */
function contextOf(around: string, target: string): Pick<Backlink, 'context' | 'range'> {
  const link = extractWikiLinks(around).find((found) => found.target === target);
  const shown = link?.alias ?? target;
  const lineStart = link ? around.lastIndexOf('\n', link.start) + 1 : 0;
  const lineEnd = link ? around.indexOf('\n', link.end) : -1;
  const before = link ? text(around.slice(lineStart, link.start)).slice(-CONTEXT) : '';
  const after = link
    ? text(around.slice(link.end, lineEnd < 0 ? undefined : lineEnd)).slice(0, CONTEXT)
    : '';
  return {
    context: `${before}${shown}${after}`.toWellFormed(),
    range: [before.length, before.length + shown.length],
  };
}
