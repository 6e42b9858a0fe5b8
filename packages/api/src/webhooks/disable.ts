import { schema, type Tx } from '@ainotebook/db';
import { and, eq, sql } from 'drizzle-orm';

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
  await tx
    .update(webhookDeliveries)
    .set({
      status: 'failed',
      nextAttemptAt: null,
      failure: sql`coalesce(${webhookDeliveries.failure}, 'disabled')`,
    })
    .where(and(eq(webhookDeliveries.subscriptionId, id), eq(webhookDeliveries.status, 'pending')));
}
