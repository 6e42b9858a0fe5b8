import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { instant, primaryId, rowVersion, timestamps } from './columns.js';
import { notebooks } from './notebooks.js';
import { users } from './users.js';

export const articles = pgTable(
  'articles',
  {
    id: primaryId(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    notebookId: uuid('notebook_id').references(() => notebooks.id, { onDelete: 'set null' }),
    title: text('title').notNull().default(''),
    content: text('content').notNull().default(''),
    /** SHA-256 of title, newline, content; hex. */
    contentHash: text('content_hash').notNull(),
    excerpt: text('excerpt').notNull().default(''),
    wordCount: integer('word_count').notNull().default(0),
    /** Task list items of the text that are not ticked. */
    openTasks: integer('open_tasks').notNull().default(0),
    status: text('status', { enum: ['draft', 'published', 'archived'] })
      .notNull()
      .default('draft'),
    revision: integer('revision').notNull().default(1),
    /** The revision the search index holds; 0 when none. */
    indexedRevision: integer('indexed_revision').notNull().default(0),
    isPinned: boolean('is_pinned').notNull().default(false),
    views: bigint('views', { mode: 'number' }).notNull().default(0),
    /** What its author says of it besides what `ai_spans` tells. */
    aiDeclared: text('ai_declared', { enum: ['partly', 'mostly'] }),
    deletedAt: instant('deleted_at'),
    /** Name of the notebook a trashed article was in, once that is deleted. */
    formerNotebook: text('former_notebook'),
    ver: rowVersion(),
    ...timestamps,
  },
  (t) => [
    index('idx_articles_user_id').on(t.userId),
    index('idx_articles_notebook_id').on(t.notebookId),
    index('idx_articles_created_at').on(t.createdAt),
    index('idx_articles_status').on(t.status),
    index('idx_articles_user_status_time').on(t.userId, t.status, t.updatedAt, t.id),
    // The main list: an owner's live articles, newest first (read backwards; DESC here would be
    // NULLS LAST, which no query asks for).
    index('idx_active_articles').on(t.userId, t.updatedAt, t.id).where(sql`deleted_at is null`),
    index('idx_active_articles_created')
      .on(t.userId, t.createdAt, t.id)
      .where(sql`deleted_at is null`),
    index('idx_active_articles_notebook')
      .on(t.userId, t.notebookId, t.updatedAt, t.id)
      .where(sql`deleted_at is null`),
    // "is null" does not keep an index's order, so what is outside every notebook has its own.
    index('idx_unfiled_articles')
      .on(t.userId, t.updatedAt, t.id)
      .where(sql`deleted_at is null and notebook_id is null`),
    index('idx_pinned_articles')
      .on(t.userId, t.updatedAt, t.id)
      .where(sql`deleted_at is null and is_pinned`),
    index('idx_articles_with_tasks')
      .on(t.userId, t.updatedAt, t.id)
      .where(sql`deleted_at is null and open_tasks > 0`),
    index('idx_active_articles_title')
      .on(t.userId, sql`lower(title)`, t.id)
      .where(sql`deleted_at is null`),
    index('idx_trashed_articles')
      .on(t.userId, t.deletedAt, t.id)
      .where(sql`deleted_at is not null`),
    index('idx_articles_deleted_at').on(t.deletedAt).where(sql`deleted_at is not null`),
    index('idx_articles_lower_title').on(sql`lower(title)`),
    index('idx_articles_views').on(t.views),
    check('articles_status', sql`${t.status} in ('draft', 'published', 'archived')`),
    check('articles_revision', sql`${t.revision} >= 1`),
    check('articles_ai_declared', sql`${t.aiDeclared} in ('partly', 'mostly')`),
  ],
);

export const revisions = pgTable(
  'revisions',
  {
    id: primaryId(),
    articleId: uuid('article_id')
      .notNull()
      .references(() => articles.id, { onDelete: 'cascade' }),
    number: integer('number').notNull(),
    kind: text('kind', { enum: ['save', 'conflict', 'restore', 'publish'] }).notNull(),
    name: text('name'),
    title: text('title').notNull(),
    content: text('content').notNull(),
    contentHash: text('content_hash').notNull(),
    wordCount: integer('word_count').notNull().default(0),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [
    index('idx_revisions_article_created').on(t.articleId, t.createdAt, t.id),
    // A number is written once; texts that lost a conflict may share the base they were written on.
    uniqueIndex('idx_revisions_article_number')
      .on(t.articleId, t.number)
      .where(sql`kind in ('save', 'restore')`),
    uniqueIndex('idx_revisions_conflict_once')
      .on(t.articleId, t.number, t.contentHash)
      .where(sql`kind = 'conflict'`),
  ],
);

export const tags = pgTable(
  'tags',
  {
    id: primaryId(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    ...timestamps,
  },
  (t) => [uniqueIndex('idx_tags_user_name').on(t.userId, sql`lower(name)`)],
);

export const articleTags = pgTable(
  'article_tags',
  {
    articleId: uuid('article_id')
      .notNull()
      .references(() => articles.id, { onDelete: 'cascade' }),
    tagId: uuid('tag_id')
      .notNull()
      .references(() => tags.id, { onDelete: 'cascade' }),
  },
  (t) => [
    primaryKey({ columns: [t.articleId, t.tagId] }),
    index('idx_article_tags_tag_id').on(t.tagId),
  ],
);
