import { sql } from 'drizzle-orm';
import { check, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { articles } from './articles.js';
import { bytea, instant, varbit } from './columns.js';
import { chunks } from './search.js';
import { users } from './users.js';

/** What a model makes of a passage. Rebuilt from the passage at any time, at the model's price. */
export const chunkVectors = pgTable(
  'chunk_vectors',
  {
    chunkId: uuid('chunk_id')
      .primaryKey()
      .references(() => chunks.id, { onDelete: 'cascade' }),
    articleId: uuid('article_id')
      .notNull()
      .references(() => articles.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** `provider/model`; vectors of two models are not compared. */
    model: text('model').notNull(),
    dimensions: integer('dimensions').notNull(),
    /** Of the text that was embedded, so that it is not sent twice. */
    inputHash: text('input_hash').notNull(),
    /** 1 where a component is positive: what candidates are found by. Of any length, as models differ. */
    bits: varbit('bits').notNull(),
    /** The vector of length 1, as little-endian floats of 4 bytes: what they are ranked by. */
    vector: bytea('vector').notNull(),
  },
  (t) => [
    index('idx_chunk_vectors_user_id').on(t.userId),
    index('idx_chunk_vectors_article_id').on(t.articleId),
  ],
);

/** How far embedding is, by article; none where no model was ever set up. */
export const articleEmbeddings = pgTable(
  'article_embeddings',
  {
    articleId: uuid('article_id')
      .primaryKey()
      .references(() => articles.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    status: text('status', { enum: ['pending', 'done', 'failed'] }).notNull(),
    /** Why it failed: a code, never the provider's words. */
    reason: text('reason'),
    model: text('model').notNull(),
    /** Of its vectors: those of another length are made anew. */
    dimensions: integer('dimensions').notNull(),
    /** Raised whenever embedding is asked for: a run that began before is not the last. */
    wanted: integer('wanted').notNull().default(1),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (t) => [
    index('idx_article_embeddings_user_id').on(t.userId, t.status),
    check('article_embeddings_status', sql`${t.status} in ('pending', 'done', 'failed')`),
  ],
);
