import type { AiTest } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { getLocale } from '@ainotebook/messages/runtime';

const FAILED: Record<NonNullable<AiTest['failure']>, () => string> = {
  bad_key: m.admin_ai_failed_key,
  no_credit: m.admin_ai_failed_credit,
  unknown_model: m.admin_ai_failed_model,
  too_long: m.admin_ai_failed_refused,
  refused: m.admin_ai_failed_refused,
  filtered: m.admin_ai_failed_refused,
  rate_limited: m.admin_ai_failed_busy,
  unavailable: m.admin_ai_failed_busy,
  unreachable: m.admin_ai_failed_unreachable,
  timeout: m.admin_ai_failed_slow,
  stalled: m.admin_ai_failed_slow,
  cut_off: m.admin_ai_failed_busy,
  bad_answer: m.admin_ai_failed_answer,
  budget_spent: m.admin_ai_failed_budget,
  internal: m.error_internal,
};

/** What came of trying a connection. */
export function Outcome({ failure, detail, ms }: AiTest) {
  if (failure === null) {
    const seconds = new Intl.NumberFormat(getLocale(), {
      style: 'unit',
      unit: 'second',
      maximumFractionDigits: 2,
    });
    return (
      <span className="text-good">{m.admin_ai_works({ time: seconds.format(ms / 1000) })}</span>
    );
  }
  return (
    <span className="text-danger">
      {FAILED[failure]()} {detail && <span className="font-mono text-xs">{detail}</span>}
    </span>
  );
}
