import {
  byId,
  createdWebhookSchema,
  createWebhookInput,
  listWebhookDeliveriesInput,
  updateWebhookInput,
  webhookDeliveryPageSchema,
  webhookDeliverySchema,
  webhookDeliverySummarySchema,
  webhookSchema,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { authedProcedure } from '../procedures.js';
import { getDelivery, listDeliveries, replayDelivery, sendTest } from './deliveries.service.js';
import {
  createWebhook,
  deleteWebhook,
  listWebhooks,
  rotateWebhookSecret,
  updateWebhook,
} from './webhooks.service.js';

const common = { isPublic: true, scope: 'webhooks' } as const;

export const webhooksRouter = {
  /** The caller's webhooks, the oldest first. */
  list: authedProcedure
    .meta({ ...common, rest: 'GET /webhooks' })
    .output(z.array(webhookSchema))
    .query(({ ctx }) => listWebhooks(ctx)),
  /**
   * Has an address told of events. The secret is in this answer and nowhere else; check with it what arrives.
   * No API key makes one that tells of orders. @throws limit_reached, forbidden
   */
  create: authedProcedure
    .meta({ ...common, idempotency: 'none', rest: 'POST /webhooks' })
    .input(createWebhookInput)
    .output(createdWebhookSchema)
    .mutation(({ ctx, input }) => createWebhook(ctx, input)),
  /**
   * Changes a webhook; what is absent stays. What waits is given up where it is turned off or tells of it no more.
   * @throws not_found, forbidden
   */
  update: authedProcedure
    .meta({ ...common, idempotency: 'natural', rest: 'PATCH /webhooks/{id}' })
    .input(updateWebhookInput)
    .output(webhookSchema)
    .mutation(({ ctx, input }) => updateWebhook(ctx, input)),
  /** Gives a webhook another secret; deliveries are signed with both for a day. @throws not_found */
  rotateSecret: authedProcedure
    .meta({ ...common, idempotency: 'none', rest: 'POST /webhooks/{id}/secret' })
    .input(byId)
    .output(createdWebhookSchema)
    .mutation(({ ctx, input }) => rotateWebhookSecret(ctx, input)),
  /** Removes a webhook and its log; what waits is not sent. @throws not_found */
  delete: authedProcedure
    .meta({ ...common, rest: 'DELETE /webhooks/{id}' })
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => deleteWebhook(ctx, input)),
  /** What was sent to a webhook in the last 30 days, the newest first. @throws not_found */
  listDeliveries: authedProcedure
    .meta({ ...common, rest: 'GET /webhooks/{webhookId}/deliveries' })
    .input(listWebhookDeliveriesInput)
    .output(webhookDeliveryPageSchema)
    .query(({ ctx, input }) => listDeliveries(ctx, input)),
  /** One delivery, with what was sent and what came back. @throws not_found */
  getDelivery: authedProcedure
    .meta({ ...common, rest: 'GET /webhook-deliveries/{id}' })
    .input(byId)
    .output(webhookDeliverySchema)
    .query(({ ctx, input }) => getDelivery(ctx, input)),
  /** Sends `webhook.test` now, once; `getDelivery` tells what came of it. @throws not_found, conflict (it is off) */
  sendTest: authedProcedure
    .meta({ ...common, limit: 'webhook', rest: 'POST /webhooks/{id}/test' })
    .input(byId)
    .output(webhookDeliverySummarySchema)
    .mutation(({ ctx, input }) => sendTest(ctx, input)),
  /** Sends a delivery again, now, as it was and with the same id. @throws not_found, conflict (its webhook is off) */
  replay: authedProcedure
    .meta({ ...common, limit: 'webhook', rest: 'POST /webhook-deliveries/{id}/replay' })
    .input(byId)
    .output(webhookDeliverySummarySchema)
    .mutation(({ ctx, input }) => replayDelivery(ctx, input)),
} satisfies TRPCRouterRecord;
