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
import { articles } from './articles.js';
import { instant, primaryId, timestamps } from './columns.js';
import { publications } from './publications.js';
import { users } from './users.js';

/**
 * The bytes of files, once each, whoever uploaded them. The row is there before the bytes are, and
 * goes after them: nothing is kept that no row names.
 */
export const blobs = pgTable(
  'blobs',
  {
    /** Of the bytes, hex; names them in the store. */
    sha256: text('sha256').primaryKey(),
    mediaType: text('media_type').notNull(),
    /** Bytes. */
    size: bigint('size', { mode: 'number' }).notNull(),
    /** Of a picture, upright, in pixels. */
    width: integer('width'),
    height: integer('height'),
    /** A few pixels of a picture as a data address. */
    placeholder: text('placeholder'),
    /** Files that hold it; counted by a trigger. */
    refs: integer('refs').notNull().default(0),
    /** When it was last uploaded or lost a file: without files it goes a while later. */
    touchedAt: instant('touched_at').notNull().defaultNow(),
  },
  (t) => [
    index('idx_blobs_unused').on(t.touchedAt).where(sql`refs = 0`),
    check('blobs_refs', sql`${t.refs} >= 0`),
    check('blobs_size', sql`${t.size} > 0`),
  ],
);

/** A picture in another width or format, kept beside it. */
export const blobVariants = pgTable(
  'blob_variants',
  {
    sha256: text('sha256')
      .notNull()
      .references(() => blobs.sha256, { onDelete: 'cascade' }),
    /** Pixels. */
    width: integer('width').notNull(),
    format: text('format', { enum: ['webp', 'avif'] }).notNull(),
    /** Bytes. */
    size: integer('size').notNull(),
  },
  (t) => [primaryKey({ columns: [t.sha256, t.format, t.width] })],
);

/** What a person uploaded. The same bytes are one file of hers. */
export const files = pgTable(
  'files',
  {
    id: primaryId(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    sha256: text('sha256')
      .notNull()
      .references(() => blobs.sha256, { onDelete: 'restrict' }),
    name: text('name').notNull(),
    mediaType: text('media_type').notNull(),
    /** Bytes; counts against the person's quota. */
    size: bigint('size', { mode: 'number' }).notNull(),
    ...timestamps,
  },
  (t) => [
    uniqueIndex('idx_files_user_sha256').on(t.userId, t.sha256),
    index('idx_files_user_created').on(t.userId, t.createdAt, t.id),
    index('idx_files_sha256').on(t.sha256),
  ],
);

/** Files that the text of an article names, as of its last indexing. */
export const articleFiles = pgTable(
  'article_files',
  {
    articleId: uuid('article_id')
      .notNull()
      .references(() => articles.id, { onDelete: 'cascade' }),
    fileId: uuid('file_id')
      .notNull()
      .references(() => files.id, { onDelete: 'cascade' }),
  },
  (t) => [
    primaryKey({ columns: [t.articleId, t.fileId] }),
    index('idx_article_files_file_id').on(t.fileId),
  ],
);

/** The author's files that a published text names: its readers may load them. */
export const publicationFiles = pgTable(
  'publication_files',
  {
    articleId: uuid('article_id')
      .notNull()
      .references(() => publications.articleId, { onDelete: 'cascade' }),
    fileId: uuid('file_id')
      .notNull()
      .references(() => files.id, { onDelete: 'cascade' }),
    /** Shown in the part of the article that is not for everybody. */
    isMembersOnly: boolean('is_members_only').notNull().default(false),
  },
  (t) => [
    primaryKey({ columns: [t.articleId, t.fileId] }),
    index('idx_publication_files_file_id').on(t.fileId),
  ],
);
