import { z } from 'zod';
import { id, pageInput } from './common.js';
import { LIMITS } from './limits.js';

const aboutArticle = z.object({ articleId: id, title: z.string() });

/** What a user is told, and what it is about. */
export const notificationEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('password_changed'), data: z.object({}) }),
  z.object({
    kind: z.literal('email_changed'),
    data: z.object({ from: z.string(), to: z.string() }),
  }),
  z.object({
    kind: z.literal('scheduled_published'),
    data: aboutArticle.extend({ url: z.string() }),
  }),
  z.object({
    kind: z.literal('scheduled_failed'),
    data: aboutArticle.extend({ code: z.string() }),
  }),
  z.object({
    kind: z.literal('publication_blocked'),
    data: aboutArticle.extend({ note: z.string() }),
  }),
  z.object({ kind: z.literal('publication_unblocked'), data: aboutArticle }),
  z.object({ kind: z.literal('export_ready'), data: z.object({ name: z.string() }) }),
  z.object({
    kind: z.literal('plan_ending'),
    /** `endsAt` as ISO 8601; `days` until then, 0: it has ended, and the days of grace run. */
    data: z.object({ plan: z.string(), endsAt: z.iso.datetime(), days: z.number().int() }),
  }),
  z.object({
    kind: z.literal('webhook_disabled'),
    /** `gone`: the receiver said so; `failing`: nothing arrived for days. */
    data: z.object({ webhookId: id, url: z.string(), reason: z.enum(['gone', 'failing']) }),
  }),
  /** To administrators. */
  z.object({
    kind: z.literal('report_received'),
    data: z.object({ reportId: id, title: z.string(), reason: z.string() }),
  }),
]);
export type NotificationEvent = z.infer<typeof notificationEvent>;

export const notificationSchema = z.object({
  id,
  event: notificationEvent,
  readAt: z.date().nullable(),
  createdAt: z.date(),
});
export type Notification = z.infer<typeof notificationSchema>;

export const listNotificationsInput = z
  .strictObject({ ...pageInput })
  .default({ limit: LIMITS.pageSize });
export type ListNotificationsInput = z.infer<typeof listNotificationsInput>;

/** Counted up to `LIMITS.notificationsUnread`. */
export const unreadCountSchema = z.object({ count: z.number().int() });

/** These, or without `ids` all of the caller's. */
export const markReadInput = z
  .strictObject({ ids: z.array(id).min(1).max(LIMITS.pageSizeMax).optional() })
  .default({});
export type MarkReadInput = z.infer<typeof markReadInput>;
