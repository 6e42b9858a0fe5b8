import type { AdminPlan } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { BadgeCheck } from 'lucide-react';
import { useState } from 'react';
import { moneyText } from '../../lib/money.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { Loaded } from '../../ui/loaded.js';
import { EmptyState, Skeleton } from '../../ui/states.js';
import { benefitLines, PER } from '../billing/billing-words.js';
import { PlanForm } from './plan-form.js';

/** What is sold: made, changed, no longer offered. */
export function PlansTab() {
  const query = trpc.admin.plans.list.useQuery();
  const [open, setOpen] = useState<{ plan: AdminPlan | null } | null>(null);
  const add = (
    <Button variant="primary" onClick={() => setOpen({ plan: null })}>
      {m.shop_plan_new()}
    </Button>
  );
  return (
    <Loaded query={query} skeleton={<Skeleton className="h-32 w-full" />}>
      {(plans) => (
        <div className="grid gap-4">
          {plans.length === 0 ? (
            <EmptyState icon={<BadgeCheck />} title={m.pricing_none()} action={add}>
              {m.pricing_none_admin()}
            </EmptyState>
          ) : (
            <>
              <div className="flex flex-wrap items-center justify-between gap-3">
                <p className="text-sm text-ink-3">{m.shop_plans_hint()}</p>
                {add}
              </div>
              <ul className="divide-y divide-line border-y border-line">
                {plans.map((plan) => (
                  <PlanRow key={plan.id} plan={plan} onChange={() => setOpen({ plan })} />
                ))}
              </ul>
            </>
          )}
          {open && <PlanForm plan={open.plan} onClose={() => setOpen(null)} />}
        </div>
      )}
    </Loaded>
  );
}

function PlanRow({ plan, onChange }: { plan: AdminPlan; onChange: () => void }) {
  const utils = trpc.useUtils();
  const update = trpc.admin.plans.update.useMutation({
    onError: toastError,
    onSettled: () => {
      void utils.admin.plans.list.invalidate();
      void utils.plans.list.invalidate();
    },
  });
  const { id, name, description, benefits, prices, isActive } = plan;
  const setActive = (next: boolean) =>
    update.mutate({ id, data: { name, description, benefits, prices, isActive: next } });
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-3 py-4">
      <div className="grid min-w-0 flex-1 basis-64 gap-1">
        <p className="flex flex-wrap items-center gap-2 text-sm font-medium">
          {name}
          <span className="font-mono text-xs text-ink-3">{plan.key}</span>
          <Badge tone={isActive ? 'good' : 'plain'}>
            {isActive ? m.shop_plan_offered() : m.shop_plan_retired()}
          </Badge>
          <span className="text-xs text-ink-3">{m.shop_version({ number: plan.version })}</span>
        </p>
        <p className="text-sm tabular-nums">
          {prices.length === 0
            ? m.pricing_code_only()
            : prices
                .map((one) => `${moneyText(one.amountFen, 'price')} ${PER[one.period]()}`)
                .join(' · ')}
        </p>
        <p className="text-[0.8125rem] text-ink-3">{benefitLines(benefits).join(' · ')}</p>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button size="sm" onClick={onChange}>
          {m.shop_change()}
        </Button>
        <Button size="sm" isBusy={update.isPending} onClick={() => setActive(!isActive)}>
          {isActive ? m.shop_plan_retire() : m.shop_plan_offer()}
        </Button>
      </div>
    </li>
  );
}
