import type { Order } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Link, useNavigate } from '@tanstack/react-router';
import { ChevronLeft, CircleCheck } from 'lucide-react';
import { useState } from 'react';
import { useUser } from '../../app-context.js';
import { moneyText } from '../../lib/money.js';
import { fullTime } from '../../lib/time.js';
import { trpc } from '../../trpc.js';
import { Badge } from '../../ui/badge.js';
import { Button, buttonClass } from '../../ui/button.js';
import { ErrorBlock, Loading, Skeleton } from '../../ui/states.js';
import { useOrder } from './billing-hooks.js';
import { CHANNEL, ORDER_STATUS, ORDER_TONE, PERIOD } from './billing-words.js';
import { InvoicePart } from './invoice-part.js';
import { HeldNow, OrderPayment } from './order-payment.js';

/** One order: what is to be paid, or the receipt of what was. Where a channel sends people back to. */
export function OrderView({ id }: { id: string }) {
  const query = useOrder(id);
  const navigate = useNavigate();
  const goOn = ({ id: next }: Order) => void navigate({ to: '/orders', search: { id: next } });
  const [wasOpen, setWasOpen] = useState(false);
  if (query.data?.status === 'pending' && !wasOpen) setWasOpen(true);
  return (
    <div className="grid gap-6">
      <Link
        to="/orders"
        className="flex w-fit items-center gap-1.5 text-sm text-ink-2 hover:text-ink max-md:py-2.5 print:hidden"
      >
        <ChevronLeft aria-hidden className="size-4" />
        {m.orders_all()}
      </Link>
      {query.isPending && (
        <Loading>
          <Skeleton className="h-80 w-full" />
        </Loading>
      )}
      {query.isError && !query.data && (
        <ErrorBlock error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.data &&
        (query.data.paidAt ? (
          <>
            {wasOpen && query.data.status === 'paid' && <PaidNow planId={query.data.planId} />}
            <Receipt order={query.data} paidAt={query.data.paidAt} />
          </>
        ) : (
          <OrderPayment order={query.data} onReplaced={goOn} whenPaid={null} />
        ))}
    </div>
  );
}

/** It was paid while one looked on. */
function PaidNow({ planId }: { planId: string }) {
  return (
    <div role="status" className="flex items-start gap-3 rounded-xl bg-good-soft px-4 py-3 text-sm">
      <CircleCheck aria-hidden className="mt-0.5 size-5 shrink-0 text-good" />
      <p>
        <span className="block font-medium">{m.checkout_paid()}</span>
        <HeldNow planId={planId} />
      </p>
    </div>
  );
}

function Receipt({ order, paidAt }: { order: Order; paidAt: Date }) {
  const { email, displayName } = useUser();
  const site = trpc.system.info.useQuery();
  const lines = [
    [m.order_number(), order.outTradeNo],
    [m.order_what(), m.checkout_what({ plan: order.subject, period: PERIOD[order.period]() })],
    [m.order_buyer(), `${displayName} · ${email}`],
    [m.order_channel(), CHANNEL[order.channel]()],
    [m.order_paid_at(), fullTime(paidAt)],
  ];
  return (
    <div className="grid gap-5">
      <article data-print className="grid gap-5 rounded-2xl border border-line p-5 md:p-7">
        <header className="flex flex-wrap items-start justify-between gap-3">
          <div>
            <h2 className="text-lg font-semibold">{m.order_receipt()}</h2>
            <p className="text-sm text-ink-3">
              {site.data?.siteName} · {window.location.host}
            </p>
          </div>
          <Badge tone={ORDER_TONE[order.status]}>{ORDER_STATUS[order.status]()}</Badge>
        </header>
        <dl className="grid gap-3 text-sm">
          {lines.map(([name, value]) => (
            <div key={name} className="grid gap-x-4 md:grid-cols-[9rem_1fr]">
              <dt className="text-ink-3">{name}</dt>
              <dd className="break-words">{value}</dd>
            </div>
          ))}
        </dl>
        <dl className="grid gap-2 border-t border-line pt-4 text-sm">
          <Sum name={m.order_amount()} value={moneyText(order.amountFen)} isMain />
          {order.refundedFen > 0 && (
            <>
              <Sum name={m.order_refunded_amount()} value={`−${moneyText(order.refundedFen)}`} />
              <Sum name={m.order_net()} value={moneyText(order.amountFen - order.refundedFen)} />
            </>
          )}
        </dl>
        <p className="text-xs text-ink-3">{m.order_no_invoice()}</p>
      </article>
      <div className="flex flex-wrap gap-2 print:hidden">
        <Button onClick={() => window.print()}>{m.order_print()}</Button>
        <Link to="/settings/plan" className={buttonClass({ variant: 'ghost' })}>
          {m.plan_mine()}
        </Link>
      </div>
      <InvoicePart order={order} />
    </div>
  );
}

function Sum({ name, value, isMain = false }: { name: string; value: string; isMain?: boolean }) {
  return (
    <div className="flex items-baseline justify-between gap-4">
      <dt className="text-ink-2">{name}</dt>
      <dd className={isMain ? 'text-xl font-semibold tabular-nums' : 'tabular-nums'}>{value}</dd>
    </div>
  );
}
