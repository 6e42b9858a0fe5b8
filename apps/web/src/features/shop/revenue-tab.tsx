import type { OrderTrouble, RevenueMonth, ShopReport } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { getLocale } from '@ainotebook/messages/runtime';
import { CircleCheck } from 'lucide-react';
import { useState } from 'react';
import { moneyText } from '../../lib/money.js';
import { fullTime } from '../../lib/time.js';
import { trpc } from '../../trpc.js';
import { both, Loaded } from '../../ui/loaded.js';
import { EmptyState, Skeleton } from '../../ui/states.js';
import { CHANNEL } from '../billing/billing-words.js';
import { Bills } from './bills.js';
import { OrderSheet } from './order-sheet.js';
import { RawBody } from './raw-body.js';
import { RevenueChart } from './revenue-chart.js';
import { REJECTION, TROUBLE } from './shop-words.js';

/** What came in, month by month, and what does not add up. */
export function RevenueTab() {
  const revenue = trpc.admin.orders.revenue.useQuery();
  const report = trpc.admin.orders.report.useQuery();
  return (
    <Loaded query={both(revenue, report)} skeleton={<Skeleton className="h-60 w-full" />}>
      {([months, checked]) => (
        <div className="grid gap-10">
          <section
            aria-label={m.shop_revenue_title()}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: nothing in it takes the focus, and arrows have to scroll it
            tabIndex={0}
            className="grid gap-4"
          >
            <h2 className="font-semibold">{m.shop_revenue_title()}</h2>
            <RevenueChart months={months} />
            <p className="text-xs text-ink-3 max-md:hidden">{m.shop_revenue_legend()}</p>
            <RevenueTable months={months} />
          </section>
          <Report report={checked} />
          <Bills />
        </div>
      )}
    </Loaded>
  );
}

/** `2026-11` as people say it. */
const monthText = (month: string): string =>
  new Intl.DateTimeFormat(getLocale(), { year: 'numeric', month: 'short', timeZone: 'UTC' }).format(
    new Date(`${month}-15T00:00:00Z`),
  );

function RevenueTable({ months }: { months: RevenueMonth[] }) {
  const cell = 'px-2 py-1.5 text-end tabular-nums first:ps-0 first:text-start last:pe-0';
  // What came less what is left says the same.
  const wide = `${cell} max-md:hidden`;
  const sum = (of: (month: RevenueMonth) => number) =>
    months.reduce((total, month) => total + of(month), 0);
  return (
    <table className="w-full text-sm">
      <caption className="sr-only">{m.shop_revenue_title()}</caption>
      <thead className="text-[0.8125rem] text-ink-3">
        <tr className="border-b border-line">
          <th scope="col" className={cell}>
            {m.shop_month()}
          </th>
          <th scope="col" className={cell}>
            {m.shop_orders_count()}
          </th>
          <th scope="col" className={cell}>
            {m.shop_paid()}
          </th>
          <th scope="col" className={wide}>
            {m.shop_refunded()}
          </th>
          <th scope="col" className={cell}>
            {m.shop_net()}
          </th>
        </tr>
      </thead>
      <tbody>
        {[...months].reverse().map(({ month, orderCount, paidFen, refundedFen }) => (
          <tr key={month} className="border-b border-line">
            <th scope="row" className={`${cell} font-normal`}>
              {monthText(month)}
            </th>
            <td className={cell}>{orderCount}</td>
            <td className={cell}>{moneyText(paidFen)}</td>
            <td className={wide}>{moneyText(refundedFen)}</td>
            <td className={cell}>{moneyText(paidFen - refundedFen)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot className="font-medium">
        <tr>
          <th scope="row" className={`${cell} font-medium`}>
            {m.shop_total()}
          </th>
          <td className={cell}>{sum((one) => one.orderCount)}</td>
          <td className={cell}>{moneyText(sum((one) => one.paidFen))}</td>
          <td className={wide}>{moneyText(sum((one) => one.refundedFen))}</td>
          <td className={cell}>{moneyText(sum((one) => one.paidFen - one.refundedFen))}</td>
        </tr>
      </tfoot>
    </table>
  );
}

function Report({ report: { troubles, rejectedNotices } }: { report: ShopReport }) {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <section className="grid gap-3">
      <h2 className="font-semibold">{m.shop_report_title()}</h2>
      {troubles.length === 0 ? (
        <EmptyState icon={<CircleCheck />} title={m.shop_report_none()}>
          {m.shop_report_none_text()}
        </EmptyState>
      ) : (
        <ul className="divide-y divide-line border-y border-line">
          {troubles.map((one) => (
            <TroubleRow
              key={`${one.kind} ${one.orderId} ${one.since.getTime()}`}
              trouble={one}
              onOpen={() => setOpen(one.orderId)}
            />
          ))}
        </ul>
      )}
      {rejectedNotices.length > 0 && (
        <div className="grid gap-1 text-sm">
          <h3 className="font-medium">{m.shop_rejected_title()}</h3>
          <ul className="grid gap-1 text-ink-2">
            {rejectedNotices.map(({ channel, reason, count, lastAt, lastBody }) => (
              <li key={`${channel} ${reason}`}>
                <details>
                  <summary className="cursor-pointer py-1 max-md:py-2.5">
                    {CHANNEL[channel]()} · {REJECTION[reason]?.() ?? reason} ·{' '}
                    {m.shop_rejected_count({ count })} · {fullTime(lastAt)}
                  </summary>
                  <RawBody body={lastBody} />
                </details>
              </li>
            ))}
          </ul>
        </div>
      )}
      {open && <OrderSheet id={open} onClose={() => setOpen(null)} />}
    </section>
  );
}

function TroubleRow({ trouble, onOpen }: { trouble: OrderTrouble; onOpen: () => void }) {
  return (
    <li>
      <button
        type="button"
        onClick={onOpen}
        className="flex w-full flex-wrap items-center gap-x-4 gap-y-1 py-3 text-start hover:bg-hover"
      >
        <span className="min-w-0 flex-1 basis-56 text-sm">
          {TROUBLE[trouble.kind]()}
          <span className="block font-mono text-xs break-all text-ink-3">{trouble.outTradeNo}</span>
        </span>
        <span className="text-sm tabular-nums">{moneyText(trouble.amountFen)}</span>
        <span className="text-[0.8125rem] text-ink-3">{fullTime(trouble.since)}</span>
      </button>
    </li>
  );
}
