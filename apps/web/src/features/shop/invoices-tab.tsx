import type { ListedInvoice } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { keepPreviousData } from '@tanstack/react-query';
import { Receipt } from 'lucide-react';
import { useState } from 'react';
import { moneyText } from '../../lib/money.js';
import { fullTime } from '../../lib/time.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { Choice } from '../../ui/choice.js';
import { FormDialog } from '../../ui/dialog-form.js';
import { inputLook, TextField } from '../../ui/field.js';
import { PagedList } from '../../ui/paged-list.js';
import { EmptyState } from '../../ui/states.js';
import { INVOICE_STATUS, INVOICE_TONE } from '../billing/billing-words.js';
import { OrderSheet } from './order-sheet.js';

type Status = ListedInvoice['status'];
const STATUSES = ['requested', 'issued', 'declined'] as const satisfies readonly Status[];

/** Invoices that people asked for: those that wait first. */
export function InvoicesTab() {
  const [status, setStatus] = useState<Status>('requested');
  const [open, setOpen] = useState<ListedInvoice | null>(null);
  const query = trpc.admin.invoices.list.useInfiniteQuery(
    { limit: 50, status },
    { getNextPageParam: (page) => page.nextCursor, placeholderData: keepPreviousData },
  );
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <div className="flex">
        <select
          aria-label={m.shop_invoices_state()}
          value={status}
          onChange={(event) =>
            setStatus(STATUSES.find((one) => one === event.target.value) ?? 'requested')
          }
          className={`${inputLook} h-10 w-auto max-md:h-11`}
        >
          {STATUSES.map((one) => (
            <option key={one} value={one}>
              {INVOICE_STATUS[one]()}
            </option>
          ))}
        </select>
      </div>
      <PagedList
        query={query}
        empty={
          <EmptyState icon={<Receipt />} title={m.shop_invoices_none()}>
            {m.shop_invoices_none_text()}
          </EmptyState>
        }
      >
        {(invoice) => <Row key={invoice.id} invoice={invoice} onOpen={() => setOpen(invoice)} />}
      </PagedList>
      {open && <AnswerDialog invoice={open} onClose={() => setOpen(null)} />}
    </div>
  );
}

function Row({ invoice, onOpen }: { invoice: ListedInvoice; onOpen: () => void }) {
  const { title, taxNumber, email, amountFen, keptFen, status, answer, createdAt } = invoice;
  const [isOrderOpen, setIsOrderOpen] = useState(false);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3 text-sm md:px-2">
      <div className="min-w-0 flex-1 basis-64">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          <span className="break-all select-all">{title}</span>
          <Badge tone={INVOICE_TONE[status]}>{INVOICE_STATUS[status]()}</Badge>
        </p>
        {taxNumber && <p className="font-mono text-xs break-all select-all">{taxNumber}</p>}
        <p className="text-[0.8125rem] break-words text-ink-3">
          {email} · {fullTime(createdAt)}
        </p>
        <button
          type="button"
          className="font-mono text-xs break-all text-ink-3 underline underline-offset-4 max-md:py-2"
          onClick={() => setIsOrderOpen(true)}
        >
          {invoice.outTradeNo}
        </button>
        {isOrderOpen && <OrderSheet id={invoice.orderId} onClose={() => setIsOrderOpen(false)} />}
        {answer && <p className="text-[0.8125rem] break-all text-ink-3">{answer}</p>}
        {keptFen < amountFen && (
          <p className="text-[0.8125rem] text-warn">
            {m.shop_invoice_refunded({ amount: moneyText(keptFen) })}
          </p>
        )}
      </div>
      <span className="tabular-nums">{moneyText(amountFen)}</span>
      {status === 'requested' && (
        <Button size="sm" onClick={onOpen}>
          {m.shop_invoice_answer()}
        </Button>
      )}
    </li>
  );
}

function AnswerDialog({ invoice, onClose }: { invoice: ListedInvoice; onClose: () => void }) {
  const utils = trpc.useUtils();
  const [status, setStatus] = useState<'issued' | 'declined'>('issued');
  const [answer, setAnswer] = useState('');
  const [isTried, setIsTried] = useState(false);
  const send = trpc.admin.invoices.answer.useMutation({
    onSuccess: onClose,
    onError: toastError,
    onSettled: () => utils.admin.invoices.invalidate(),
  });
  const submit = () => {
    setIsTried(true);
    if (answer.trim() !== '') send.mutate({ id: invoice.id, status, answer: answer.trim() });
  };
  return (
    <FormDialog
      onClose={onClose}
      size="sm"
      title={m.shop_invoice_answer()}
      submitLabel={m.shop_invoice_save()}
      isBusy={send.isPending}
      onSubmit={submit}
    >
      <p className="text-sm text-ink-2">
        {m.shop_invoice_about({
          title: invoice.title,
          amount: moneyText(invoice.amountFen),
          email: invoice.email,
        })}
      </p>
      <Choice
        label={m.shop_invoice_outcome()}
        value={status}
        onChange={setStatus}
        options={[
          { value: 'issued', label: INVOICE_STATUS.issued() },
          { value: 'declined', label: INVOICE_STATUS.declined() },
        ]}
      />
      <TextField
        label={status === 'issued' ? m.shop_invoice_number() : m.shop_invoice_why()}
        hint={status === 'issued' ? m.shop_invoice_number_hint() : m.shop_invoice_why_hint()}
        value={answer}
        maxLength={100}
        error={isTried && answer.trim() === '' ? m.shop_needed() : null}
        onChange={(event) => setAnswer(event.target.value)}
      />
    </FormDialog>
  );
}
