import type { AnswerFailure, CitationState, Message } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';

/** Why an answer did not come, and what to do. */
export const FAILURE: Record<AnswerFailure, () => string> = {
  bad_key: m.chat_failed_key,
  no_credit: m.chat_failed_credit,
  unknown_model: m.chat_failed_model,
  too_long: m.chat_failed_long,
  refused: m.chat_failed_refused,
  filtered: m.chat_failed_filtered,
  rate_limited: m.chat_failed_busy,
  unavailable: m.chat_failed_busy,
  unreachable: m.chat_failed_unreachable,
  timeout: m.chat_failed_slow,
  stalled: m.chat_failed_slow,
  cut_off: m.chat_failed_cut,
  bad_answer: m.chat_failed_busy,
  budget_spent: m.chat_failed_budget,
  internal: m.chat_failed_internal,
};

/** What is said of a quote that is not where it was. */
export const STATE: Record<Exclude<CitationState, 'unchanged'>, () => string> = {
  moved: m.chat_quote_moved,
  changed: m.chat_quote_changed,
  gone: m.chat_quote_gone,
};

/** Where an answer stands that waits for its turn. */
export const placeText = (ahead: number): string =>
  ahead === 0 ? m.chat_queued_next() : m.chat_queued({ count: ahead });

/** What is said below an answer that did not come to its own end. */
export function endingOf({ status, failure }: Message): string | null {
  if (status === 'failed') return FAILURE[failure ?? 'internal']();
  if (status === 'stopped') return m.chat_stopped();
  return status === 'interrupted' ? m.chat_interrupted() : null;
}
