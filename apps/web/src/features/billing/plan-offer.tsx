import type { HeldPlan, Plan, PlanPeriod, PlanPrice } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Check } from 'lucide-react';
import { moneyText } from '../../lib/money.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { cn } from '../../ui/cn.js';
import { benefitLines, heldText, PER } from './billing-words.js';

interface PlanOfferProps {
  plan: Plan;
  period: PlanPeriod;
  held: HeldPlan | undefined;
  /** Null where nothing can be paid online. */
  onBuy: ((price: PlanPrice) => void) | null;
}

const ONLY: Record<PlanPeriod, () => string> = {
  month: m.pricing_only_month,
  year: m.pricing_only_year,
  lifetime: m.pricing_only_lifetime,
};

/** A plan with its price for a period, what it gives, and the way to it. */
export function PlanOffer({ plan, period, held, onBuy }: PlanOfferProps) {
  const [other] = plan.prices;
  const price = plan.prices.find((one) => one.period === period) ?? other;
  const isForever = held !== undefined && held.endsAt === null;
  return (
    <li
      className={cn(
        'flex flex-col gap-4 rounded-2xl border p-5',
        held ? 'border-accent' : 'border-line',
      )}
    >
      <div className="grid gap-1">
        <div className="flex flex-wrap items-center gap-2">
          <h2 className="text-[1.0625rem] font-semibold">{plan.name}</h2>
          {held &&
            (held.isInGrace ? (
              <Badge tone="warn">{m.plan_in_grace()}</Badge>
            ) : (
              <Badge tone="accent">{m.pricing_current()}</Badge>
            ))}
        </div>
        {plan.description && (
          <p className="text-sm whitespace-pre-line text-ink-3">{plan.description}</p>
        )}
      </div>
      {price ? (
        <div>
          <Price plan={plan} price={price} />
          {price.period !== period && (
            <p className="mt-0.5 text-[0.8125rem] text-ink-3">{ONLY[price.period]()}</p>
          )}
        </div>
      ) : (
        <a href="#redeem" className="w-fit text-sm text-accent underline underline-offset-4">
          {m.pricing_code_only()}
        </a>
      )}
      {held && <p className="text-[0.8125rem] text-ink-2">{heldText(held)}</p>}
      <ul className="grid gap-2 text-sm">
        {benefitLines(plan.benefits).map((line) => (
          <li key={line} className="flex gap-2">
            <Check aria-hidden className="mt-0.5 size-4 shrink-0 text-good" />
            {line}
          </li>
        ))}
      </ul>
      {price && onBuy && !isForever && (
        <Button
          variant={held ? 'outline' : 'primary'}
          className="mt-auto"
          // Names of plans are long; what is seen is the beginning of what is read out.
          aria-label={
            held ? m.pricing_renew({ plan: plan.name }) : m.pricing_buy({ plan: plan.name })
          }
          onClick={() => onBuy(price)}
        >
          {held ? m.pricing_renew_short() : m.pricing_buy_short()}
        </Button>
      )}
    </li>
  );
}

/** With what a year comes to a month, and what it saves. */
function Price({ plan, price }: { plan: Plan; price: PlanPrice }) {
  const month = plan.prices.find((one) => one.period === 'month');
  const isYear = price.period === 'year';
  const saved = isYear && month ? month.amountFen * 12 - price.amountFen : 0;
  return (
    <div>
      <p className="flex flex-wrap items-baseline gap-x-1.5">
        <span className="text-3xl font-semibold tabular-nums">
          {moneyText(price.amountFen, 'price')}
        </span>
        <span className="text-sm text-ink-3">{PER[price.period]()}</span>
      </p>
      {isYear && (
        <p className="mt-0.5 text-[0.8125rem] text-ink-3">
          {saved > 0
            ? m.pricing_year_saves({
                amount: moneyText(Math.round(price.amountFen / 12)),
                saved: moneyText(saved, 'price'),
              })
            : m.pricing_year_month({ amount: moneyText(Math.round(price.amountFen / 12)) })}
        </p>
      )}
    </div>
  );
}
