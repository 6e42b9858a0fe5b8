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
import { toast } from '../../ui/toast.js';
import { usePaysHere } from './billing-hooks.js';
import { CHANNEL, PERIOD } from './billing-words.js';
import { OrderPayment } from './order-payment.js';
import { waysOf } from './payment-ways.js';
import { isInWechat } from './wechat-browser.js';

interface CheckoutDialogProps {
  plan: Plan;
  price: PlanPrice;
  channels: PaymentChannelInfo[];
  /** With which WeChat, in whose browser this is, has named the payer. */
  payerCode: string | null;
  /** The article that its reader wants to read on. */
  from: string | undefined;
  onClose: () => void;
}

/** From a plan to what became of its payment. */
export function CheckoutDialog(props: CheckoutDialogProps) {
  const { plan, from, onClose } = props;
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
              {from?.startsWith('/p/') ? (
                <a href={from} className={buttonClass({ variant: 'primary' })}>
                  {m.checkout_read_on()}
                </a>
              ) : (
                <Button variant="primary" onClick={onClose}>
                  {m.checkout_done()}
                </Button>
              )}
            </div>
          }
        />
      ) : (
        <ChooseChannel {...props} onOrdered={setOrder} />
      )}
    </Dialog>
  );
}

/** To pay in another way than the one that failed. */
const WAY: Record<PaymentMode, (about: { channel: string }) => string> = {
  page: m.checkout_by_page,
  mobile: m.checkout_by_mobile,
  qr: m.checkout_get_code,
  jsapi: m.checkout_bridge,
};

type ChooseProps = CheckoutDialogProps & { onOrdered: (order: Order) => void };

async function copyAddress(): Promise<void> {
  try {
    await navigator.clipboard.writeText(window.location.href);
    toast.success(m.common_copied());
  } catch {
    toast(window.location.href);
  }
}

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
  const code = create.isError ? errorInfo(create.error).code : null;
  // On a telephone WeChat's browser opens no other payment page, and cannot scan its own screen.
  const isBlocked = isInWechat() && paysHere && first !== 'jsapi';
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
      {isBlocked && <p className="text-[0.8125rem] text-warn">{m.checkout_in_wechat()}</p>}
      {code && (
        <div role="alert" className="grid gap-2 rounded-xl bg-danger-soft px-3.5 py-3 text-sm">
          <p className="text-danger">{errorText(code)}</p>
          {code === 'order_open' && <p>{m.checkout_order_open()}</p>}
          {channel && second && code === 'payment_failed' && (
            <button
              type="button"
              className="w-fit underline underline-offset-4 max-md:py-2.5"
              onClick={() => order(second)}
            >
              {WAY[second]({ channel: CHANNEL[channel.name]() })}
            </button>
          )}
        </div>
      )}
      {isBlocked ? (
        <Button variant="primary" size="lg" onClick={() => void copyAddress()}>
          {m.checkout_copy_address()}
        </Button>
      ) : (
        <Button
          variant="primary"
          size="lg"
          isBusy={create.isPending}
          disabled={!first}
          onClick={() => first && order(first)}
        >
          {m.checkout_pay({ amount: moneyText(price.amountFen) })}
        </Button>
      )}
      <p className="text-center text-xs text-ink-3">{m.checkout_terms()}</p>
    </div>
  );
}
