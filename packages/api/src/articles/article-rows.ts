import { createHash } from 'node:crypto';
import type { ArticleSummary } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { excerptOf } from '@ainotebook/text/plain';
import { countOpenTasks, countWords } from '@ainotebook/text/search';
import { type AnyColumn, and, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import { notFound } from '../errors.js';

const { articles, notebooks } = schema;

const EXCERPT_LENGTH = 160;

/** What a list shows. The id is written out: Drizzle would drop its table's name. */
export const summaryColumns = {
  id: articles.id,
  notebookId: articles.notebookId,
  title: articles.title,
  excerpt: articles.excerpt,
  status: articles.status,
  tags: sql<string[]>`array(
    select t.name from article_tags at join tags t on t.id = at.tag_id
    where at.article_id = "articles"."id" order by t.name)`,
  wordCount: articles.wordCount,
  openTasks: articles.openTasks,
  revision: articles.revision,
  isPinned: articles.isPinned,
  views: articles.views,
  createdAt: articles.createdAt,
  updatedAt: articles.updatedAt,
  deletedAt: articles.deletedAt,
  formerNotebook: articles.formerNotebook,
};

/** `updatedAt` is when the text changed: what else is changed about an article leaves it alone. */
export const sameUpdatedAt = { updatedAt: sql`${articles.updatedAt}` };

/** The status of an article that is not archived. */
export const unarchivedStatus = sql<'draft' | 'published'>`case when exists (
  select 1 from publications p where p.article_id = "articles"."id" and p.withdrawn_at is null
) then 'published' else 'draft' end`;

/** A column among many values, sent as one parameter. */
export function isAnyOf(column: AnyColumn, ids: readonly string[]): SQL {
  return sql`${column} = any(${sql.param(ids)}::uuid[])`;
}

/** One article of a user. */
export function own(userId: string, id: string): SQL | undefined {
  return and(eq(articles.id, id), eq(articles.userId, userId));
}

/** One article of a user outside the trash. */
export function ownLive(userId: string, id: string): SQL | undefined {
  return and(own(userId, id), isNull(articles.deletedAt));
}

/** An article of the user as lists show it, trashed or not. @throws AppError not_found */
export async function readSummary(
  db: Db | Tx,
  userId: string,
  id: string,
): Promise<ArticleSummary> {
  const [row] = await db.select(summaryColumns).from(articles).where(own(userId, id));
  if (!row) throw notFound('Article');
  return row;
}

/** The text of an article of the user outside the trash. @throws AppError not_found */
export async function readOwnText(
  db: Db | Tx,
  userId: string,
  id: string,
): Promise<{ title: string; content: string }> {
  const [row] = await db
    .select({ title: articles.title, content: articles.content })
    .from(articles)
    .where(ownLive(userId, id));
  if (!row) throw notFound('Article');
  return row;
}

/** SHA-256 of title, newline, content; hex. */
export function hashOf(text: { title: string; content: string }): string {
  return createHash('sha256').update(`${text.title}\n${text.content}`).digest('hex');
}

/** A text with everything that is stored beside it. */
export function textColumns(text: { title: string; content: string }) {
  return {
    title: text.title,
    content: text.content,
    contentHash: hashOf(text),
    excerpt: excerptOf(text.content, EXCERPT_LENGTH),
    wordCount: countWords(text.content),
    openTasks: countOpenTasks(text.content),
  };
}

/** Refuses notebooks that are not the user's, and keeps the others from going away meanwhile. */
export async function requireOwnNotebooks(
  tx: Db | Tx,
  userId: string,
  ids: readonly (string | null)[],
): Promise<void> {
  const wanted = [...new Set(ids.filter((id) => id !== null))];
  if (wanted.length === 0) return;
  const found = await tx
    .select({ id: notebooks.id })
    .from(notebooks)
    .where(and(eq(notebooks.userId, userId), inArray(notebooks.id, wanted)))
    .for('key share');
  if (found.length < wanted.length) throw notFound('Notebook');
}
