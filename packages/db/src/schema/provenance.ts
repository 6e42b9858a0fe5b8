import type { AiSource } from '@ainotebook/contract';
import { index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { articles } from './articles.js';
import { instant, primaryId } from './columns.js';
import { users } from './users.js';

/** Passages that an AI wrote and their author took. What of one is still there is found by its words. */
export const aiSpans = pgTable(
  'ai_spans',
  {
    id: primaryId(),
    articleId: uuid('article_id')
      .notNull()
      .references(() => articles.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    source: text('source').$type<AiSource>().notNull(),
    model: text('model'),
    text: text('text').notNull(),
    /** What of `text` was not in the article before: `[start, end)` in UTF-16 units. */
    own: jsonb('own').$type<[number, number][]>().notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [
    index('idx_ai_spans_article').on(t.articleId, t.id),
    index('idx_ai_spans_user_id').on(t.userId),
  ],
);
