import { type Db, schema } from '@ainotebook/db';
import { handleJob, type JobHandler } from '@ainotebook/jobs';
import { PaymentError, type RefundState } from '@ainotebook/payments';
import { eq, sql } from 'drizzle-orm';
import type { Services } from '../context.js';
import { compareDueBills } from './compare-bill.js';
import {
  compareBillsJob,
  foreignRefundJob,
  queueForeignRefund,
  queueReconcile,
  queueRefund,
  reconcileOrderJob,
  refundOrderJob,
  sweepOrdersJob,
} from './order-jobs.js';
import { reconcileOrder, requireChannel, sweepOrders } from './reconcile.js';
import { bookForeignRefund, finishRefund } from './refunds.js';
import { remindOfEnds, remindOfEndsJob } from './reminders.js';

const { orders, payments: paid, refunds } = schema;

/** While a channel does not answer. */
const AGAIN_MS = 60_000;
/** While a channel works on a refund: at first, and when that takes hours. */
const REFUND_MS = 5 * 60_000;
const SLOW_REFUND_MS = 3_600_000;

type Shop = { db: Db; payments: Services['payments'] };

/** Handlers of the jobs of orders. */
export function billingJobHandlers({ payments }: Pick<Services, 'payments'>): JobHandler[] {
  return [
    handleJob(remindOfEndsJob, async (run) => void (await remindOfEnds(run.db))),
    handleJob(sweepOrdersJob, async (run) => void (await sweepOrders(run.db))),
    handleJob(compareBillsJob, async (run) => compareDueBills({ db: run.db, payments })),
    handleJob(reconcileOrderJob, async (run, { orderId, isReplaced, isOnce, isBilled }) => {
      const options = { mustClose: isReplaced, hasRefunds: isBilled };
      // A channel that is away must not end the asking.
      const delayMs = await reconcileOrder({ db: run.db, payments }, orderId, options).catch(
        (error: unknown) => {
          if (error instanceof PaymentError) return AGAIN_MS;
          throw error;
        },
      );
      if (delayMs === null || isOnce) return;
      await run.once((tx) => queueReconcile(tx, orderId, { delayMs, isReplaced }));
    }),
    handleJob(refundOrderJob, async (run, { refundId }) => {
      const found = await askRefund({ db: run.db, payments }, refundId);
      if (found === null) return;
      const { state, delayMs } = found;
      await run.once(async (tx) => {
        if (state === 'done' || state === 'failed') await finishRefund(tx, refundId, state);
        else await queueRefund(tx, refundId, delayMs);
      });
    }),
    handleJob(foreignRefundJob, async (run, about) => {
      const found = await askForeignRefund({ db: run.db, payments }, about);
      if (found === null) return;
      await run.once(async (tx) => {
        if (found === 'later') return queueForeignRefund(tx, about, REFUND_MS);
        await bookForeignRefund(tx, about.orderId, { refundNo: about.refundNo, ...found });
      });
    }),
  ];
}

/** Has a refund made that waits. @returns how it stands now; null when it waits no more */
async function askRefund(
  { db, payments }: Shop,
  refundId: string,
): Promise<{ state: RefundState; delayMs: number } | null> {
  const [row] = await db
    .select({
      refund: refunds,
      order: orders,
      transactionId: paid.transactionId,
      isSlow: sql<boolean>`${refunds.createdAt} < now() - interval '1 hour'`,
    })
    .from(refunds)
    .innerJoin(orders, eq(orders.id, refunds.orderId))
    .leftJoin(paid, eq(paid.id, refunds.paymentId))
    .where(eq(refunds.id, refundId));
  if (row?.refund.state !== 'pending') return null;
  const { refund, order, transactionId, isSlow } = row;
  const channel = requireChannel(payments, order.channel);
  const request = {
    outTradeNo: order.outTradeNo,
    ...(transactionId === null ? {} : { transactionId }),
    refundNo: refund.refundNo,
    amountFen: refund.amountFen,
    totalFen: order.amountFen,
    reason: refund.reason,
  };
  const state = await channel.refund(request).catch(async (error: unknown) => {
    if (!(error instanceof PaymentError && FINAL.includes(error.kind))) throw error;
    if (error.kind === 'unsupported') return 'failed';
    // An attempt before, whose answer was lost, may have gone through.
    const { state: known } = await channel.queryRefund(request);
    return known === 'absent' ? 'failed' : known;
  });
  return { state, delayMs: isSlow ? SLOW_REFUND_MS : REFUND_MS };
}

/** Asked again, the channel would say the same. */
const FINAL: readonly PaymentError['kind'][] = ['refused', 'unsupported'];

/** How much went back under a number that is not ours; null when nothing did, or nothing is owed. */
async function askForeignRefund(
  shop: Shop,
  { orderId, refundNo }: { orderId: string; refundNo: string },
): Promise<{ amountFen: number; transactionId: string | null } | 'later' | null> {
  const { db, payments } = shop;
  const [order] = await db
    .select({ channel: orders.channel, outTradeNo: orders.outTradeNo })
    .from(orders)
    .where(eq(orders.id, orderId));
  if (!order) return null;
  const channel = requireChannel(payments, order.channel);
  const { outTradeNo } = order;
  const { state, amountFen, transactionId } = await channel.queryRefund({ outTradeNo, refundNo });
  if (state === 'processing') return 'later';
  if (state !== 'done' || amountFen === null) return null;
  // Whoever gave it back may have been faster than the notice that it was paid.
  await reconcileOrder(shop, orderId, { mustClose: false, hasRefunds: true });
  return { amountFen, transactionId };
}
