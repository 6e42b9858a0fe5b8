import { m } from '@ainotebook/messages';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { OrderList } from '../features/billing/order-list.js';
import { OrderView } from '../features/billing/order-view.js';
import { Pricing } from '../features/billing/pricing.js';
import { ScreenHeader } from '../features/shell/screen-header.js';
import { cn } from '../ui/cn.js';

// One file for what people buy: what its screens have in common is fetched with them alone.
export { MyPlanSections } from '../features/billing/my-plan.js';

interface FrameProps {
  title: string;
  width: string;
  children: ReactNode;
}

function Frame({ title, width, children }: FrameProps) {
  return (
    <div className="flex min-w-0 flex-1 flex-col bg-paper">
      <ScreenHeader title={title} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className={cn('mx-auto w-full px-4 pt-2 pb-16 md:px-8', width)}>{children}</div>
      </div>
    </div>
  );
}

/** What is sold here. */
export const PricingScreen = () => (
  <Frame title={m.nav_plans()} width="max-w-5xl">
    <p className="mb-6 text-sm text-ink-3">{m.pricing_lead()}</p>
    <Pricing />
  </Frame>
);

const route = getRouteApi('/member/orders');

/** One's own orders, or one of them. */
export function OrdersScreen() {
  const { id } = route.useSearch();
  return (
    <Frame title={id ? m.order_title() : m.orders_title()} width="max-w-2xl">
      {id ? <OrderView key={id} id={id} /> : <OrderList />}
    </Frame>
  );
}
