import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { articles } from './articles.js';
import { bytea, instant, primaryId, timestamps } from './columns.js';
import { plans } from './plans.js';
import { users } from './users.js';

/** What readers see: the text as it was when published. */
export const publications = pgTable(
  'publications',
  {
    articleId: uuid('article_id')
      .primaryKey()
      .references(() => articles.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    visibility: text('visibility', { enum: ['public', 'unlisted'] })
      .notNull()
      .default('public'),
    /** Who may read all of it: holders of any plan, or of one. */
    access: text('access', { enum: ['everyone', 'members', 'plan'] })
      .notNull()
      .default('everyone'),
    accessPlanId: uuid('access_plan_id').references(() => plans.id, { onDelete: 'restrict' }),
    title: text('title').notNull(),
    content: text('content').notNull(),
    /** What of `content` everybody may read; null: all of it. */
    preview: text('preview'),
    /** The author's choice of paragraphs in `preview`; null: the first few. */
    previewBlocks: integer('preview_blocks'),
    contentHash: text('content_hash').notNull(),
    excerpt: text('excerpt').notNull(),
    /** The author's own excerpt; null: `excerpt` is taken from the text. */
    customExcerpt: text('custom_excerpt'),
    coverUrl: text('cover_url'),
    /** Where the article was published first, when that is elsewhere. */
    canonicalUrl: text('canonical_url'),
    language: text('language', { enum: ['zh-CN', 'en'] }).notNull(),
    /** The author's choice; null: `language` is told from the text. */
    customLanguage: text('custom_language', { enum: ['zh-CN', 'en'] }),
    /** Shared by the translations of one article. */
    translationGroup: uuid('translation_group'),
    tags: text('tags').array().notNull().default(sql`'{}'`),
    /** `tags` as they are compared: width and case folded. */
    tagKeys: text('tag_keys').array().notNull().default(sql`'{}'`),
    wordCount: integer('word_count').notNull(),
    /** How much of `content` an AI wrote, and whether readers are told. */
    aiLevel: text('ai_level', { enum: ['none', 'partly', 'mostly'] })
      .notNull()
      .default('none'),
    hasAiLabel: boolean('has_ai_label').notNull().default(true),
    revision: integer('revision').notNull(),
    publishedAt: instant('published_at').notNull().defaultNow(),
    /** Set while withdrawn: the address then answers 410. */
    withdrawnAt: instant('withdrawn_at'),
    /** Set by an administrator: readers get 410 and the author cannot publish it again. */
    blockedAt: instant('blocked_at'),
    ...timestamps,
  },
  (t) => [
    index('idx_publications_user_published').on(t.userId, t.publishedAt, t.articleId),
    index('idx_publications_live')
      .on(t.publishedAt, t.articleId)
      .where(sql`withdrawn_at is null and blocked_at is null and visibility = 'public'`),
    index('idx_publications_tag_keys').using('gin', t.tagKeys),
    index('idx_publications_translation_group')
      .on(t.translationGroup)
      .where(sql`translation_group is not null`),
    // One text a language.
    uniqueIndex('idx_publications_translation')
      .on(t.translationGroup, t.language)
      .where(sql`translation_group is not null`),
    index('idx_publications_access_plan_id').on(t.accessPlanId),
    check('publications_ai_level', sql`${t.aiLevel} in ('none', 'partly', 'mostly')`),
    check('publications_access', sql`${t.access} in ('everyone', 'members', 'plan')`),
    check(
      'publications_access_plan',
      sql`(${t.access} = 'plan') = (${t.accessPlanId} is not null)`,
    ),
    // What is not for everybody has a part that is.
    check('publications_preview', sql`(${t.access} = 'everyone') = (${t.preview} is null)`),
  ],
);

/** Every public address an article has had; former ones lead to the current one. */
export const slugs = pgTable(
  'slugs',
  {
    slug: text('slug').primaryKey(),
    articleId: uuid('article_id')
      .notNull()
      .references(() => publications.articleId, { onDelete: 'cascade' }),
    isCurrent: boolean('is_current').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [
    index('idx_slugs_article_id').on(t.articleId),
    uniqueIndex('idx_slugs_current').on(t.articleId).where(sql`is_current`),
  ],
);

/** An article that will be published by itself; the text is that of the moment it is due. */
export const publicationSchedules = pgTable(
  'publication_schedules',
  {
    articleId: uuid('article_id')
      .primaryKey()
      .references(() => articles.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    publishAt: instant('publish_at').notNull(),
    /** `publishSettings` of the contract. */
    settings: jsonb('settings').notNull(),
    ...timestamps,
  },
  (t) => [index('idx_publication_schedules_user').on(t.userId, t.publishAt, t.articleId)],
);

/** The picture that stands for an article where its address is shared: PNG, 1200 x 630. */
export const publicationImages = pgTable('publication_images', {
  articleId: uuid('article_id')
    .primaryKey()
    .references(() => publications.articleId, { onDelete: 'cascade' }),
  /** Hash of what is drawn; another one means that the picture is old. */
  version: text('version').notNull(),
  png: bytea('png').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
});

/** A link that opens one article, as it is now, to whoever holds it. Only the HMAC is stored. */
export const shares = pgTable(
  'shares',
  {
    id: primaryId(),
    articleId: uuid('article_id')
      .notNull()
      .references(() => articles.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    tokenHash: text('token_hash').notNull(),
    label: text('label').notNull().default(''),
    passwordHash: text('password_hash'),
    expiresAt: instant('expires_at'),
    revokedAt: instant('revoked_at'),
    views: integer('views').notNull().default(0),
    lastViewedAt: instant('last_viewed_at'),
    ...timestamps,
  },
  (t) => [
    uniqueIndex('idx_shares_token_hash').on(t.tokenHash),
    index('idx_shares_article').on(t.articleId, t.createdAt, t.id),
    index('idx_shares_user_id').on(t.userId),
  ],
);

/** A reader's complaint about a published article, for the administrators. */
export const reports = pgTable(
  'reports',
  {
    id: primaryId(),
    articleId: uuid('article_id')
      .notNull()
      .references(() => publications.articleId, { onDelete: 'cascade' }),
    reason: text('reason', { enum: ['spam', 'copyright', 'illegal', 'abuse', 'other'] }).notNull(),
    detail: text('detail').notNull().default(''),
    contact: text('contact').notNull().default(''),
    /** Keyed hash of the reader: one open report each. */
    reporter: text('reporter').notNull(),
    status: text('status', { enum: ['open', 'dismissed', 'upheld'] })
      .notNull()
      .default('open'),
    note: text('note').notNull().default(''),
    handledBy: uuid('handled_by').references(() => users.id, { onDelete: 'set null' }),
    handledAt: instant('handled_at'),
    ...timestamps,
  },
  (t) => [
    index('idx_reports_status').on(t.status, t.createdAt, t.id),
    index('idx_reports_article_id').on(t.articleId),
    index('idx_reports_handled_by').on(t.handledBy),
    uniqueIndex('idx_reports_open_once').on(t.articleId, t.reporter).where(sql`status = 'open'`),
    check('reports_status', sql`${t.status} in ('open', 'dismissed', 'upheld')`),
  ],
);

/** One row a reader and day: a view is counted when its row is new. */
export const viewDay = pgTable(
  'view_day',
  {
    articleId: uuid('article_id')
      .notNull()
      .references(() => articles.id, { onDelete: 'cascade' }),
    day: date('day').notNull(),
    /** Keyed hash of the reader; the key changes daily, so days cannot be joined. */
    reader: text('reader').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.articleId, t.day, t.reader] }),
    index('idx_view_day_day').on(t.day),
  ],
);
