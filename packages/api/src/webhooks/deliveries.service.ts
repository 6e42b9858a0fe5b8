import {
  type ListWebhookDeliveriesInput,
  type WebhookDelivery,
  type WebhookDeliverySummary,
  webhookEventSchema,
} from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Auth, AuthedContext } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { decodeCursor, toPage } from '../pagination.js';
import { insertDeliveries } from './emit.js';
import { queueDeliveries } from './webhook-jobs.js';
import { lockWebhook, ownWebhooks } from './webhooks.service.js';

const { webhookDeliveries, webhookSubscriptions } = schema;

type Caller = Pick<AuthedContext, 'db' | 'auth'>;
type Sender = Caller & Pick<AuthedContext, 'nudgeJobs'>;

const summaryColumns = {
  id: webhookDeliveries.id,
  webhookId: webhookDeliveries.subscriptionId,
  type: webhookDeliveries.type,
  status: webhookDeliveries.status,
  attempts: webhookDeliveries.attempts,
  failure: webhookDeliveries.failure,
  responseStatus: webhookDeliveries.responseStatus,
  latencyMs: webhookDeliveries.latencyMs,
  lastAttemptAt: webhookDeliveries.lastAttemptAt,
  nextAttemptAt: webhookDeliveries.nextAttemptAt,
  createdAt: webhookDeliveries.createdAt,
};

/** What was sent by one of the caller's webhooks, the newest first. @throws AppError not_found, bad_input */
export async function listDeliveries(
  { db, auth }: Caller,
  { webhookId, limit, cursor }: ListWebhookDeliveriesInput,
): Promise<{ items: WebhookDeliverySummary[]; nextCursor: string | null }> {
  const [webhook] = await db
    .select({ id: webhookSubscriptions.id })
    .from(webhookSubscriptions)
    .where(and(eq(webhookSubscriptions.id, webhookId), ownWebhooks(auth)));
  if (!webhook) throw notFound('Webhook');
  const [before] = cursor ? decodeCursor(cursor, z.tuple([z.uuid()])) : [];
  const rows = await db
    .select(summaryColumns)
    .from(webhookDeliveries)
    .where(
      and(
        eq(webhookDeliveries.subscriptionId, webhook.id),
        ownDeliveries(auth),
        before === undefined ? undefined : lt(webhookDeliveries.id, before),
      ),
    )
    // A UUIDv7 begins with the time it was made.
    .orderBy(desc(webhookDeliveries.id))
    .limit(limit + 1);
  return toPage(rows, limit, { keyOf: (row) => [row.id], itemOf: (row) => row });
}

/** One delivery, with what was sent and what came back. @throws AppError not_found */
export async function getDelivery(
  { db, auth }: Caller,
  { id }: { id: string },
): Promise<WebhookDelivery> {
  const [row] = await db
    .select({
      ...summaryColumns,
      payload: webhookDeliveries.payload,
      responseBody: webhookDeliveries.responseBody,
    })
    .from(webhookDeliveries)
    .innerJoin(webhookSubscriptions, eq(webhookSubscriptions.id, webhookDeliveries.subscriptionId))
    .where(and(eq(webhookDeliveries.id, id), ownWebhooks(auth), ownDeliveries(auth)));
  if (!row) throw notFound('Delivery');
  return { ...row, payload: webhookEventSchema.parse(JSON.parse(row.payload)) };
}

/** Sends an event that means nothing, once, whatever was subscribed to. @throws AppError not_found, conflict (it is off) */
export async function sendTest(
  ctx: Sender,
  { id: webhookId }: { id: string },
): Promise<WebhookDeliverySummary> {
  const delivery = await ctx.db.transaction(async (tx) => {
    const webhook = await lockEnabled(tx, ctx.auth, webhookId);
    const timestamp = new Date().toISOString();
    const event = { type: 'webhook.test', timestamp, data: { webhookId } };
    const [id] = await insertDeliveries(tx, [{ subscriptionId: webhook.id, event }]);
    return readSummary(tx, id ?? '');
  });
  ctx.nudgeJobs();
  return delivery;
}

/**
 * Sends a delivery again, now, as it was: the receiver gets the same `webhook-id`. With all its attempts, in place
 * of those that were left. @throws AppError not_found, conflict (the webhook is off)
 */
export async function replayDelivery(
  ctx: Sender,
  { id }: { id: string },
): Promise<WebhookDeliverySummary> {
  const delivery = await ctx.db.transaction(async (tx) => {
    const found = await getDelivery({ db: tx, auth: ctx.auth }, { id });
    await lockEnabled(tx, ctx.auth, found.webhookId);
    const [row] = await tx
      .update(webhookDeliveries)
      .set({
        status: 'pending',
        attempts: 0,
        turn: sql`${webhookDeliveries.turn} + 1`,
        nextAttemptAt: sql`now()`,
      })
      .where(eq(webhookDeliveries.id, id))
      .returning({ id: webhookDeliveries.id, turn: webhookDeliveries.turn });
    if (!row) throw notFound('Delivery');
    await queueDeliveries(tx, [row]);
    return readSummary(tx, id);
  });
  ctx.nudgeJobs();
  return delivery;
}

/** Money is closed to API keys, also what was sent before its webhook told of orders no more. */
const ownDeliveries = ({ key }: Auth) =>
  key ? sql`${webhookDeliveries.type} <> 'order.paid'` : undefined;

async function lockEnabled(tx: Tx, auth: Auth, id: string) {
  const webhook = await lockWebhook(tx, auth, id);
  if (webhook.disabledReason !== null) {
    throw new AppError('conflict', 'The webhook is off; turn it on first');
  }
  return webhook;
}

async function readSummary(db: Db | Tx, id: string): Promise<WebhookDeliverySummary> {
  const [row] = await db
    .select(summaryColumns)
    .from(webhookDeliveries)
    .where(eq(webhookDeliveries.id, id));
  if (!row) throw notFound('Delivery');
  return row;
}
