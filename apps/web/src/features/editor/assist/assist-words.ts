import type { AnswerFailure, AssistAction, AssistTone } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { type ErrorCode, errorText } from '../../../lib/errors.js';

/** What an action is called on its button. */
export const ACTION: Record<
  Exclude<AssistAction, 'custom' | 'tone' | 'translate'>,
  () => string
> = {
  continue: m.assist_continue,
  rewrite: m.assist_rewrite,
  shorten: m.assist_shorten,
  expand: m.assist_expand,
  fix: m.assist_fix,
  explain: m.assist_explain,
  summarise: m.assist_summarise,
  outline: m.assist_outline,
};

export const TONE: Record<AssistTone, () => string> = {
  formal: m.assist_tone_formal,
  friendly: m.assist_tone_friendly,
  plain: m.assist_tone_plain,
  confident: m.assist_tone_confident,
};

const FAILURE: Partial<Record<AnswerFailure, () => string>> = {
  bad_key: m.assist_failed_setup,
  no_credit: m.assist_failed_setup,
  unknown_model: m.assist_failed_setup,
  too_long: m.assist_failed_long,
  refused: m.assist_failed_refused,
  filtered: m.assist_failed_refused,
  budget_spent: m.assist_failed_budget,
  internal: m.assist_failed_internal,
};

/** Why a text did not come to its end, and what to do. */
export const failureText = (failure: AnswerFailure): string =>
  (FAILURE[failure] ?? m.assist_failed_busy)();

/** Where a text stands that waits for its turn. */
export const placeText = (ahead: number): string =>
  ahead === 0 ? m.assist_queued_next() : m.assist_queued({ count: ahead });

/** Why the server did not begin with one. */
export function refusalText(code: ErrorCode): string {
  if (code === 'ai_off') return m.assist_off();
  if (code === 'not_found') return m.assist_not_saved();
  if (code === 'ai_failed') return m.assist_failed_busy();
  return code === 'limit_reached' ? m.assist_busy() : errorText(code);
}
