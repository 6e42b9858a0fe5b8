import { type AnyPgColumn, index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { primaryId, textBytewise, timestamps } from './columns.js';
import { users } from './users.js';

export const notebooks = pgTable(
  'notebooks',
  {
    id: primaryId(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    parentId: uuid('parent_id').references((): AnyPgColumn => notebooks.id, {
      onDelete: 'cascade',
    }),
    name: text('name').notNull(),
    /** Fractional index among siblings. */
    position: textBytewise('position').notNull(),
    ...timestamps,
  },
  (t) => [
    index('idx_notebooks_user_parent_position').on(t.userId, t.parentId, t.position),
    index('idx_notebooks_parent_id').on(t.parentId),
  ],
);
