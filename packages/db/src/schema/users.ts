import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  index,
  integer,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { instant, primaryId, rowVersion, timestamps } from './columns.js';

export const users = pgTable(
  'users',
  {
    id: primaryId(),
    /** Stored lower-cased. */
    email: text('email').notNull(),
    handle: text('handle').notNull(),
    displayName: text('display_name').notNull(),
    bio: text('bio').notNull().default(''),
    locale: text('locale', { enum: ['zh-CN', 'en'] })
      .notNull()
      .default('zh-CN'),
    role: text('role', { enum: ['user', 'admin'] })
      .notNull()
      .default('user'),
    status: text('status', { enum: ['active', 'suspended'] })
      .notNull()
      .default('active'),
    passwordHash: text('password_hash').notNull(),
    /** When a link sent to `email` was opened. */
    emailVerifiedAt: instant('email_verified_at'),
    /** When the terms and the privacy notice of the site were agreed to; null where there were none. */
    termsAcceptedAt: instant('terms_accepted_at'),
    /** Notifications also go by mail. */
    hasNotificationMail: boolean('has_notification_mail').notNull().default(true),
    /** Raised to make every access token of the user stale. */
    epoch: integer('epoch').notNull().default(0),
    lastLoginAt: instant('last_login_at'),
    ver: rowVersion(),
    ...timestamps,
  },
  (t) => [
    uniqueIndex('idx_users_email').on(t.email),
    uniqueIndex('idx_users_handle').on(t.handle),
    index('idx_users_created_at').on(t.createdAt, t.id),
    index('idx_users_last_login_at').on(t.lastLoginAt),
    index('idx_users_admins').on(t.id).where(sql`role = 'admin'`),
    check('users_email_lower', sql`${t.email} = lower(${t.email})`),
    check('users_handle_lower', sql`${t.handle} = lower(${t.handle})`),
  ],
);

/** One signed-in browser or program; the family its refresh tokens belong to. */
export const sessions = pgTable(
  'sessions',
  {
    id: primaryId(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    kind: text('kind', { enum: ['cookie', 'token'] }).notNull(),
    userAgent: text('user_agent').notNull().default(''),
    ip: text('ip').notNull().default(''),
    lastUsedAt: instant('last_used_at').notNull().defaultNow(),
    expiresAt: instant('expires_at').notNull(),
    revokedAt: instant('revoked_at'),
    ver: rowVersion(),
    ...timestamps,
  },
  (t) => [
    index('idx_sessions_user_id').on(t.userId, t.createdAt),
    index('idx_sessions_expires_at').on(t.expiresAt),
  ],
);

/** Every refresh token of a live session, used ones too, so that reuse is seen. Only the HMAC is stored. */
export const refreshTokens = pgTable(
  'refresh_tokens',
  {
    hash: text('hash').primaryKey(),
    sessionId: uuid('session_id')
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    usedAt: instant('used_at'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [
    index('idx_refresh_tokens_session_id').on(t.sessionId),
    index('idx_refresh_tokens_used_at').on(t.usedAt),
  ],
);

/** Hashed single-use tokens that prove a link was received. */
export const oneTimeTokens = pgTable(
  'one_time_tokens',
  {
    hash: text('hash').primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    purpose: text('purpose', {
      enum: ['password_reset', 'email_verification', 'email_change'],
    }).notNull(),
    /** The address the link was sent to, where that is what it proves. */
    email: text('email'),
    expiresAt: instant('expires_at').notNull(),
    usedAt: instant('used_at'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [index('idx_one_time_tokens_user_id').on(t.userId)],
);

export const invitations = pgTable(
  'invitations',
  {
    id: primaryId(),
    tokenHash: text('token_hash').notNull(),
    email: text('email'),
    role: text('role', { enum: ['user', 'admin'] })
      .notNull()
      .default('user'),
    createdBy: uuid('created_by').references(() => users.id, { onDelete: 'set null' }),
    acceptedBy: uuid('accepted_by').references(() => users.id, { onDelete: 'set null' }),
    acceptedAt: instant('accepted_at'),
    revokedAt: instant('revoked_at'),
    expiresAt: instant('expires_at').notNull(),
    ...timestamps,
  },
  (t) => [
    uniqueIndex('idx_invitations_token_hash').on(t.tokenHash),
    index('idx_invitations_created_at').on(t.createdAt, t.id),
    index('idx_invitations_created_by').on(t.createdBy),
    index('idx_invitations_accepted_by').on(t.acceptedBy),
  ],
);
