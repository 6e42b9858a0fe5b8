import { index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { instant, primaryId, rowVersion, timestamps } from './columns.js';
import { users } from './users.js';

/** What lets a program in as its owner, for what its scopes name. Only the HMAC of a key is stored. */
export const apiKeys = pgTable(
  'api_keys',
  {
    id: primaryId(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    hash: text('hash').notNull(),
    /** The first characters of the key, as its owner sees them. */
    prefix: text('prefix').notNull(),
    scopes: text('scopes').array().notNull(),
    /** To the minute. */
    lastUsedAt: instant('last_used_at'),
    expiresAt: instant('expires_at'),
    revokedAt: instant('revoked_at'),
    ver: rowVersion(),
    ...timestamps,
  },
  (t) => [
    uniqueIndex('idx_api_keys_hash').on(t.hash),
    index('idx_api_keys_user_id').on(t.userId, t.createdAt),
  ],
);
