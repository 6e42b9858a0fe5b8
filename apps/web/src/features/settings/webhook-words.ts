import type { WebhookDeliverySummary, WebhookEventType } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';

/** What can be asked for, in the order in which it is offered: what most programs are for comes first. */
export const EVENTS: readonly WebhookEventType[] = [
  'article.published',
  'article.updated',
  'article.unpublished',
  'article.deleted',
  'import.finished',
  'export.finished',
  'order.paid',
];

const WORDS: Record<WebhookEventType | 'webhook.test', () => string> = {
  'article.published': m.webhooks_on_published,
  'article.updated': m.webhooks_on_updated,
  'article.unpublished': m.webhooks_on_unpublished,
  'article.deleted': m.webhooks_on_deleted,
  'import.finished': m.webhooks_on_import,
  'export.finished': m.webhooks_on_export,
  'order.paid': m.webhooks_on_order,
  'webhook.test': m.webhooks_on_test,
};

const isKnown = (type: string): type is keyof typeof WORDS => Object.hasOwn(WORDS, type);

/** What an event says; of one that only a newer server knows, its name. */
export const eventText = (type: string): string => (isKnown(type) ? WORDS[type]() : type);

/** Where a webhook goes, short enough for a title. */
export const hostOf = (url: string): string => new URL(url).host;

/** Why the last attempt at a delivery failed, and what to do about it; null where none did. */
export function failureText({
  failure,
  responseStatus,
}: Pick<WebhookDeliverySummary, 'failure' | 'responseStatus'>): string | null {
  switch (failure) {
    case null:
      return null;
    case 'refused':
      return m.webhooks_failure_refused();
    case 'unreachable':
      return m.webhooks_failure_unreachable();
    case 'timeout':
      return m.webhooks_failure_timeout();
    case 'status':
      return m.webhooks_failure_status({ status: responseStatus ?? 0 });
    case 'disabled':
      return m.webhooks_failure_disabled();
  }
}
