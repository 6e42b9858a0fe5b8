import type { OrderRecord, OrderTrouble } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';

/** What was written down of an order. */
export const EVENT: Record<string, () => string> = {
  'order.paid': m.shop_event_paid,
  'order.closed': m.shop_event_closed,
  'order.refunding': m.shop_event_refunding,
  'order.partially_refunded': m.shop_event_partially_refunded,
  'order.refunded': m.shop_event_refunded,
  'order.refund_failed': m.shop_event_refund_failed,
  'order.mismatch': m.shop_event_mismatch,
  'order.paid_twice': m.shop_event_paid_twice,
  'order.surplus_refund': m.shop_event_surplus_refund,
  'invoice.requested': m.shop_event_invoice_requested,
  'invoice.issued': m.shop_event_invoice_issued,
  'invoice.declined': m.shop_event_invoice_declined,
};

/** Reasons that the server itself gives; others are a person's words. */
const WHY: Record<string, () => string> = {
  late: m.shop_why_late,
  done: m.shop_why_done,
  failed: m.shop_why_failed,
  'paid twice': m.shop_why_paid_twice,
  'account deleted': m.shop_why_account_deleted,
  'had for good': m.shop_why_had_for_good,
  'by the merchant': m.shop_why_by_merchant,
  mismatch: m.shop_why_mismatch,
  returned: m.shop_why_returned,
};

export const whyText = (why: string): string =>
  (Object.hasOwn(WHY, why) ? WHY[why]?.() : why) ?? why;

export const REFUND_STATE: Record<OrderRecord['refunds'][number]['state'], () => string> = {
  pending: m.shop_refund_pending,
  done: m.shop_refund_done,
  failed: m.shop_refund_failed,
};

export const NOTICE_STATE: Record<OrderRecord['notices'][number]['state'], () => string> = {
  received: m.shop_notice_received,
  processed: m.shop_notice_processed,
  duplicate: m.shop_notice_duplicate,
  rejected: m.shop_notice_rejected,
};

export const TROUBLE: Record<OrderTrouble['kind'], () => string> = {
  overdue: m.shop_trouble_overdue,
  refund_waiting: m.shop_trouble_refund_waiting,
  refund_failed: m.shop_trouble_refund_failed,
  mismatch: m.shop_trouble_mismatch,
  paid_twice: m.shop_trouble_paid_twice,
  notice_unsettled: m.shop_trouble_notice_unsettled,
};

/** Why a notice was not taken. */
export const REJECTION: Record<string, () => string> = {
  malformed: m.shop_rejection_malformed,
  signature: m.shop_rejection_signature,
  stale: m.shop_rejection_stale,
  foreign: m.shop_rejection_foreign,
  unknown_order: m.shop_rejection_unknown_order,
  mismatch: m.shop_rejection_mismatch,
};
