import type { Order, PaymentChannelInfo, PaymentMode, Plan, PlanPrice } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { errorInfo, errorText } from '../../lib/errors.js';
import { moneyText } from '../../lib/money.js';
import { trpc } from '../../trpc.js';
import { Button, buttonClass } from '../../ui/button.js';
import { Choice } from '../../ui/choice.js';
import { Dialog } from '../../ui/dialog.js';
import { usePaysHere } from './billing-hooks.js';
import { CHANNEL, PERIOD } from './billing-words.js';
import { OrderPayment } from './order-payment.js';
import { isInWechat } from './wechat-browser.js';

/** The ways of a channel, the one that suits best first. */
function waysOf(
  { modes }: PaymentChannelInfo,
  { paysHere, isNamed }: { paysHere: boolean; isNamed: boolean },
): PaymentMode[] {
  const others: PaymentMode[] = paysHere ? ['mobile', 'page', 'qr'] : ['qr', 'page', 'mobile'];
  const wanted: PaymentMode[] = isNamed ? ['jsapi', ...others] : others;
  return wanted.filter((mode) => modes.includes(mode));
}

interface CheckoutDialogProps {
  plan: Plan;
  price: PlanPrice;
  channels: PaymentChannelInfo[];
  /** With which WeChat, in whose browser this is, has named the payer. */
  payerCode: string | null;
  onClose: () => void;
}

/** From a plan to what became of its payment. */
export function CheckoutDialog(props: CheckoutDialogProps) {
  const { plan, onClose } = props;
  const [order, setOrder] = useState<Order | null>(null);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      size="sm"
      title={order ? m.checkout_pay_title() : m.checkout_title({ plan: plan.name })}
    >
      {order ? (
        <OrderPayment
          key={order.id}
          order={order}
          onReplaced={setOrder}
          whenPaid={
            <div className="flex flex-wrap justify-center gap-2">
              <Link to="/orders" search={{ id: order.id }} className={buttonClass()}>
                {m.order_receipt()}
              </Link>
              <Button variant="primary" onClick={onClose}>
                {m.checkout_done()}
              </Button>
            </div>
          }
        />
      ) : (
        <ChooseChannel {...props} onOrdered={setOrder} />
      )}
    </Dialog>
  );
}

type ChooseProps = CheckoutDialogProps & { onOrdered: (order: Order) => void };

function ChooseChannel({ plan, price, channels, payerCode, onOrdered }: ChooseProps) {
  const paysHere = usePaysHere();
  const isNamed = payerCode !== null;
  const [name, setName] = useState(
    (channels.find((one) => isNamed && one.payerUrl !== null) ?? channels[0])?.name,
  );
  const channel = channels.find((one) => one.name === name);
  const [first, second] = channel ? waysOf(channel, { paysHere, isNamed }) : [];
  const create = trpc.orders.create.useMutation({
    onSuccess: (order) => {
      onOrdered(order);
      // The telephone goes there at once; what comes back asks our server all the same.
      if (order.start?.kind === 'redirect') window.location.assign(order.start.url);
    },
  });
  const order = (mode: PaymentMode) => {
    if (!channel) return;
    const payer = mode === 'jsapi' && payerCode !== null ? { payerCode } : {};
    create.mutate({ planId: plan.id, period: price.period, channel: channel.name, mode, ...payer });
  };
  return (
    <div className="grid gap-5">
      <p className="flex items-baseline justify-between gap-4 border-y border-line py-3 text-sm">
        <span>{m.checkout_what({ plan: plan.name, period: PERIOD[price.period]() })}</span>
        <span className="text-xl font-semibold tabular-nums">{moneyText(price.amountFen)}</span>
      </p>
      {name && (
        <Choice
          label={m.checkout_channel()}
          layout="rows"
          value={name}
          onChange={(next) => {
            setName(next);
            create.reset();
          }}
          options={channels.map((one) => ({ value: one.name, label: CHANNEL[one.name]() }))}
        />
      )}
      {isInWechat() && first !== 'jsapi' && (
        <p className="text-[0.8125rem] text-warn">{m.checkout_in_wechat()}</p>
      )}
      {create.isError && (
        <div role="alert" className="grid gap-2 rounded-xl bg-danger-soft px-3.5 py-3 text-sm">
          <p className="text-danger">{errorText(errorInfo(create.error).code)}</p>
          {second && (
            <button
              type="button"
              className="w-fit underline underline-offset-4 max-md:py-2.5"
              onClick={() => order(second)}
            >
              {m.checkout_other_way()}
            </button>
          )}
        </div>
      )}
      <Button
        variant="primary"
        size="lg"
        isBusy={create.isPending}
        disabled={!first}
        onClick={() => first && order(first)}
      >
        {m.checkout_pay({ amount: moneyText(price.amountFen) })}
      </Button>
      <p className="text-center text-xs text-ink-3">{m.checkout_terms()}</p>
    </div>
  );
}
