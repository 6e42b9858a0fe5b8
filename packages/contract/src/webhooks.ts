import { z } from 'zod';
import { id, pageInput, pageOf, webUrl } from './common.js';

/** What a webhook can be told of. */
export const WEBHOOK_EVENTS = [
  'article.published',
  'article.updated',
  'article.unpublished',
  'article.deleted',
  'import.finished',
  'export.finished',
  'order.paid',
] as const;
export const webhookEventTypeSchema = z.enum(WEBHOOK_EVENTS);
export type WebhookEventType = z.infer<typeof webhookEventTypeSchema>;

const aboutArticle = z.object({ articleId: id, title: z.string() });
const aboutPublication = aboutArticle.extend({ slug: z.string(), url: z.string() });
/** `timestamp` is when it happened, as ISO 8601: a repetition of the delivery has the same. */
const event = <Type extends string, Data extends z.ZodType>(type: Type, data: Data) =>
  z.object({ type: z.literal(type), timestamp: z.iso.datetime(), data });

/** The body of a delivery: what happened, and where to ask for more. No text of a note is in it. */
export const webhookEventSchema = z.discriminatedUnion('type', [
  event('article.published', aboutPublication),
  event('article.updated', aboutPublication),
  event('article.unpublished', aboutPublication.omit({ url: true })),
  event('article.deleted', aboutArticle),
  event(
    'import.finished',
    z.object({ importId: id, source: z.string(), notes: z.int(), rejected: z.int() }),
  ),
  event(
    'export.finished',
    z.object({ exportId: id, name: z.string(), expiresAt: z.iso.datetime() }),
  ),
  event(
    'order.paid',
    z.object({
      orderId: id,
      outTradeNo: z.string(),
      planId: id,
      period: z.enum(['month', 'year', 'lifetime']),
      amountFen: z.int(),
      channel: z.enum(['alipay', 'wechat']),
    }),
  ),
  event('webhook.test', z.object({ webhookId: id })),
]);
export type WebhookEvent = z.infer<typeof webhookEventSchema>;

export const webhookSchema = z.object({
  id,
  url: z.string(),
  events: z.array(webhookEventTypeSchema),
  /**
   * Why nothing is sent: its owner wants it so, the receiver answered that it is gone (410), or every delivery of
   * five days failed. Null: it is on.
   */
  disabledReason: z.enum(['owner', 'gone', 'failing']).nullable(),
  /** Since when every attempt has failed; null after a success. */
  failingSince: z.date().nullable(),
  /** Until then deliveries are signed with the secret before this one as well. */
  formerSecretUntil: z.date().nullable(),
  createdAt: z.date(),
});
export type Webhook = z.infer<typeof webhookSchema>;

/** The secret, which signs what is sent, is shown this once. */
export const createdWebhookSchema = webhookSchema.extend({ secret: z.string() });
export type CreatedWebhook = z.infer<typeof createdWebhookSchema>;

const events = z
  .array(webhookEventTypeSchema)
  .min(1)
  .max(WEBHOOK_EVENTS.length)
  .transform((types) => [...new Set(types)]);

export const createWebhookInput = z.strictObject({ url: webUrl, events });
export type CreateWebhookInput = z.infer<typeof createWebhookInput>;

/** What is absent stays. */
export const updateWebhookInput = z.strictObject({
  id,
  data: z.strictObject({
    url: webUrl.optional(),
    events: events.optional(),
    isEnabled: z.boolean().optional(),
  }),
});
export type UpdateWebhookInput = z.infer<typeof updateWebhookInput>;

/**
 * Why an attempt failed: the address is not one that this server sends to, it did not answer, not in time, not with
 * a status of success, or the webhook was turned off before, or told of it no more.
 */
export const webhookFailureSchema = z.enum([
  'refused',
  'unreachable',
  'timeout',
  'status',
  'disabled',
]);
export type WebhookFailure = z.infer<typeof webhookFailureSchema>;

export const webhookDeliverySummarySchema = z.object({
  /** What the receiver gets as `webhook-id`, the same on each attempt. */
  id,
  webhookId: id,
  type: z.string(),
  /** `failed`: no attempt is left. */
  status: z.enum(['pending', 'delivered', 'failed']),
  attempts: z.int(),
  /** Of the last attempt; null where there was none. */
  failure: webhookFailureSchema.nullable(),
  /** The HTTP status that came back. */
  responseStatus: z.int().nullable(),
  latencyMs: z.int().nullable(),
  lastAttemptAt: z.date().nullable(),
  /** Null when there will be none. */
  nextAttemptAt: z.date().nullable(),
  createdAt: z.date(),
});
export type WebhookDeliverySummary = z.infer<typeof webhookDeliverySummarySchema>;

export const webhookDeliverySchema = webhookDeliverySummarySchema.extend({
  payload: webhookEventSchema,
  /** The beginning of what came back last. */
  responseBody: z.string().nullable(),
});
export type WebhookDelivery = z.infer<typeof webhookDeliverySchema>;

export const listWebhookDeliveriesInput = z.strictObject({ webhookId: id, ...pageInput });
export type ListWebhookDeliveriesInput = z.infer<typeof listWebhookDeliveriesInput>;
export const webhookDeliveryPageSchema = pageOf(webhookDeliverySummarySchema);
