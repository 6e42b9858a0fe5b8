import type { BillComparison, BillDifference } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { moneyText } from '../../lib/money.js';
import { trpc } from '../../trpc.js';
import { ErrorBlock, Loading, Skeleton } from '../../ui/states.js';
import { CHANNEL } from '../billing/billing-words.js';

const KIND: Record<BillDifference['kind'], () => string> = {
  absent: m.shop_bill_absent,
  unbilled: m.shop_bill_unbilled,
  amount: m.shop_bill_amount,
};
const MOVEMENT: Record<BillDifference['movement'], () => string> = {
  payment: m.shop_movement_payment,
  refund: m.shop_movement_refund,
};

/** The bills of the channels beside our ledger: those that differ, or that none does. */
export function Bills() {
  const query = trpc.admin.bills.list.useQuery();
  return (
    <section className="grid gap-3">
      <h2 className="font-semibold">{m.shop_bills_title()}</h2>
      {query.isPending && (
        <Loading>
          <Skeleton className="h-12 w-full" />
        </Loading>
      )}
      {query.isError && <ErrorBlock error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Compared bills={query.data} />}
    </section>
  );
}

function Compared({ bills }: { bills: BillComparison[] }) {
  const [newest] = bills;
  if (!newest) return <p className="text-sm text-ink-3">{m.shop_bills_none()}</p>;
  const odd = bills.filter(({ differenceCount }) => differenceCount > 0);
  if (odd.length === 0) {
    return (
      <p className="text-sm text-ink-2">
        {m.shop_bills_fine({ count: bills.length, day: newest.day })}
      </p>
    );
  }
  return odd.map((bill) => <OddBill key={`${bill.channel} ${bill.day}`} bill={bill} />);
}

function OddBill({
  bill: { channel, day, differenceCount, differences },
}: {
  bill: BillComparison;
}) {
  return (
    <details className="rounded-lg border border-line text-sm">
      <summary className="flex min-h-9 cursor-pointer items-center px-3 py-1.5 max-md:min-h-11">
        {m.shop_bill_day({ channel: CHANNEL[channel](), day, count: differenceCount })}
      </summary>
      <ul className="divide-y divide-line border-t border-line px-3">
        {differences.map((one) => (
          <li key={`${one.movement} ${one.number}`} className="grid gap-0.5 py-2.5">
            <p className="flex flex-wrap gap-x-3">
              <span>{MOVEMENT[one.movement]()}</span>
              <span>{KIND[one.kind]()}</span>
              {one.billedFen !== null && (
                <span className="tabular-nums">
                  {m.shop_bill_billed({ amount: moneyText(one.billedFen) })}
                </span>
              )}
              {one.ledgerFen !== null && (
                <span className="tabular-nums">
                  {m.shop_bill_ledger({ amount: moneyText(one.ledgerFen) })}
                </span>
              )}
            </p>
            <p className="font-mono text-xs break-all text-ink-3 select-all">{one.outTradeNo}</p>
          </li>
        ))}
      </ul>
    </details>
  );
}
