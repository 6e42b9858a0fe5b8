import { m } from '@ainotebook/messages';
import { Link } from '@tanstack/react-router';
import { ReceiptText } from 'lucide-react';
import { moneyText } from '../../lib/money.js';
import { fullTime } from '../../lib/time.js';
import { trpc } from '../../trpc.js';
import { Badge } from '../../ui/badge.js';
import { buttonClass } from '../../ui/button.js';
import { PagedList } from '../../ui/paged-list.js';
import { EmptyState } from '../../ui/states.js';
import { CHANNEL, ORDER_STATUS, ORDER_TONE, PERIOD } from './billing-words.js';

/** One's own orders, newest first. */
export function OrderList() {
  const query = trpc.orders.list.useInfiniteQuery(
    { limit: 20 },
    { getNextPageParam: (page) => page.nextCursor },
  );
  return (
    <PagedList
      query={query}
      empty={
        <EmptyState
          icon={<ReceiptText />}
          title={m.orders_none()}
          action={
            <Link to="/pricing" className={buttonClass()}>
              {m.pricing_see()}
            </Link>
          }
        >
          {m.orders_none_text()}
        </EmptyState>
      }
    >
      {(order) => (
        <li key={order.id}>
          <Link
            to="/orders"
            search={{ id: order.id }}
            className="flex flex-wrap items-center gap-x-4 gap-y-1 rounded-lg py-3.5 hover:bg-hover md:px-2"
          >
            <span className="min-w-0 flex-1 basis-48">
              <span className="flex flex-wrap items-center gap-2 text-sm font-medium">
                {m.checkout_what({ plan: order.subject, period: PERIOD[order.period]() })}
                <Badge tone={ORDER_TONE[order.status]}>{ORDER_STATUS[order.status]()}</Badge>
              </span>
              <span className="block text-[0.8125rem] text-ink-3">
                {fullTime(order.createdAt)} · {CHANNEL[order.channel]()}
              </span>
            </span>
            <span className="text-sm tabular-nums">{moneyText(order.amountFen)}</span>
          </Link>
        </li>
      )}
    </PagedList>
  );
}
