import type { WebhookEventType, WebhookFailure } from '@ainotebook/contract';
import { sql } from 'drizzle-orm';
import { index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { instant, primaryId, timestamps } from './columns.js';
import { users } from './users.js';

/** An address that is told of what happens to a person's things. */
export const webhookSubscriptions = pgTable(
  'webhook_subscriptions',
  {
    id: primaryId(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    url: text('url').notNull(),
    events: text('events').array().$type<WebhookEventType[]>().notNull(),
    /** What the secret is derived from, with the server's own; it opens nothing by itself. */
    salt: text('salt').notNull(),
    /** The one before, with which is signed as well until then. */
    formerSalt: text('former_salt'),
    formerUntil: instant('former_until'),
    disabledReason: text('disabled_reason', { enum: ['owner', 'gone', 'failing'] }),
    failingSince: instant('failing_since'),
    ...timestamps,
  },
  (t) => [index('idx_webhook_subscriptions_user_id').on(t.userId, t.id)],
);

/** One event on its way to one address; its id is what the receiver knows it by. */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    id: primaryId(),
    subscriptionId: uuid('subscription_id')
      .notNull()
      .references(() => webhookSubscriptions.id, { onDelete: 'cascade' }),
    type: text('type').notNull(),
    /** The body, byte for byte, since signatures are over it. */
    payload: text('payload').notNull(),
    status: text('status', { enum: ['pending', 'delivered', 'failed'] })
      .notNull()
      .default('pending'),
    /** Which of the jobs queued for it may send it: the last one. */
    turn: integer('turn').notNull().default(0),
    attempts: integer('attempts').notNull().default(0),
    failure: text('failure').$type<WebhookFailure>(),
    responseStatus: integer('response_status'),
    responseBody: text('response_body'),
    latencyMs: integer('latency_ms'),
    lastAttemptAt: instant('last_attempt_at'),
    nextAttemptAt: instant('next_attempt_at'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [
    index('idx_webhook_deliveries_subscription_id').on(t.subscriptionId, t.id),
    index('idx_webhook_deliveries_pending').on(t.subscriptionId).where(sql`status = 'pending'`),
    index('idx_webhook_deliveries_created_at').on(t.createdAt),
  ],
);
