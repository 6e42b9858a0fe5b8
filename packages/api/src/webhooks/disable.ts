import { schema, type Tx } from '@ainotebook/db';
import { and, asc, eq, isNull, notInArray, type SQL, sql } from 'drizzle-orm';

const { webhookDeliveries, webhookSubscriptions } = schema;

/**
 * Turns a webhook off, which the caller has locked: what was waiting is not sent any more.
 */
export async function disableWebhook(
  tx: Tx,
  id: string,
  reason: 'owner' | 'gone' | 'failing',
): Promise<void> {
  await tx
    .update(webhookSubscriptions)
    .set({ disabledReason: reason })
    .where(eq(webhookSubscriptions.id, id));
  await giveUp(tx, eq(webhookDeliveries.subscriptionId, id));
}

/** Turns all of a user's webhooks off. */
export async function disableWebhooksOf(tx: Tx, userId: string): Promise<void> {
  const enabled = await tx
    .select({ id: webhookSubscriptions.id })
    .from(webhookSubscriptions)
    .where(
      and(eq(webhookSubscriptions.userId, userId), isNull(webhookSubscriptions.disabledReason)),
    )
    .orderBy(asc(webhookSubscriptions.id))
    .for('no key update');
  for (const { id } of enabled) await disableWebhook(tx, id, 'owner');
}

/**
 * What a webhook, which the caller has locked, tells of no more is not sent any more: whom it is sent to from now on
 * may be somebody who never may hear of it.
 */
export async function giveUpOthers(tx: Tx, id: string, events: readonly string[]): Promise<void> {
  const told = [...events, 'webhook.test'];
  await giveUp(
    tx,
    and(eq(webhookDeliveries.subscriptionId, id), notInArray(webhookDeliveries.type, told)),
  );
}

async function giveUp(tx: Tx, which: SQL | undefined): Promise<void> {
  await tx
    .update(webhookDeliveries)
    .set({
      status: 'failed',
      nextAttemptAt: null,
      failure: sql`coalesce(${webhookDeliveries.failure}, 'disabled')`,
    })
    .where(and(which, eq(webhookDeliveries.status, 'pending')));
}
