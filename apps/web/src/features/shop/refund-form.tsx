import type { OrderRecord } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { type FormEvent, useState } from 'react';
import { fenOf, moneyText } from '../../lib/money.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Button } from '../../ui/button.js';
import { TextField } from '../../ui/field.js';

/** Gives money back, all of it or a part. */
export function RefundForm({ order }: { order: OrderRecord }) {
  const [isOpen, setIsOpen] = useState(false);
  const isPossible = order.status === 'paid' || order.status === 'partially_refunded';
  if (!isPossible) return null;
  if (order.refundNeeds === null) {
    return <p className="text-sm text-ink-3">{m.shop_refund_off()}</p>;
  }
  if (order.refundNeeds.length > 0) {
    const needs = order.refundNeeds.join(', ');
    return <p className="text-sm text-ink-3">{m.shop_refund_needs({ needs })}</p>;
  }
  return isOpen ? (
    <Fields order={order} onClose={() => setIsOpen(false)} />
  ) : (
    <div>
      <Button onClick={() => setIsOpen(true)}>{m.shop_refund()}</Button>
    </div>
  );
}

function Fields({ order, onClose }: { order: OrderRecord; onClose: () => void }) {
  const utils = trpc.useUtils();
  const leftFen = order.amountFen - order.refundedFen;
  const [amount, setAmount] = useState((leftFen / 100).toFixed(2));
  const [reason, setReason] = useState('');
  const [isTried, setIsTried] = useState(false);
  const refund = trpc.admin.orders.refund.useMutation({
    onSuccess: onClose,
    onError: toastError,
    onSettled: () => utils.admin.orders.invalidate(),
  });
  const amountFen = fenOf(amount);
  const isAmountRight = amountFen !== null && amountFen > 0 && amountFen <= leftFen;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (!isAmountRight || reason.trim() === '') return;
    refund.mutate({ id: order.id, amountFen, reason: reason.trim() });
  };
  return (
    <form onSubmit={submit} noValidate className="grid gap-4 rounded-xl border border-line p-4">
      <TextField
        label={m.shop_refund_amount()}
        hint={m.shop_refund_left({ amount: moneyText(leftFen) })}
        inputMode="decimal"
        value={amount}
        error={isTried && !isAmountRight ? m.shop_refund_wrong() : null}
        onChange={(event) => setAmount(event.target.value)}
      />
      <TextField
        label={m.shop_reason()}
        hint={m.shop_refund_reason_hint()}
        value={reason}
        maxLength={80}
        error={isTried && reason.trim() === '' ? m.shop_needed() : null}
        onChange={(event) => setReason(event.target.value)}
      />
      <p className="text-[0.8125rem] text-ink-3">
        {amountFen === leftFen ? m.shop_refund_full() : m.shop_refund_part()}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button onClick={onClose}>{m.common_cancel()}</Button>
        <Button type="submit" variant="danger" isBusy={refund.isPending}>
          {isAmountRight
            ? m.shop_refund_confirm({ amount: moneyText(amountFen) })
            : m.shop_refund()}
        </Button>
      </div>
    </form>
  );
}
