import type { OrderRecord } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import type { ReactNode } from 'react';
import { moneyText } from '../../lib/money.js';
import { secondText } from '../../lib/time.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { ErrorBlock, Loading, Skeleton } from '../../ui/states.js';
import { CHANNEL, ORDER_STATUS, ORDER_TONE, PERIOD } from '../billing/billing-words.js';
import { RawBody } from './raw-body.js';
import { RefundForm } from './refund-form.js';
import { EVENT, NOTICE_STATE, REFUND_STATE, REJECTION, whyText } from './shop-words.js';

const POLL_MS = 5000;

/** One order with everything that is known of it. */
export function OrderSheet({ id, onClose }: { id: string; onClose: () => void }) {
  const query = trpc.admin.orders.get.useQuery(
    { id },
    // A refund is carried out in the background.
    { refetchInterval: ({ state }) => (state.data?.status === 'refunding' ? POLL_MS : false) },
  );
  return (
    <Dialog isOpen onClose={onClose} kind="sheet" size="lg" title={m.order_title()}>
      {query.isPending && (
        <Loading>
          <Skeleton className="h-60 w-full" />
        </Loading>
      )}
      {query.isError && !query.data && (
        <ErrorBlock error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.data && <OrderFacts order={query.data} />}
    </Dialog>
  );
}

function OrderFacts({ order }: { order: OrderRecord }) {
  const facts = [
    [m.order_number(), order.outTradeNo],
    [m.order_what(), m.checkout_what({ plan: order.subject, period: PERIOD[order.period]() })],
    [m.order_buyer(), order.buyer ?? m.shop_buyer_gone()],
    [m.order_channel(), CHANNEL[order.channel]()],
    [m.shop_amount(), moneyText(order.amountFen)],
    ...(order.refundedFen > 0
      ? [[m.order_refunded_amount(), moneyText(order.refundedFen)] as const]
      : []),
  ] as const;
  return (
    <div className="grid gap-8">
      <div className="grid gap-4">
        <div>
          <Badge tone={ORDER_TONE[order.status]}>{ORDER_STATUS[order.status]()}</Badge>
        </div>
        <dl className="grid gap-2 text-sm">
          {facts.map(([name, value]) => (
            <div key={name} className="grid grid-cols-[7rem_1fr] gap-x-3">
              <dt className="text-ink-3">{name}</dt>
              <dd className="min-w-0 break-all">{value}</dd>
            </div>
          ))}
        </dl>
      </div>
      <RefundForm order={order} />
      <Timeline order={order} />
      <Payments order={order} />
      <Refunds order={order} />
      <Notices order={order} />
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="grid gap-2">
      <h3 className="text-sm font-semibold">{title}</h3>
      {children}
    </section>
  );
}

/** That it was made stands above everything else. */
const isNews = ({ action }: OrderRecord['events'][number]) => action !== 'order.created';
/** Of the others it is the amount of the order, which stands above. */
const hasAmount = (action: string) =>
  action === 'order.mismatch' || action === 'order.paid_twice' || action === 'order.surplus_refund';

/** Made, then everything that was written down. */
function Timeline({ order }: { order: OrderRecord }) {
  const steps = [
    { id: 'made', text: m.shop_event_created(), by: null, why: null, at: order.createdAt },
    ...order.events.filter(isNews).map(({ id, action, actor, why, amountFen, createdAt }) => ({
      id,
      text: [EVENT[action]?.() ?? action, hasAmount(action) && amountFen && moneyText(amountFen)]
        .filter(Boolean)
        .join(' '),
      by: actor,
      why: why && whyText(why),
      at: createdAt,
    })),
  ];
  return (
    <Part title={m.shop_timeline()}>
      <ol className="grid gap-3 border-s border-line ps-4 text-sm">
        {steps.map(({ id, text, by, why, at }) => (
          <li key={id} className="relative">
            <span
              aria-hidden
              className="absolute -start-[1.3125rem] top-1.5 size-2 rounded-full bg-line-strong"
            />
            <p>{why ? m.shop_event_why({ event: text, why }) : text}</p>
            <p className="text-[0.8125rem] text-ink-3">
              <time dateTime={at.toISOString()}>{secondText(at)}</time>
              {by && ` · ${by}`}
            </p>
          </li>
        ))}
      </ol>
    </Part>
  );
}

function Payments({ order }: { order: OrderRecord }) {
  if (order.payments.length === 0) return null;
  return (
    <Part title={m.shop_payments()}>
      <ul className="grid gap-2 text-sm">
        {order.payments.map((one) => (
          <li key={one.transactionId} className="flex flex-wrap items-baseline gap-x-3">
            <span className="tabular-nums">{moneyText(one.amountFen)}</span>
            <span className="font-mono text-xs break-all text-ink-3 select-all">
              {one.transactionId}
            </span>
            {one.isSurplus && <Badge tone="warn">{m.shop_payment_surplus()}</Badge>}
            <span className="text-[0.8125rem] text-ink-3">{secondText(one.createdAt)}</span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Refunds({ order }: { order: OrderRecord }) {
  if (order.refunds.length === 0) return null;
  return (
    <Part title={m.shop_refunds()}>
      <ul className="grid gap-2 text-sm">
        {order.refunds.map((one) => (
          <li key={one.id} className="flex flex-wrap items-baseline gap-x-3">
            <span className="tabular-nums">{moneyText(one.amountFen)}</span>
            <Badge
              tone={one.state === 'failed' ? 'danger' : one.state === 'done' ? 'good' : 'accent'}
            >
              {REFUND_STATE[one.state]()}
            </Badge>
            <span className="text-ink-3">{whyText(one.reason)}</span>
            <span className="text-[0.8125rem] text-ink-3">{secondText(one.createdAt)}</span>
            <span className="font-mono text-xs break-all text-ink-3 select-all">
              {one.refundNo}
            </span>
            {one.canRetry && <RetryRefund id={one.id} />}
          </li>
        ))}
      </ul>
    </Part>
  );
}

function RetryRefund({ id }: { id: string }) {
  const utils = trpc.useUtils();
  const retry = trpc.admin.orders.retryRefund.useMutation({
    onError: toastError,
    onSettled: () => utils.admin.orders.invalidate(),
  });
  return (
    <Button size="sm" isBusy={retry.isPending} onClick={() => retry.mutate({ id })}>
      {m.shop_refund_retry()}
    </Button>
  );
}

function Notices({ order }: { order: OrderRecord }) {
  return (
    <Part title={m.shop_notices()}>
      {order.notices.length === 0 && <p className="text-sm text-ink-3">{m.shop_notices_none()}</p>}
      {order.notices.map((one) => (
        <details key={one.id} className="rounded-lg border border-line text-sm">
          <summary className="flex min-h-9 cursor-pointer flex-wrap items-center gap-x-3 px-3 py-1.5 max-md:min-h-11">
            <span>{NOTICE_STATE[one.state]()}</span>
            {one.reason && (
              <span className="text-ink-3">{REJECTION[one.reason]?.() ?? one.reason}</span>
            )}
            <span className="ms-auto text-[0.8125rem] text-ink-3">{secondText(one.createdAt)}</span>
          </summary>
          <RawBody body={one.body} />
        </details>
      ))}
    </Part>
  );
}
