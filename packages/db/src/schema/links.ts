import { sql } from 'drizzle-orm';
import { index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { articles } from './articles.js';
import { users } from './users.js';

/**
 * Wiki links as they stand in the sources' texts. `targetId` is decided when the link is first seen
 * and then stays, so that a renamed target keeps its backlinks.
 */
export const articleLinks = pgTable(
  'article_links',
  {
    sourceId: uuid('source_id')
      .notNull()
      .references(() => articles.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** The target as it is compared: width, case and traditional forms folded. */
    targetKey: text('target_key').notNull(),
    /** The target as it was typed. */
    targetTitle: text('target_title').notNull(),
    /** Null while no article has that title. */
    targetId: uuid('target_id').references(() => articles.id, { onDelete: 'set null' }),
    /** Where the first of the links stands in the source's Markdown, in UTF-16 units. */
    offset: integer('start_offset').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.sourceId, t.targetKey] }),
    index('idx_article_links_target').on(t.targetId, t.sourceId),
    index('idx_article_links_open').on(t.userId, t.targetKey).where(sql`target_id is null`),
    index('idx_article_links_user_id').on(t.userId),
  ],
);

/** Titles as they are looked up: by links, and by what was typed without an input method. */
export const articleTitles = pgTable(
  'article_titles',
  {
    articleId: uuid('article_id')
      .primaryKey()
      .references(() => articles.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** Width, case and traditional forms folded. */
    key: text('key').notNull(),
    /** Pinyin and initials of the Chinese in it: `beijinglvyou bjly`; empty without any. */
    pinyin: text('pinyin').notNull().default(''),
  },
  (t) => [index('idx_article_titles_user_key').on(t.userId, t.key)],
);
