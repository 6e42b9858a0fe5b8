import type * as C from '@ainotebook/contract';
import { isStorableText } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, asc, desc, eq, gt, isNotNull, isNull, ne, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { AuthedContext } from '../context.js';
import { notFound } from '../errors.js';
import {
  beyondInstant,
  decodeCursor,
  instantKey,
  selectInstantKey,
  toPage,
} from '../pagination.js';
import { findTagId } from '../tags/tag-names.js';
import { own, summaryColumns } from './article-rows.js';

const { articles } = schema;

type SortName = C.ListArticlesInput['sort'] | 'deletedAt';

/** How a list is ordered and continued. A cursor names its order: in another it means nothing. */
function orderOf(name: SortName) {
  if (name === 'title') {
    const key = sql<string>`lower(${articles.title})`;
    const cursor = z.tuple([z.literal(name), z.string().refine(isStorableText), z.uuid()]);
    return {
      key,
      orderBy: [asc(key), asc(articles.id)],
      beyond: (text: string): SQL => {
        const [, title, id] = decodeCursor(text, cursor);
        return sql`(${key}, ${articles.id}) > (${title}, ${id}::uuid)`;
      },
    };
  }
  const instant = articles[name];
  const cursor = z.tuple([z.literal(name), instantKey, z.uuid()]);
  return {
    key: selectInstantKey(instant),
    orderBy: [desc(instant), desc(articles.id)],
    beyond: (text: string): SQL => {
      const [, key, id] = decodeCursor(text, cursor);
      return beyondInstant('desc', { instant, id: articles.id }, [key, id]);
    },
  };
}

/** Null: outside every notebook; undefined: anywhere. */
function inNotebook(id: string | null | undefined): SQL | undefined {
  if (id === undefined) return undefined;
  return id === null ? isNull(articles.notebookId) : eq(articles.notebookId, id);
}

function hasTag(tagId: string): SQL {
  return sql`exists (
    select 1 from article_tags at where at.article_id = ${articles.id} and at.tag_id = ${tagId})`;
}

/** What a list leaves out besides the owner, the trash and what is before its page. */
function filtersOf(input: C.ListArticlesInput): (SQL | undefined)[] {
  const { isArchived, isPinned } = input;
  return [
    input.status && eq(articles.status, input.status),
    isArchived === undefined ? undefined : (isArchived ? eq : ne)(articles.status, 'archived'),
    // As a partial index names it.
    isPinned === undefined
      ? undefined
      : isPinned
        ? sql`${articles.isPinned}`
        : sql`not ${articles.isPinned}`,
    input.hasOpenTasks && gt(articles.openTasks, 0),
    inNotebook(input.notebookId),
  ];
}

/** A page of the caller's articles, without their texts. The trash is ordered by `deletedAt`. */
export async function listArticles(
  ctx: Pick<AuthedContext, 'db' | 'auth'>,
  input: C.ListArticlesInput,
): Promise<{ items: C.ArticleSummary[]; nextCursor: string | null }> {
  const { userId } = ctx.auth;
  const sort: SortName = input.isTrashed ? 'deletedAt' : input.sort;
  const order = orderOf(sort);
  const beyond = input.cursor ? order.beyond(input.cursor) : undefined;
  const tagId = input.tag === undefined ? undefined : await findTagId(ctx.db, userId, input.tag);
  if (tagId === null) return { items: [], nextCursor: null };
  const rows = await ctx.db
    .select({ ...summaryColumns, key: order.key })
    .from(articles)
    .where(
      and(
        eq(articles.userId, userId),
        input.isTrashed ? isNotNull(articles.deletedAt) : isNull(articles.deletedAt),
        ...filtersOf(input),
        tagId === undefined ? undefined : hasTag(tagId),
        beyond,
      ),
    )
    .orderBy(...order.orderBy)
    .limit(input.limit + 1);
  return toPage(rows, input.limit, {
    keyOf: (row) => [sort, row.key, row.id],
    itemOf: ({ key: _, ...item }) => item,
  });
}

/** One article of a user with its text, trashed or not. */
export async function findArticle(
  db: Db | Tx,
  userId: string,
  id: string,
): Promise<C.Article | undefined> {
  const [row] = await db
    .select({
      ...summaryColumns,
      content: articles.content,
      contentHash: articles.contentHash,
      indexedRevision: articles.indexedRevision,
    })
    .from(articles)
    .where(own(userId, id));
  return row;
}

/** One article of the caller with its text, trashed or not. @throws AppError not_found */
export async function getArticle(
  ctx: Pick<AuthedContext, 'db' | 'auth'>,
  input: { id: string },
): Promise<C.Article> {
  const article = await findArticle(ctx.db, ctx.auth.userId, input.id);
  if (!article) throw notFound('Article');
  return article;
}
