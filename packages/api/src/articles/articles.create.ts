import type * as C from '@ainotebook/contract';
import { schema, type Tx } from '@ainotebook/db';
import { v7 } from 'uuid';
import { priorityFor } from '../billing/job-priority.js';
import type { AuthedContext } from '../context.js';
import { AppError } from '../errors.js';
import { rememberModel } from '../provenance/provenance.service.js';
import { tagNewArticles } from '../tags/tag-links.js';
import { roomForArticles } from './article-room.js';
import { requireOwnNotebooks, textColumns } from './article-rows.js';
import { findArticle } from './articles.service.js';
import { lockLibrary } from './library-lock.js';
import { queueIndexing } from './queue-indexing.js';

const { articles, revisions } = schema;

/** An article to be; of one from elsewhere the times of its text are kept, and where it stood in lists. */
export type NewArticle = C.CreateArticleInput & {
  id: string;
  createdAt?: Date;
  updatedAt?: Date;
  isPinned?: boolean;
  isArchived?: boolean;
  aiDeclared?: C.AiDeclaration | null;
};

/**
 * Inserts the articles whose ids are free, with first revision, tags and index job.
 * @returns their ids
 * @throws AppError not_found (a notebook), limit_reached (tags)
 */
export async function insertArticles(
  tx: Tx,
  userId: string,
  items: readonly NewArticle[],
): Promise<Set<string>> {
  // Before any row: a second call with the same ids would wait for them with the lock in hand.
  if (items.some((item) => item.tags.length > 0)) await lockLibrary(tx, userId);
  await requireOwnNotebooks(
    tx,
    userId,
    items.map((item) => item.notebookId),
  );
  const rows = items
    .map((item) => ({
      id: item.id,
      userId,
      notebookId: item.notebookId,
      ...textColumns(item),
      createdAt: item.createdAt,
      updatedAt: item.updatedAt,
      isPinned: item.isPinned,
      aiDeclared: item.aiDeclared,
      status: item.isArchived ? ('archived' as const) : undefined,
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const inserted = await tx
    .insert(articles)
    .values(rows)
    .onConflictDoNothing()
    .returning({ id: articles.id });
  const created = new Set(inserted.map((row) => row.id));
  const firstRevisions = rows
    .filter((row) => created.has(row.id) && (row.title !== '' || row.content !== ''))
    .map(({ id, title, content, contentHash, wordCount }) => ({
      id: v7(),
      articleId: id,
      number: 1,
      kind: 'save' as const,
      title,
      content,
      contentHash,
      wordCount,
    }));
  if (firstRevisions.length > 0) await tx.insert(revisions).values(firstRevisions);
  await tagNewArticles(
    tx,
    userId,
    items.filter((item) => created.has(item.id)),
  );
  const isBatch = items.length > 1;
  // One note goes before batches anyway, and is to be written at once.
  const priority = isBatch ? await priorityFor(tx, userId, 10) : 5;
  await queueIndexing(tx, [...created], { isBatch, priority });
  return created;
}

/** `insertArticles` as far as there is room for all of them. @throws AppError quota_exceeded */
async function insertWithinQuota(
  tx: Tx,
  { config, auth }: Pick<AuthedContext, 'config' | 'auth'>,
  items: readonly NewArticle[],
): Promise<Set<string>> {
  const room = await roomForArticles(tx, config, auth.userId);
  const created = await insertArticles(tx, auth.userId, items);
  if (created.size <= room) return created;
  throw new AppError('quota_exceeded', 'You have as many articles as there may be');
}

/**
 * Creates an article; with an id the caller has used before, answers what that article is now.
 * @throws AppError conflict (the id is taken), not_found (notebook), limit_reached (tags), quota_exceeded
 */
export async function createArticle(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'config' | 'request' | 'nudgeJobs'>,
  input: C.CreateArticleInput,
): Promise<C.Article> {
  const item = { ...input, id: input.id ?? v7() };
  const article = await ctx.db.transaction(async (tx) => {
    const created = await insertWithinQuota(tx, ctx, [item]);
    if (created.has(item.id))
      await rememberModel(tx, ctx, { articleId: item.id, text: item.content ?? '', around: '' });
    const found = await findArticle(tx, ctx.auth.userId, item.id);
    // The id is another user's: nothing is said of what it belongs to.
    if (!found) throw new AppError('conflict', 'This id cannot be used');
    return found;
  });
  ctx.nudgeJobs();
  return article;
}

/**
 * Creates up to 100 articles in one transaction; ids that exist already are skipped and not answered.
 * @throws AppError not_found (a notebook), limit_reached (tags), quota_exceeded (none is created)
 */
export async function createManyArticles(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'config' | 'nudgeJobs'>,
  input: C.CreateManyArticlesInput,
): Promise<{ created: number; skipped: number; ids: string[] }> {
  const items = new Map<string, NewArticle>();
  for (const item of input.items) {
    const id = item.id ?? v7();
    // The first of two items with one id wins, as if they had been sent one after the other.
    if (!items.has(id)) items.set(id, { ...item, id });
  }
  const created = await ctx.db.transaction((tx) => insertWithinQuota(tx, ctx, [...items.values()]));
  ctx.nudgeJobs();
  return {
    created: created.size,
    skipped: input.items.length - created.size,
    ids: [...items.keys()].filter((id) => created.has(id)),
  };
}
