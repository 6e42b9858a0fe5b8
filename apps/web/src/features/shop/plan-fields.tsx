import type { PlanPeriod } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { trpc } from '../../trpc.js';
import { Field, inputClass } from '../../ui/field.js';
import { PERIOD } from '../billing/billing-words.js';

const PERIODS: PlanPeriod[] = ['month', 'year', 'lifetime'];
const selectClass = `${inputClass} h-10 max-md:h-11`;

interface PlanFieldsProps {
  planId: string;
  period: PlanPeriod;
  error: string | null;
  onPlan: (planId: string) => void;
  onPeriod: (period: PlanPeriod) => void;
}

/** Which plan, and for how long. */
export function PlanFields({ planId, period, error, onPlan, onPeriod }: PlanFieldsProps) {
  const plans = trpc.admin.plans.list.useQuery();
  return (
    <>
      <Field
        label={m.shop_plan()}
        error={error}
        hint={plans.data?.length === 0 ? m.pricing_none_admin() : null}
      >
        {(control) => (
          <select
            {...control}
            value={planId}
            onChange={(event) => onPlan(event.target.value)}
            className={selectClass}
          >
            <option value="">{m.shop_plan_choose()}</option>
            {plans.data?.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={m.shop_period()}>
        {(control) => (
          <select
            {...control}
            value={period}
            onChange={(event) => {
              const next = PERIODS.find((one) => one === event.target.value);
              if (next) onPeriod(next);
            }}
            className={selectClass}
          >
            {PERIODS.map((one) => (
              <option key={one} value={one}>
                {PERIOD[one]()}
              </option>
            ))}
          </select>
        )}
      </Field>
    </>
  );
}
