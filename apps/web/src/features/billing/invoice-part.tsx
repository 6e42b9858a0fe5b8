import type { Invoice, Order } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { useState } from 'react';
import { useUser } from '../../app-context.js';
import { errorInfo, errorText } from '../../lib/errors.js';
import { moneyText } from '../../lib/money.js';
import { trpc } from '../../trpc.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { Choice } from '../../ui/choice.js';
import { FormDialog } from '../../ui/dialog-form.js';
import { TextField } from '../../ui/field.js';
import { Loaded } from '../../ui/loaded.js';
import { Skeleton } from '../../ui/states.js';
import { toast } from '../../ui/toast.js';
import { INVOICE_STATUS, INVOICE_TONE } from './billing-words.js';

/** The invoice of a paid order: asked for, changed, and what became of it. */
export function InvoicePart({ order }: { order: Order }) {
  const query = trpc.invoices.get.useQuery({ orderId: order.id });
  return (
    <Loaded query={query} skeleton={<Skeleton className="h-16 w-full" />}>
      {(invoice) => <Known order={order} invoice={invoice} />}
    </Loaded>
  );
}

function Known({ order, invoice }: { order: Order; invoice: Invoice | null }) {
  const [isAsking, setIsAsking] = useState(false);
  const isOver = order.refundedFen === order.amountFen || order.status === 'refunding';
  if (invoice === null && isOver) return null;
  return (
    <section className="grid gap-3 print:hidden">
      <div className="flex flex-wrap items-center gap-2">
        <h2 className="text-base font-semibold">{m.invoice_title()}</h2>
        {invoice && (
          <Badge tone={INVOICE_TONE[invoice.status]}>{INVOICE_STATUS[invoice.status]()}</Badge>
        )}
      </div>
      <p className="text-sm text-ink-2">
        {invoice ? stateText(invoice, isOver) : m.invoice_none()}
      </p>
      {invoice?.status !== 'issued' && !isOver && (
        <Button className="w-fit" onClick={() => setIsAsking(true)}>
          {invoice ? m.invoice_change() : m.invoice_ask()}
        </Button>
      )}
      {isAsking && (
        <InvoiceDialog order={order} former={invoice} onClose={() => setIsAsking(false)} />
      )}
    </section>
  );
}

function stateText(invoice: Invoice, isOver: boolean): string {
  const { status, title, email, amountFen, answer } = invoice;
  if (status === 'issued') return m.invoice_issued_text({ number: answer ?? '', email });
  if (status === 'declined') {
    const why = answer ?? '';
    return isOver ? m.invoice_declined_over({ why }) : m.invoice_declined_text({ why });
  }
  return m.invoice_requested_text({ title, amount: moneyText(amountFen), email });
}

interface InvoiceDialogProps {
  order: Order;
  former: Invoice | null;
  onClose: () => void;
}

const TAX_NUMBER = /^[0-9A-Z]{15,20}$/;

function InvoiceDialog({ order, former, onClose }: InvoiceDialogProps) {
  const user = useUser();
  const utils = trpc.useUtils();
  const [kind, setKind] = useState<Invoice['kind']>(former?.kind ?? 'company');
  const [title, setTitle] = useState(former?.title ?? '');
  const [taxNumber, setTaxNumber] = useState(former?.taxNumber ?? '');
  const [email, setEmail] = useState(former?.email ?? user.email);
  const [isTried, setIsTried] = useState(false);
  const request = trpc.invoices.request.useMutation({
    onSuccess: (invoice) => {
      utils.invoices.get.setData({ orderId: order.id }, invoice);
      toast.success(m.invoice_asked());
      onClose();
    },
  });
  const tidyNumber = taxNumber.replace(/\s/g, '').toUpperCase();
  const isNumberRight = kind === 'personal' || TAX_NUMBER.test(tidyNumber);
  const submit = () => {
    setIsTried(true);
    const who = { orderId: order.id, title: title.trim(), email: email.trim() };
    if (who.title === '' || who.email === '' || !isNumberRight) return;
    request.mutate(kind === 'company' ? { ...who, kind, taxNumber: tidyNumber } : { ...who, kind });
  };
  const failure = request.isError ? errorInfo(request.error) : null;
  const isEmailWrong = failure?.fields.some(({ path }) => path === 'email') ?? false;
  return (
    <FormDialog
      onClose={onClose}
      size="sm"
      title={m.invoice_title()}
      submitLabel={m.invoice_send()}
      isBusy={request.isPending}
      onSubmit={submit}
    >
      <Choice
        label={m.invoice_kind()}
        value={kind}
        onChange={setKind}
        options={[
          { value: 'company', label: m.invoice_company() },
          { value: 'personal', label: m.invoice_personal() },
        ]}
      />
      <TextField
        label={m.invoice_name()}
        value={title}
        maxLength={100}
        autoComplete={kind === 'company' ? 'organization' : 'name'}
        error={isTried && title.trim() === '' ? m.invoice_name_needed() : null}
        onChange={(event) => setTitle(event.target.value)}
      />
      {kind === 'company' && (
        <TextField
          label={m.invoice_tax_number()}
          value={taxNumber}
          maxLength={30}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          error={isTried && !isNumberRight ? m.invoice_tax_number_wrong() : null}
          onChange={(event) => setTaxNumber(event.target.value)}
        />
      )}
      <TextField
        label={m.invoice_email()}
        type="email"
        value={email}
        error={isTried && (email.trim() === '' || isEmailWrong) ? m.invoice_email_wrong() : null}
        onChange={(event) => {
          setEmail(event.target.value);
          request.reset();
        }}
      />
      {failure && !isEmailWrong && (
        <p role="alert" className="text-sm text-danger">
          {errorText(failure.code)}
        </p>
      )}
    </FormDialog>
  );
}
