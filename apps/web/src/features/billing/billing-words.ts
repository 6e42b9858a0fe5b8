import type {
  HeldPlan,
  Invoice,
  Order,
  PaymentChannelInfo,
  PlanBenefits,
  PlanPeriod,
} from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { getLocale } from '@ainotebook/messages/runtime';
import { bytesText } from '../../lib/bytes.js';
import { graceEnd } from '../../lib/grace.js';
import { dateText } from '../../lib/time.js';

/** How long a term is, as what is bought. */
export const PERIOD: Record<PlanPeriod, () => string> = {
  month: m.plan_period_month,
  year: m.plan_period_year,
  lifetime: m.plan_period_lifetime,
};

/** What a price is for, behind it. */
export const PER: Record<PlanPeriod, () => string> = {
  month: m.plan_per_month,
  year: m.plan_per_year,
  lifetime: m.plan_per_lifetime,
};

export const CHANNEL: Record<PaymentChannelInfo['name'], () => string> = {
  alipay: m.channel_alipay,
  wechat: m.channel_wechat,
};

export const ORDER_STATUS: Record<Order['status'], () => string> = {
  pending: m.order_pending,
  paid: m.order_paid,
  closed: m.order_closed,
  refunding: m.order_refunding,
  partially_refunded: m.order_partially_refunded,
  refunded: m.order_refunded,
};

export const ORDER_TONE = {
  pending: 'warn',
  paid: 'good',
  closed: 'plain',
  refunding: 'accent',
  partially_refunded: 'accent',
  refunded: 'plain',
} as const satisfies Record<Order['status'], string>;

export const INVOICE_STATUS: Record<Invoice['status'], () => string> = {
  requested: m.invoice_requested,
  issued: m.invoice_issued,
  declined: m.invoice_declined,
};

export const INVOICE_TONE = {
  requested: 'warn',
  issued: 'good',
  declined: 'danger',
} as const satisfies Record<Invoice['status'], string>;

/** Until when somebody has a plan. */
export function heldText({ endsAt, isInGrace }: HeldPlan): string {
  if (endsAt === null) return m.plan_forever();
  const date = dateText(endsAt);
  return isInGrace
    ? m.plan_ended_grace({ date, until: dateText(graceEnd(endsAt)) })
    : m.plan_until({ date });
}

const compact = (value: number) =>
  new Intl.NumberFormat(getLocale(), { notation: 'compact' }).format(value);

/** What a plan gives beyond what everybody has, a line each; any plan opens what is for members. */
export function benefitLines(benefits: PlanBenefits): string[] {
  const { storageBytes, articles, aiTokensPerMonth, concurrentStreams } = benefits;
  return [
    storageBytes !== null && m.benefit_storage({ size: bytesText(storageBytes) }),
    articles !== null && m.benefit_articles({ count: articles }),
    aiTokensPerMonth !== null && m.benefit_ai_tokens({ count: compact(aiTokensPerMonth) }),
    concurrentStreams !== null && m.benefit_streams({ count: concurrentStreams }),
    benefits.hasJobPriority && m.benefit_priority(),
    benefits.hasCustomDomain && m.benefit_domain(),
    m.benefit_articles_of_members(),
  ].filter((line) => line !== false);
}
