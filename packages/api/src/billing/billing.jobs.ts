import { schema } from '@ainotebook/db';
import { handleJob, type JobHandler } from '@ainotebook/jobs';
import { PaymentError, type RefundState } from '@ainotebook/payments';
import { eq } from 'drizzle-orm';
import type { Services } from '../context.js';
import { compareDueBills } from './compare-bill.js';
import {
  compareBillsJob,
  queueReconcile,
  queueRefund,
  reconcileOrderJob,
  refundOrderJob,
} from './order-jobs.js';
import { reconcileOrder, requireChannel } from './reconcile.js';
import { finishRefund } from './refunds.js';
import { remindOfEnds, remindOfEndsJob } from './reminders.js';

const { orders, payments: paid, refunds } = schema;

/** While a channel does not answer. */
const AGAIN_MS = 60_000;
/** While a channel works on a refund. */
const REFUND_MS = 5 * 60_000;

/** Handlers of the jobs of orders. */
export function billingJobHandlers({ payments }: Pick<Services, 'payments'>): JobHandler[] {
  return [
    handleJob(remindOfEndsJob, async (run) => void (await remindOfEnds(run.db))),
    handleJob(compareBillsJob, async (run) => compareDueBills({ db: run.db, payments })),
    handleJob(reconcileOrderJob, async (run, { orderId, isReplaced }) => {
      const options = { mustClose: isReplaced };
      // A channel that is away must not end the asking.
      const delayMs = await reconcileOrder({ db: run.db, payments }, orderId, options).catch(
        (error: unknown) => {
          if (error instanceof PaymentError) return AGAIN_MS;
          throw error;
        },
      );
      if (delayMs === null) return;
      await run.once((tx) => queueReconcile(tx, orderId, { delayMs, isReplaced }));
    }),
    handleJob(refundOrderJob, async (run, { refundId }) => {
      const [row] = await run.db
        .select({ refund: refunds, order: orders, transactionId: paid.transactionId })
        .from(refunds)
        .innerJoin(orders, eq(orders.id, refunds.orderId))
        .leftJoin(paid, eq(paid.id, refunds.paymentId))
        .where(eq(refunds.id, refundId));
      if (row?.refund.state !== 'pending') return;
      const { refund, order, transactionId } = row;
      const channel = requireChannel(payments, order.channel);
      const request = {
        outTradeNo: order.outTradeNo,
        ...(transactionId === null ? {} : { transactionId }),
        refundNo: refund.refundNo,
        amountFen: refund.amountFen,
        totalFen: order.amountFen,
        reason: refund.reason,
      };
      const state = await channel.refund(request).catch((error: unknown): RefundState => {
        const isFinal = error instanceof PaymentError && FINAL.includes(error.kind);
        if (isFinal) return 'failed';
        throw error;
      });
      await run.once(async (tx) => {
        if (state === 'done' || state === 'failed') await finishRefund(tx, refundId, state);
        else await queueRefund(tx, refundId, REFUND_MS);
      });
    }),
  ];
}

/** Asked again, the channel would say the same. */
const FINAL: readonly PaymentError['kind'][] = ['refused', 'unsupported'];
