import type {
  ImportFailure,
  ImportProgram,
  ImportRejection,
  ImportResult,
  ImportStatus,
  ImportWarning,
} from '@ainotebook/contract';
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { articles } from './articles.js';
import { instant, primaryId, timestamps } from './columns.js';
import { blobs } from './files.js';
import { notebooks } from './notebooks.js';
import { users } from './users.js';

/** One source on its way into notes. */
export const importSessions = pgTable(
  'import_sessions',
  {
    id: primaryId(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    status: text('status').$type<ImportStatus>().notNull(),
    program: text('program').$type<ImportProgram>(),
    /** The name of the file, or the address. */
    sourceName: text('source_name').notNull(),
    isAddress: boolean('is_address').notNull(),
    failure: text('failure').$type<ImportFailure>(),
    /** Bytes of a file that comes in parts, and those that are here. */
    uploadSize: bigint('upload_size', { mode: 'number' }),
    uploadReceived: bigint('upload_received', { mode: 'number' }).notNull().default(0),
    notebookId: uuid('notebook_id').references(() => notebooks.id, { onDelete: 'set null' }),
    /** Items read so far; where reading goes on. */
    readCount: integer('read_count').notNull().default(0),
    totalCount: integer('total_count'),
    /** Attachments of an archive of ours that were looked at: they are kept whether a note shows them or not. */
    attachedCount: integer('attached_count').notNull().default(0),
    startedAt: instant('started_at'),
    finishedAt: instant('finished_at'),
    ...timestamps,
  },
  (t) => [
    index('idx_import_sessions_user').on(t.userId, t.id),
    index('idx_import_sessions_updated').on(t.updatedAt),
    index('idx_import_sessions_notebook_id').on(t.notebookId),
  ],
);

/** The bytes of a source, while they are needed; counted among the references of their blob. */
export const importSources = pgTable(
  'import_sources',
  {
    sessionId: uuid('session_id')
      .primaryKey()
      .references(() => importSessions.id, { onDelete: 'cascade' }),
    sha256: text('sha256')
      .notNull()
      .references(() => blobs.sha256, { onDelete: 'restrict' }),
    /** Bytes. */
    size: bigint('size', { mode: 'number' }).notNull(),
    /** Of a page: where the redirects ended, and the charset of its header. */
    pageUrl: text('page_url'),
    charset: text('charset'),
  },
  (t) => [index('idx_import_sources_sha256').on(t.sha256)],
);

/** A part of a file that is coming, until it is whole; counted among the references of its blob. */
export const importChunks = pgTable(
  'import_chunks',
  {
    sessionId: uuid('session_id')
      .notNull()
      .references(() => importSessions.id, { onDelete: 'cascade' }),
    /** Bytes before it. */
    start: bigint('start', { mode: 'number' }).notNull(),
    sha256: text('sha256')
      .notNull()
      .references(() => blobs.sha256, { onDelete: 'restrict' }),
  },
  (t) => [
    primaryKey({ columns: [t.sessionId, t.start] }),
    index('idx_import_chunks_sha256').on(t.sha256),
  ],
);

/**
 * One item of a source. The note it becomes gets `noteId` where that is free, and otherwise the item's own id,
 * so that it can become only one.
 */
export const importItems = pgTable(
  'import_items',
  {
    id: primaryId(),
    sessionId: uuid('session_id')
      .notNull()
      .references(() => importSessions.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** From 0, in the order of the source. */
    position: integer('position').notNull(),
    path: text('path').notNull(),
    title: text('title').notNull(),
    /** Null of what is rejected, and once the note is there. */
    content: text('content'),
    notebooks: jsonb('notebooks').$type<string[]>().notNull(),
    tags: jsonb('tags').$type<string[]>().notNull(),
    /** Places in the content that name notes and files of the source, as `convert` found them. */
    links: jsonb('links').$type<unknown[]>().notNull(),
    warnings: jsonb('warnings').$type<ImportWarning[]>().notNull(),
    notedAt: instant('noted_at'),
    changedAt: instant('changed_at'),
    /** The id that the note had in this account or gets in it; of archives of ours. */
    noteId: uuid('note_id'),
    isPinned: boolean('is_pinned').notNull().default(false),
    isArchived: boolean('is_archived').notNull().default(false),
    /** `ai` of its front matter. */
    aiDeclared: text('ai_declared', { enum: ['partly', 'mostly'] }),
    /** Of title, text and folders as they were read, and of the id in an archive of ours; hex. */
    sourceHash: text('source_hash'),
    result: text('result').$type<ImportResult>().notNull(),
    reason: text('reason').$type<ImportRejection>(),
    articleId: uuid('article_id').references(() => articles.id, { onDelete: 'set null' }),
  },
  (t) => [
    uniqueIndex('idx_import_items_position').on(t.sessionId, t.position),
    index('idx_import_items_result').on(t.sessionId, t.result, t.position),
    index('idx_import_items_source').on(t.userId, t.sourceHash).where(sql`result = 'accepted'`),
    index('idx_import_items_article_id').on(t.articleId),
    index('idx_import_items_user_id').on(t.userId),
  ],
);

/** Notebooks that stand for the folders of a source. */
export const importNotebooks = pgTable(
  'import_notebooks',
  {
    sessionId: uuid('session_id')
      .notNull()
      .references(() => importSessions.id, { onDelete: 'cascade' }),
    /** The names as JSON. */
    path: text('path').notNull(),
    notebookId: uuid('notebook_id')
      .notNull()
      .references(() => notebooks.id, { onDelete: 'cascade' }),
    /** Made by the import, and so undone with it. */
    isNew: boolean('is_new').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.sessionId, t.path] }),
    index('idx_import_notebooks_notebook_id').on(t.notebookId),
  ],
);
