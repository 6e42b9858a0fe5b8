import type { BillComparison, BillDifference } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { useState } from 'react';
import { moneyText } from '../../lib/money.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { ErrorBlock, Loading, Skeleton } from '../../ui/states.js';
import { CHANNEL } from '../billing/billing-words.js';
import { OrderSheet } from './order-sheet.js';

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
  const [open, setOpen] = useState<string | null>(null);
  const [newest] = bills;
  if (!newest) return <p className="text-sm text-ink-3">{m.shop_bills_none()}</p>;
  const odd = bills.filter(({ differenceCount }) => differenceCount > 0);
  const evenCount = bills.length - odd.length;
  return (
    <>
      {odd.map((bill) => (
        <OddBill key={`${bill.channel} ${bill.day}`} bill={bill} onOpen={setOpen} />
      ))}
      {evenCount > 0 && (
        <p className="text-sm text-ink-2">
          {odd.length > 0
            ? m.shop_bills_others({ count: evenCount })
            : m.shop_bills_fine({ count: evenCount, day: newest.day })}
        </p>
      )}
      {open && <OrderSheet id={open} onClose={() => setOpen(null)} />}
    </>
  );
}

interface OddBillProps {
  bill: BillComparison;
  onOpen: (orderId: string) => void;
}

function OddBill({ bill, onOpen }: OddBillProps) {
  const { channel, day, differenceCount, differences, paidFen, returnedFen, seenAt } = bill;
  const utils = trpc.useUtils();
  const see = trpc.admin.bills.markSeen.useMutation({
    onError: toastError,
    onSettled: () => utils.admin.bills.invalidate(),
  });
  return (
    <details className="rounded-lg border border-line text-sm">
      <summary className="flex min-h-9 cursor-pointer flex-wrap items-center gap-x-3 px-3 py-1.5 max-md:min-h-11">
        <span>{m.shop_bill_day({ channel: CHANNEL[channel](), day, count: differenceCount })}</span>
        {seenAt && <Badge>{m.shop_bill_seen()}</Badge>}
      </summary>
      <div className="grid gap-1 border-t border-line px-3 py-2.5 text-[0.8125rem] text-ink-2">
        <p>{m.shop_bill_sums({ paid: moneyText(paidFen), returned: moneyText(returnedFen) })}</p>
        <p>{m.shop_bill_hint({ channel: CHANNEL[channel]() })}</p>
      </div>
      <ul className="divide-y divide-line border-t border-line px-3">
        {differences.map((one) => (
          <li key={`${one.movement} ${one.number}`} className="grid gap-0.5 py-2.5">
            <p className="flex flex-wrap gap-x-3">
              <span>{MOVEMENT[one.movement]()}</span>
              <span>{KIND[one.kind]()}</span>
              <span className="tabular-nums">
                {[
                  one.billedFen !== null &&
                    m.shop_bill_billed({ amount: moneyText(one.billedFen) }),
                  one.ledgerFen !== null &&
                    m.shop_bill_ledger({ amount: moneyText(one.ledgerFen) }),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </p>
            <OrderNumber difference={one} onOpen={onOpen} />
          </li>
        ))}
      </ul>
      {!seenAt && (
        <div className="border-t border-line px-3 py-2.5">
          <Button size="sm" isBusy={see.isPending} onClick={() => see.mutate({ channel, day })}>
            {m.shop_bill_mark_seen()}
          </Button>
        </div>
      )}
    </details>
  );
}

interface OrderNumberProps {
  difference: BillComparison['differences'][number];
  onOpen: (orderId: string) => void;
}

function OrderNumber({ difference: { orderId, outTradeNo }, onOpen }: OrderNumberProps) {
  const look = 'w-fit font-mono text-xs break-all text-ink-3';
  if (orderId === null) return <p className={`${look} select-all`}>{outTradeNo}</p>;
  return (
    <button
      type="button"
      className={`${look} text-start underline underline-offset-4 max-md:py-2`}
      onClick={() => onOpen(orderId)}
    >
      {outTradeNo}
    </button>
  );
}
