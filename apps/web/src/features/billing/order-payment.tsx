import type { Order, PaymentMode } from '@ainotebook/contract';
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
import { toast } from '../../ui/toast.js';
import { useOrder } from './billing-hooks.js';
import { CHANNEL, PERIOD } from './billing-words.js';
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
  const isOpen = order.status === 'pending' && left > 0;
  return (
    <div className="grid justify-items-center gap-4 text-center">
      <p className="text-sm text-ink-2">
        {m.checkout_what({ plan: order.subject, period: PERIOD[order.period]() })}
        <span className="mt-1 block text-3xl font-semibold text-ink tabular-nums">
          {moneyText(order.amountFen)}
        </span>
      </p>
      {isOpen && <Waiting order={order} left={left} onReplaced={onReplaced} />}
      {query.isError && isOpen && (
        <p className="flex items-center gap-1.5 text-[0.8125rem] text-warn">
          <CircleAlert aria-hidden className="size-4 shrink-0" />
          {m.checkout_no_answer()}
        </p>
      )}
      <Outcome order={order} isOver={left === 0} onReplaced={onReplaced} whenPaid={whenPaid} />
    </div>
  );
}

/** The same thing once more, in this way or another. */
function useAgain({ planId, period, channel, mode }: Order, onReplaced: (order: Order) => void) {
  const create = trpc.orders.create.useMutation({ onSuccess: onReplaced, onError: toastError });
  const channels = trpc.orders.channels.useQuery();
  const { modes = [], payerUrl } = channels.data?.find(({ name }) => name === channel) ?? {};
  return {
    isPending: create.isPending,
    modes,
    start: (by: PaymentMode = mode) => {
      // Inside WeChat the payer is named first; anywhere else there is a code to scan.
      if (by === 'jsapi' && payerUrl && isInWechat()) goToBeNamed(payerUrl, { planId, period });
      else create.mutate({ planId, period, channel, mode: by === 'jsapi' ? 'qr' : by });
    },
  };
}

interface WaitingProps {
  order: Order;
  left: number;
  onReplaced: (order: Order) => void;
}

function Waiting({ order, left, onReplaced }: WaitingProps) {
  const { start, channel } = order;
  const utils = trpc.useUtils();
  const again = useAgain(order, onReplaced);
  const check = trpc.orders.check.useMutation({
    onSuccess: (found) => {
      utils.orders.get.setData({ id: order.id }, found);
      if (found.status === 'pending') toast(m.checkout_not_yet());
    },
    onError: toastError,
  });
  const askChannel = () => check.mutate({ id: order.id });
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
          <BridgePay order={order} params={start.params} onPaid={askChannel} />
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
        <Button size="sm" isBusy={check.isPending} onClick={askChannel}>
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
      </div>
    </>
  );
}

interface OutcomeProps {
  order: Order;
  isOver: boolean;
  onReplaced: (order: Order) => void;
  whenPaid: ReactNode;
}

/** Read out when it changes. */
function Outcome({ order, isOver, onReplaced, whenPaid }: OutcomeProps) {
  const again = useAgain(order, onReplaced);
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
            {m.checkout_paid_text()}
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
      </div>
      {isLost && (
        <Button variant="primary" isBusy={again.isPending} onClick={() => again.start()}>
          <RotateCw aria-hidden className="size-4" />
          {m.checkout_renew()}
        </Button>
      )}
      {order.status === 'paid' && whenPaid}
    </>
  );
}

function Said({ icon, title, children }: { icon: ReactNode; title: string; children: string }) {
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
