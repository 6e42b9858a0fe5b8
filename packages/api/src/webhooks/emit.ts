import type { WebhookEvent, WebhookEventType } from '@ainotebook/contract';
import { schema, type Tx } from '@ainotebook/db';
import { and, arrayOverlaps, asc, inArray, isNull, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { queueDeliveries } from './webhook-jobs.js';

const { webhookDeliveries, webhookSubscriptions } = schema;

type WithoutTime<Event> = Event extends WebhookEvent ? Omit<Event, 'timestamp'> : never;
/** What happened, just now. */
export type Happening = WithoutTime<Extract<WebhookEvent, { type: WebhookEventType }>>;

/** Tells the webhooks of some users, in the transaction of what happened. */
export async function emitWebhooks(
  tx: Tx,
  userIds: readonly string[],
  happenings: readonly Happening[],
): Promise<void> {
  if (userIds.length === 0 || happenings.length === 0) return;
  const types = [...new Set(happenings.map(({ type }) => type))];
  const subscriptions = await tx
    .select({ id: webhookSubscriptions.id, events: webhookSubscriptions.events })
    .from(webhookSubscriptions)
    .where(
      and(
        inArray(webhookSubscriptions.userId, [...userIds]),
        isNull(webhookSubscriptions.disabledReason),
        arrayOverlaps(webhookSubscriptions.events, types),
      ),
    )
    .orderBy(asc(webhookSubscriptions.id))
    // One that is being deleted must not take what happened along.
    .for('key share');
  const timestamp = new Date().toISOString();
  await insertDeliveries(
    tx,
    subscriptions.flatMap(({ id, events }) =>
      happenings
        .filter(({ type }) => events.includes(type))
        .map(({ type, data }) => ({ subscriptionId: id, event: { type, timestamp, data } })),
    ),
  );
}

/** Deliveries that are due at once. @returns their ids, in the order given */
export async function insertDeliveries(
  tx: Tx,
  items: readonly {
    subscriptionId: string;
    event: { type: string; timestamp: string; data: object };
  }[],
): Promise<string[]> {
  if (items.length === 0) return [];
  const rows = items.map(({ subscriptionId, event }) => ({
    id: v7(),
    subscriptionId,
    type: event.type,
    payload: JSON.stringify(event),
    nextAttemptAt: sql`now()`,
  }));
  await tx.insert(webhookDeliveries).values(rows);
  await queueDeliveries(
    tx,
    rows.map(({ id }) => ({ id, turn: 0 })),
  );
  return rows.map(({ id }) => id);
}
