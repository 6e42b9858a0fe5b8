import { sql } from 'drizzle-orm';
import { index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { instant, primaryId } from './columns.js';
import { users } from './users.js';

/** What a user is told; `kind` and `data` together are `notificationEvent` of the contract. */
export const notifications = pgTable(
  'notifications',
  {
    id: primaryId(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    kind: text('kind').notNull(),
    data: jsonb('data').notNull(),
    readAt: instant('read_at'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [
    index('idx_notifications_user_created').on(t.userId, t.createdAt, t.id),
    index('idx_notifications_unread').on(t.userId).where(sql`read_at is null`),
    index('idx_notifications_created_at').on(t.createdAt),
  ],
);
