import type { PaymentChannelInfo, Plan, PlanPeriod, PlanPrice } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { BadgeCheck, Ticket, Timer } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useUser } from '../../app-context.js';
import { trpc } from '../../trpc.js';
import { buttonClass } from '../../ui/button.js';
import { Choice } from '../../ui/choice.js';
import { both, Loaded } from '../../ui/loaded.js';
import { EmptyState, Skeleton } from '../../ui/states.js';
import { CheckoutDialog } from './checkout-dialog.js';
import { PlanOffer } from './plan-offer.js';
import { RedeemForm } from './redeem-form.js';
import { goToBeNamed, isInWechat, readReturn, type WechatReturn } from './wechat-browser.js';

/** What is sold here, and how to have it. */
export function Pricing() {
  const plans = trpc.plans.list.useQuery();
  const channels = trpc.orders.channels.useQuery();
  const skeleton = (
    <div className="grid gap-4 md:grid-cols-2 lg:grid-cols-3">
      <Skeleton className="h-80 w-full" />
      <Skeleton className="h-80 w-full" />
      <Skeleton className="h-80 w-full max-lg:hidden" />
    </div>
  );
  return (
    <Loaded query={both(plans, channels)} skeleton={skeleton}>
      {([offered, ways]) => (
        <div className="grid gap-8">
          {offered.length === 0 ? (
            <NoPlans />
          ) : (
            <>
              {ways.length === 0 && <NoChannel />}
              <Offers plans={offered} channels={ways} />
            </>
          )}
          <section aria-labelledby="redeem" className="grid max-w-xl gap-3">
            <h2 id="redeem" className="text-base font-semibold">
              {m.redeem_title()}
            </h2>
            <RedeemForm />
          </section>
        </div>
      )}
    </Loaded>
  );
}

function NoPlans() {
  const isAdmin = useUser().role === 'admin';
  return (
    <EmptyState
      icon={<BadgeCheck />}
      title={m.pricing_none()}
      action={
        isAdmin && (
          <Link
            to="/admin"
            search={{ tab: 'plans' }}
            className={buttonClass({ variant: 'primary' })}
          >
            {m.pricing_none_make()}
          </Link>
        )
      }
    >
      {isAdmin ? m.pricing_none_admin() : m.pricing_none_text()}
    </EmptyState>
  );
}

function NoChannel() {
  const isAdmin = useUser().role === 'admin';
  return (
    <div className="flex gap-3 rounded-xl bg-paper-3 px-4 py-3.5 text-sm">
      <Ticket aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-3" />
      <div className="grid gap-1">
        <p className="font-medium">{m.pricing_no_channel()}</p>
        <p className="text-ink-2">
          {isAdmin ? m.pricing_no_channel_admin() : m.pricing_no_channel_text()}
        </p>
        <a href="#redeem" className="w-fit text-accent underline underline-offset-4 max-md:py-2">
          {m.redeem_title()}
        </a>
      </div>
    </div>
  );
}

const PERIODS: PlanPeriod[] = ['month', 'year', 'lifetime'];
const BY_PERIOD: Record<PlanPeriod, () => string> = {
  month: m.pricing_by_month,
  year: m.pricing_by_year,
  lifetime: m.pricing_by_lifetime,
};

/** The way back to what was begun and not paid. */
function OpenOrder() {
  const query = trpc.orders.list.useQuery({ statuses: ['pending'], limit: 1 });
  const order = query.data?.items.find(({ leftMs }) => leftMs > 0);
  if (!order) return null;
  return (
    <Link
      to="/orders"
      search={{ id: order.id }}
      className="flex w-fit items-center gap-2 rounded-xl bg-paper-3 px-4 py-3 text-sm hover:bg-hover"
    >
      <Timer aria-hidden className="size-4 text-ink-3" />
      {m.pricing_open_order()}
    </Link>
  );
}

const route = getRouteApi('/member/pricing');

/** A checkout that is open. */
interface Checkout {
  plan: Plan;
  price: PlanPrice;
  payerCode: string | null;
}

/** The checkout for which WeChat has named the payer, where the browser comes back from there. */
function returnedCheckout(plans: Plan[], search: WechatReturn): Checkout | null {
  const back = readReturn(search);
  const plan = plans.find(({ id }) => id === back?.planId);
  const price = plan?.prices.find(({ period }) => period === back?.period);
  return back && plan && price ? { plan, price, payerCode: back.payerCode } : null;
}

function Offers({ plans, channels }: { plans: Plan[]; channels: PaymentChannelInfo[] }) {
  const offered = PERIODS.filter((period) =>
    plans.some(({ prices }) => prices.some((price) => price.period === period)),
  );
  const [chosen, setChosen] = useState<PlanPeriod>(
    offered.includes('year') ? 'year' : (offered[0] ?? 'month'),
  );
  const search = route.useSearch();
  const navigate = useNavigate();
  const [buying, setBuying] = useState(() => returnedCheckout(plans, search));
  // A code is good once: the address must not bring it back.
  useEffect(() => {
    if (search.code)
      void navigate({ to: '/pricing', search: { from: search.from }, replace: true });
  }, [search, navigate]);
  const buy = (plan: Plan, price: PlanPrice) => {
    const payerUrl = isInWechat() && channels.find((one) => one.payerUrl !== null)?.payerUrl;
    if (payerUrl) goToBeNamed(payerUrl, { planId: plan.id, period: price.period });
    else setBuying({ plan, price, payerCode: null });
  };
  const mine = trpc.billing.myPlan.useQuery();
  return (
    <div className="grid gap-5">
      <OpenOrder />
      {offered.length > 1 && (
        <Choice
          label={m.pricing_period()}
          value={chosen}
          onChange={setChosen}
          options={offered.map((period) => ({ value: period, label: BY_PERIOD[period]() }))}
        />
      )}
      <ul className="grid gap-4 md:grid-cols-2 lg:grid-cols-3">
        {plans.map((plan) => (
          <PlanOffer
            key={plan.id}
            plan={plan}
            period={chosen}
            held={mine.data?.plans.find(({ planId }) => planId === plan.id)}
            onBuy={channels.length > 0 ? (price) => buy(plan, price) : null}
          />
        ))}
      </ul>
      {buying && (
        <CheckoutDialog
          {...buying}
          channels={channels}
          from={search.from}
          onClose={() => setBuying(null)}
        />
      )}
    </div>
  );
}
