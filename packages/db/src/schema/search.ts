import {
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { articles } from './articles.js';
import { instant, primaryId, tsvector } from './columns.js';
import { users } from './users.js';

/** A stretch of an article's Markdown, as search ranks it. Rebuilt from the article at any time. */
export const chunks = pgTable(
  'chunks',
  {
    id: primaryId(),
    articleId: uuid('article_id')
      .notNull()
      .references(() => articles.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    ordinal: integer('ordinal').notNull(),
    /** `[start, end)` in UTF-16 units of the article's Markdown. */
    start: integer('start_offset').notNull(),
    end: integer('end_offset').notNull(),
    headingPath: jsonb('heading_path').$type<string[]>().notNull(),
    text: text('text').notNull(),
    /** Tokens in `tsv`, the document length of BM25. */
    length: integer('length').notNull(),
    tsv: tsvector('tsv').notNull(),
    indexVersion: integer('index_version').notNull(),
  },
  (t) => [
    unique('chunks_article_ordinal').on(t.articleId, t.ordinal),
    index('idx_chunks_user_id').on(t.userId),
    index('idx_chunks_tsv').using('gin', t.tsv),
    index('idx_chunks_index_version').on(t.indexVersion),
  ],
);

/** Latin words an owner has written: what a mistyped one may have been. Words may outlive their texts. */
export const searchWords = pgTable(
  'search_words',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    word: text('word').notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.word] })],
);

/** What a user looked for and did not find. */
export const searchMisses = pgTable(
  'search_misses',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** The query as it is compared. */
    key: text('key').notNull(),
    query: text('query').notNull(),
    count: integer('count').notNull().default(1),
    lastAt: instant('last_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.key] }),
    index('idx_search_misses_last_at').on(t.userId, t.lastAt),
  ],
);
