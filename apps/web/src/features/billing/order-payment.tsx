import type { Order, PaymentChannelInfo, PaymentMode } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { CircleAlert, CircleCheck, ExternalLink, HandCoins, RotateCw, Timer } from 'lucide-react';
import { type ReactNode, Suspense } from 'react';
import { lazyPart } from '../../lib/lazy-part.js';
import { moneyText } from '../../lib/money.js';
import { toastError } from '../../lib/toast-error.js';
import { useCountdown } from '../../lib/use-countdown.js';
import { trpc } from '../../trpc.js';
import { Button, buttonClass } from '../../ui/button.js';
import { Skeleton } from '../../ui/states.js';
import { useOrder, usePaysHere } from './billing-hooks.js';
import { CHANNEL, heldText, PERIOD } from './billing-words.js';
import { waysOf } from './payment-ways.js';
import { clockText } from './poll-delay.js';
import { goToBeNamed, isInWechat } from './wechat-browser.js';

const BridgePay = lazyPart('BridgePay', () => import('./bridge-pay.js'));
const QrCode = lazyPart('QrCode', () => import('./qr-code.js'));

interface OrderPaymentProps {
  order: Order;
  /** The order that has taken its place. */
  onReplaced: (order: Order) => void;
  /** What can be done once it is paid. */
  whenPaid: ReactNode;
}

/** How an order fares, from the code to scan to what became of it. */
export function OrderPayment({ order: first, onReplaced, whenPaid }: OrderPaymentProps) {
  const query = useOrder(first.id, first);
  const order = query.data ?? first;
  const left = useCountdown(query.dataUpdatedAt + order.leftMs);
  const isOver = order.leftMs === 0 || left === 0;
  const isOpen = order.status === 'pending' && !isOver;
  const again = useAgain(order, onReplaced);
  const ask = useAsk(order);
  return (
    <div className="grid justify-items-center gap-4 text-center">
      <p className="text-sm text-ink-2">
        {m.checkout_what({ plan: order.subject, period: PERIOD[order.period]() })}
        <span className="mt-1 block text-3xl font-semibold text-ink tabular-nums">
          {moneyText(order.amountFen)}
        </span>
      </p>
      {isOpen && !again.isOff && <Waiting order={order} left={left} again={again} ask={ask} />}
      {isOpen && again.isOff && <Off order={order} again={again} />}
      {query.isError && isOpen && (
        <p className="flex items-center gap-1.5 text-[0.8125rem] text-warn">
          <CircleAlert aria-hidden className="size-4 shrink-0" />
          {m.checkout_no_answer()}
        </p>
      )}
      <Outcome order={order} isOver={isOver} again={again} ask={ask} whenPaid={whenPaid} />
      {order.status !== 'paid' && (
        <p className="text-xs break-all text-ink-3 select-all">
          {m.order_number()} {order.outTradeNo}
        </p>
      )}
    </div>
  );
}

type Again = ReturnType<typeof useAgain>;
type Ask = ReturnType<typeof useAsk>;

/** The same thing once more: in this way or another, through this channel or another. */
function useAgain(order: Order, onReplaced: (order: Order) => void) {
  const { planId, period, channel, mode } = order;
  const paysHere = usePaysHere();
  const create = trpc.orders.create.useMutation({ onSuccess: onReplaced, onError: toastError });
  const channels = trpc.orders.channels.useQuery();
  const known = channels.data ?? [];
  const mine = known.find(({ name }) => name === channel);
  const start = (by: PaymentMode = mode) => {
    // Inside WeChat the payer is named first; anywhere else there is a code to scan.
    const payerUrl = by === 'jsapi' && isInWechat() ? mine?.payerUrl : null;
    if (payerUrl) goToBeNamed(payerUrl, { planId, period });
    else create.mutate({ planId, period, channel, mode: by === 'jsapi' ? 'qr' : by });
  };
  return {
    isPending: create.isPending,
    /** Its channel was switched off since it was ordered. */
    isOff: channels.isSuccess && !mine,
    modes: mine?.modes ?? [],
    others: known.filter(({ name }) => name !== channel),
    start,
    startBy: (other: PaymentChannelInfo) => {
      const [by] = waysOf(other, { paysHere, isNamed: false });
      if (by) create.mutate({ planId, period, channel: other.name, mode: by });
    },
  };
}

/** Has the channel asked what became of an order, for somebody who says to have paid. */
function useAsk({ id }: Order) {
  const utils = trpc.useUtils();
  const check = trpc.orders.check.useMutation({
    onSuccess: (found) => utils.orders.get.setData({ id }, found),
    onError: toastError,
  });
  const { data } = check;
  return {
    isPending: check.isPending,
    /** Asked, and nothing has come. */
    isInVain: data !== undefined && !data.isScanned && data.paidAt === null,
    start: () => check.mutate({ id }),
  };
}

interface WaitingProps {
  order: Order;
  left: number;
  again: Again;
  ask: Ask;
}

function Waiting({ order, left, again, ask }: WaitingProps) {
  const { start, channel } = order;
  const paysByBridge = start?.kind === 'jsapi' && isInWechat();
  return (
    <>
      {start?.kind === 'qr' && (
        <>
          <Suspense fallback={<Skeleton className="size-52 rounded-xl" />}>
            <QrCode
              text={start.codeUrl}
              label={m.checkout_code_label({ channel: CHANNEL[channel]() })}
            />
          </Suspense>
          <p className="text-sm">
            {order.isScanned
              ? m.checkout_scanned()
              : m.checkout_scan({ channel: CHANNEL[channel]() })}
          </p>
        </>
      )}
      {start?.kind === 'redirect' && (
        <a href={start.url} className={buttonClass({ variant: 'primary', size: 'lg' })}>
          <ExternalLink aria-hidden className="size-4" />
          {m.checkout_open({ channel: CHANNEL[channel]() })}
        </a>
      )}
      {paysByBridge && (
        <Suspense fallback={<Skeleton className="h-11 w-40 rounded-xl" />}>
          <BridgePay order={order} params={start.params} onPaid={ask.start} />
        </Suspense>
      )}
      {(start === null || (start.kind === 'jsapi' && !paysByBridge)) && (
        <Button variant="primary" isBusy={again.isPending} onClick={() => again.start('qr')}>
          {m.checkout_get_code()}
        </Button>
      )}
      <p className="flex items-center gap-1.5 text-sm text-ink-3">
        <Timer aria-hidden className="size-4" />
        {m.checkout_left()}
        <span role="timer" className="text-ink tabular-nums">
          {clockText(left)}
        </span>
      </p>
      <div className="flex flex-wrap justify-center gap-2">
        <Button size="sm" isBusy={ask.isPending} onClick={ask.start}>
          {m.checkout_check()}
        </Button>
        {order.mode === 'qr' && again.modes.includes('page') && (
          <Button
            size="sm"
            variant="ghost"
            isBusy={again.isPending}
            onClick={() => again.start('page')}
          >
            {m.checkout_by_page({ channel: CHANNEL[channel]() })}
          </Button>
        )}
        {!paysByBridge && <Others again={again} />}
      </div>
    </>
  );
}

/** To pay through another channel. */
function Others({ again }: { again: Again }) {
  return again.others.map((other) => (
    <Button
      key={other.name}
      size="sm"
      variant="ghost"
      isBusy={again.isPending}
      onClick={() => again.startBy(other)}
    >
      {m.checkout_by_channel({ channel: CHANNEL[other.name]() })}
    </Button>
  ));
}

/** What is paid now would not be noticed. */
function Off({ order, again }: { order: Order; again: Again }) {
  return (
    <>
      <p role="alert" className="max-w-sm rounded-xl bg-warn-soft px-3.5 py-3 text-sm">
        {m.checkout_off({ channel: CHANNEL[order.channel]() })}
      </p>
      <div className="flex flex-wrap justify-center gap-2">
        <Others again={again} />
      </div>
    </>
  );
}

interface OutcomeProps {
  order: Order;
  isOver: boolean;
  again: Again;
  ask: Ask;
  whenPaid: ReactNode;
}

/** Read out when it changes. */
function Outcome({ order, isOver, again, ask, whenPaid }: OutcomeProps) {
  const isLost = order.status === 'closed' || (order.status === 'pending' && isOver);
  const isReturned = ['refunding', 'partially_refunded', 'refunded'].includes(order.status);
  return (
    <>
      <div role="status" className="grid justify-items-center gap-2 text-sm">
        {order.status === 'pending' && !isOver && (
          <span className="sr-only">
            {order.isScanned ? m.checkout_scanned() : m.checkout_waiting()}
          </span>
        )}
        {order.status === 'paid' && (
          <Said icon={<CircleCheck className="text-good" />} title={m.checkout_paid()}>
            <HeldNow planId={order.planId} />
          </Said>
        )}
        {isLost && (
          <Said icon={<Timer className="text-ink-3" />} title={m.checkout_expired()}>
            {m.checkout_expired_text()}
          </Said>
        )}
        {isReturned && (
          <Said icon={<HandCoins className="text-ink-3" />} title={m.checkout_returned()}>
            {m.checkout_returned_text()}
          </Said>
        )}
        {ask.isInVain && order.paidAt === null && (
          <p className="text-ink-2">{m.checkout_not_yet()}</p>
        )}
      </div>
      {isLost && (
        <div className="flex flex-wrap justify-center gap-2">
          {!again.isOff && (
            <Button variant="primary" isBusy={again.isPending} onClick={() => again.start()}>
              <RotateCw aria-hidden className="size-4" />
              {m.checkout_renew()}
            </Button>
          )}
          <Others again={again} />
          {!again.isOff && (
            <Button variant="ghost" isBusy={ask.isPending} onClick={ask.start}>
              {m.checkout_check()}
            </Button>
          )}
        </div>
      )}
      {order.status === 'paid' && whenPaid}
    </>
  );
}

function Said(props: { icon: ReactNode; title: string; children: ReactNode }) {
  const { icon, title, children } = props;
  return (
    <>
      <span aria-hidden className="[&_svg]:size-10 [&_svg]:stroke-[1.5]">
        {icon}
      </span>
      <p className="text-base font-semibold">{title}</p>
      <p className="max-w-xs text-ink-3">{children}</p>
    </>
  );
}

/** Until when somebody has a plan now, once that is known. */
export function HeldNow({ planId }: { planId: string }) {
  const mine = trpc.billing.myPlan.useQuery();
  const held = mine.data?.plans.find((plan) => plan.planId === planId);
  return held ? `${held.name} · ${heldText(held)}` : m.checkout_paid_text();
}
