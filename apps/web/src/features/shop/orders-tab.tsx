import type { ListedOrder } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { keepPreviousData } from '@tanstack/react-query';
import { Receipt } from 'lucide-react';
import { useState } from 'react';
import { moneyText } from '../../lib/money.js';
import { fullTime } from '../../lib/time.js';
import { useDebounced } from '../../lib/use-debounced.js';
import { trpc } from '../../trpc.js';
import { Badge } from '../../ui/badge.js';
import { inputLook } from '../../ui/field.js';
import { PagedList } from '../../ui/paged-list.js';
import { EmptyState } from '../../ui/states.js';
import { CHANNEL, ORDER_STATUS, ORDER_TONE, PERIOD } from '../billing/billing-words.js';
import { OrderSheet } from './order-sheet.js';

const FILTERS = {
  all: undefined,
  pending: ['pending'],
  paid: ['paid'],
  refunds: ['refunding', 'partially_refunded', 'refunded'],
  closed: ['closed'],
} as const satisfies Record<string, readonly ListedOrder['status'][] | undefined>;

type Filter = keyof typeof FILTERS;
const filterOf = (typed: string): Filter =>
  Object.hasOwn(FILTERS, typed) ? (typed as Filter) : 'all';

/** Orders of everybody: found, looked into, refunded. */
export function OrdersTab() {
  const [text, setText] = useState('');
  const [filter, setFilter] = useState<Filter>('all');
  const [open, setOpen] = useState<string | null>(null);
  const q = useDebounced(text.trim(), 200) ?? '';
  const statuses = FILTERS[filter];
  const query = trpc.admin.orders.list.useInfiniteQuery(
    { limit: 50, ...(q ? { q } : {}), ...(statuses ? { statuses: [...statuses] } : {}) },
    { getNextPageParam: (page) => page.nextCursor, placeholderData: keepPreviousData },
  );
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <div className="flex flex-wrap gap-3">
        <input
          type="search"
          value={text}
          maxLength={100}
          onChange={(event) => setText(event.target.value)}
          placeholder={m.shop_orders_find()}
          aria-label={m.shop_orders_find()}
          className={`${inputLook} h-10 w-auto min-w-52 flex-1 max-md:h-11`}
        />
        <select
          aria-label={m.shop_orders_state()}
          value={filter}
          onChange={(event) => setFilter(filterOf(event.target.value))}
          className={`${inputLook} h-10 w-auto max-md:h-11`}
        >
          <option value="all">{m.shop_orders_all()}</option>
          <option value="pending">{ORDER_STATUS.pending()}</option>
          <option value="paid">{ORDER_STATUS.paid()}</option>
          <option value="refunds">{m.shop_orders_refunds()}</option>
          <option value="closed">{ORDER_STATUS.closed()}</option>
        </select>
      </div>
      <PagedList
        query={query}
        empty={
          q || statuses ? (
            <p className="py-6 text-sm text-ink-3">{m.shop_orders_not_found()}</p>
          ) : (
            <EmptyState icon={<Receipt />} title={m.orders_none()}>
              {m.shop_orders_none_text()}
            </EmptyState>
          )
        }
      >
        {(order) => <Row key={order.id} order={order} onOpen={() => setOpen(order.id)} />}
      </PagedList>
      {open && <OrderSheet id={open} onClose={() => setOpen(null)} />}
    </div>
  );
}

function Row({ order, onOpen }: { order: ListedOrder; onOpen: () => void }) {
  return (
    <li>
      <button
        type="button"
        onClick={onOpen}
        className="flex w-full flex-wrap items-center gap-x-4 gap-y-1 rounded-lg py-3 text-start hover:bg-hover md:px-2"
      >
        <span className="min-w-0 flex-1 basis-56">
          <span className="flex flex-wrap items-center gap-2 text-sm font-medium">
            {m.checkout_what({ plan: order.subject, period: PERIOD[order.period]() })}
            <Badge tone={ORDER_TONE[order.status]}>{ORDER_STATUS[order.status]()}</Badge>
          </span>
          <span className="block truncate text-[0.8125rem] text-ink-3">
            {order.buyer ?? m.shop_buyer_gone()} · {CHANNEL[order.channel]()} ·{' '}
            {fullTime(order.createdAt)}
          </span>
        </span>
        <span className="text-sm tabular-nums">{moneyText(order.amountFen)}</span>
      </button>
    </li>
  );
}
