import type { Tx } from '@ainotebook/db';
import { defineJob, enqueue } from '@ainotebook/jobs';
import { z } from 'zod';

/** Asks the channel what became of an order, and closes it when its time is over. */
export const reconcileOrderJob = defineJob({
  topic: 'orders.reconcile',
  payload: z.object({
    orderId: z.uuid(),
    /** Paid for by another attempt: to be closed whatever the time. */
    isReplaced: z.boolean().default(false),
    /** Asked once, beside the questions that each order queues for itself. */
    isOnce: z.boolean().default(false),
    /** The bill has it, and will have what went back of it. */
    isBilled: z.boolean().default(false),
  }),
  isOutgoing: true,
});

/** Gives money back. Tried for some days: what a channel cannot do now it may do later. */
export const refundOrderJob = defineJob({
  topic: 'orders.refund',
  payload: z.object({ refundId: z.uuid() }),
  attempts: 80,
  backoffMs: 5_000,
  isOutgoing: true,
});

/** Learns how much the merchant gave back in the channel's own console, and writes it down. */
export const foreignRefundJob = defineJob({
  topic: 'orders.foreign-refund',
  payload: z.object({ orderId: z.uuid(), refundNo: z.string().min(1).max(64) }),
  attempts: 12,
  backoffMs: 10_000,
  isOutgoing: true,
});

/** Asks about orders that hang though their time is over: what should have asked has died. */
export const sweepOrdersJob = defineJob({ topic: 'orders.sweep', payload: z.object({}) });

/** Puts the bills of the channels beside our ledger. A channel that does not answer is asked for hours. */
export const compareBillsJob = defineJob({
  topic: 'orders.compare-bills',
  payload: z.object({}),
  attempts: 12,
  backoffMs: 10_000,
});

/** Paying people do not wait behind batches. */
const PRIORITY = 1;

/** Seconds after an order was made at which its channel is asked. */
const CHECKS_S = [30, 60, 120, 300, 600, 900, 1800];
const LAST_MS = 1800 * 1000;

/** When an order of this age is asked about next, in milliseconds from now. */
export function nextCheckMs(ageMs: number): number {
  const next = CHECKS_S.map((s) => s * 1000).find((ms) => ms > ageMs + 5_000);
  return next === undefined ? LAST_MS : next - ageMs;
}

export async function queueReconcile(
  tx: Tx,
  orderId: string,
  options: { delayMs: number; isReplaced?: boolean },
): Promise<void> {
  const { delayMs, isReplaced = false } = options;
  const payload = { orderId, isReplaced, isOnce: false, isBilled: false };
  await enqueue(tx, reconcileOrderJob, payload, { priority: PRIORITY, delayMs });
}

/** Asks the channel about an order now, whatever it is already. */
export async function queueQuestion(
  tx: Tx,
  orderId: string,
  { isBilled } = { isBilled: false },
): Promise<void> {
  const payload = { orderId, isReplaced: false, isOnce: true, isBilled };
  await enqueue(tx, reconcileOrderJob, payload, { priority: PRIORITY, dedupeKey: orderId });
}

export async function queueRefund(tx: Tx, refundId: string, delayMs = 0): Promise<void> {
  const options = { priority: PRIORITY, delayMs } as const;
  await enqueue(tx, refundOrderJob, { refundId }, options);
}

export async function queueForeignRefund(
  tx: Tx,
  refund: { orderId: string; refundNo: string },
  delayMs = 0,
): Promise<void> {
  const dedupeKey = `${refund.orderId} ${refund.refundNo}`;
  await enqueue(tx, foreignRefundJob, refund, { priority: PRIORITY, dedupeKey, delayMs });
}

export async function queueSweep(tx: Tx): Promise<void> {
  await enqueue(tx, sweepOrdersJob, {}, { dedupeKey: 'sweep' });
}

export async function queueComparison(tx: Tx): Promise<void> {
  await enqueue(tx, compareBillsJob, {}, { dedupeKey: 'compare' });
}
