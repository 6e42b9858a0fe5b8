import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { primaryId, timestamps } from './columns.js';
import { users } from './users.js';

/** Instructions to a model that people keep. */
export const savedPrompts = pgTable(
  'saved_prompts',
  {
    id: primaryId(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    instruction: text('instruction').notNull(),
    ...timestamps,
  },
  (t) => [index('idx_saved_prompts_user').on(t.userId, t.id)],
);
