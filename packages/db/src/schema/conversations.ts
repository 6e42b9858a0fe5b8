import type {
  AnswerFailure,
  ConversationScope,
  MessageStatus,
  Receipt,
} from '@ainotebook/contract';
import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import { articles } from './articles.js';
import { instant, primaryId, timestamps } from './columns.js';
import { users } from './users.js';

export const conversations = pgTable(
  'conversations',
  {
    id: primaryId(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    title: text('title').notNull().default(''),
    scope: jsonb('scope').$type<ConversationScope>().notNull(),
    /** Of a program's single question: the oldest of them make room where there is none. */
    isAsked: boolean('is_asked').notNull().default(false),
    ...timestamps,
  },
  (t) => [index('idx_conversations_user').on(t.userId, t.updatedAt, t.id)],
);

/** Questions and answers: a tree, since both can be had again in other words. */
export const messages = pgTable(
  'messages',
  {
    id: primaryId(),
    conversationId: uuid('conversation_id')
      .notNull()
      .references(() => conversations.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    parentId: uuid('parent_id').references((): AnyPgColumn => messages.id, {
      onDelete: 'cascade',
    }),
    role: text('role', { enum: ['user', 'assistant'] }).notNull(),
    content: text('content').notNull().default(''),
    status: text('status').$type<MessageStatus>().notNull(),
    failure: text('failure').$type<AnswerFailure>(),
    /** Its owner wants no more of it; the process that writes it looks here. */
    isStopWanted: boolean('is_stop_wanted').notNull().default(false),
    /** When the process that writes it last said so. */
    aliveAt: instant('alive_at'),
    /** How many answers come before it while it waits for its turn; else null. */
    ahead: integer('ahead'),
    receipt: jsonb('receipt').$type<Receipt>(),
    ...timestamps,
  },
  (t) => [
    index('idx_messages_conversation').on(t.conversationId, t.id),
    index('idx_messages_parent_id').on(t.parentId),
    // Those being written: few, and asked for at each question and by the clock.
    index('idx_messages_unfinished')
      .on(t.userId, t.aliveAt)
      .where(sql`status in ('waiting', 'writing')`),
    check(
      'messages_alive',
      sql`${t.aliveAt} is not null or ${t.status} not in ('waiting', 'writing')`,
    ),
  ],
);

/** Passages that an answer stands on, as they were when it was written. */
export const citations = pgTable(
  'citations',
  {
    messageId: uuid('message_id')
      .notNull()
      .references(() => messages.id, { onDelete: 'cascade' }),
    /** From 1, as in the text. */
    number: integer('number').notNull(),
    /** Null once the note is gone for good. */
    articleId: uuid('article_id').references(() => articles.id, { onDelete: 'set null' }),
    title: text('title').notNull(),
    headingPath: jsonb('heading_path').$type<string[]>().notNull(),
    revision: integer('revision').notNull(),
    /** UTF-16 offsets into the Markdown of that revision. */
    start: integer('start').notNull(),
    end: integer('end').notNull(),
    quote: text('quote').notNull(),
    /** Of a page of the web: there is no note, and `start` and `end` are of the quote itself. */
    url: text('url'),
    fetchedAt: instant('fetched_at'),
  },
  (t) => [
    primaryKey({ columns: [t.messageId, t.number] }),
    index('idx_citations_article_id').on(t.articleId),
    check('citations_range', sql`${t.start} >= 0 and ${t.end} > ${t.start}`),
  ],
);
