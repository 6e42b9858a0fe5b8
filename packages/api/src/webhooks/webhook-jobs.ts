import type { Tx } from '@ainotebook/db';
import { defineJob, enqueueMany } from '@ainotebook/jobs';
import { z } from 'zod';

/**
 * One attempt at a delivery; `turn` tells it from those before. Its own attempts are for processes that die: a
 * receiver that does not answer is asked again by another job. A queue of its own, so that receivers that are
 * slow hold up nothing else.
 */
export const deliverWebhook = defineJob({
  topic: 'webhooks.deliver',
  queue: 'webhooks',
  payload: z.object({ deliveryId: z.uuid(), turn: z.int() }),
  attempts: 20,
  backoffMs: 2_000,
  leaseMs: 30_000,
  isOutgoing: true,
});

/** Queues attempts, in the transaction that made them due. */
export async function queueDeliveries(
  tx: Tx,
  deliveries: readonly { id: string; turn: number }[],
  delayMs = 0,
): Promise<void> {
  const items = deliveries.map(({ id, turn }) => ({ payload: { deliveryId: id, turn } }));
  await enqueueMany(tx, deliverWebhook, items, { delayMs });
}
