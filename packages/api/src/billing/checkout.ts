import type { CreateOrderInput, Order } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { type PayerNaming, type PaymentChannel, PaymentError } from '@ainotebook/payments';
import { and, desc, eq, gt, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { appLink } from '../app-link.js';
import { audit, auditBy } from '../audit/audit.js';
import type { AuthedContext } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { readMyPlan } from './entitlements.js';
import { nextCheckMs, queueReconcile } from './order-jobs.js';
import type { OrderRow } from './order-moves.js';
import { newOrderNumber } from './order-number.js';
import { asked, type Buyer, outside, toOrder } from './order-view.js';
import { requirePlan } from './plans.service.js';
import { closeOrder, reconcileOrder, requireChannel } from './reconcile.js';

const { orders } = schema;

/** How long an order waits for its payment. */
const OPEN_MS = 15 * 60_000;
/** An order with less left is not shown again: nobody could pay it in time. */
const LEFT_MS = 60_000;

/** Requests of one person for one plan, one after the other. */
async function lockBuying(tx: Tx, userId: string, planId: string): Promise<void> {
  const key = `buying ${userId} ${planId}`;
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`);
}

/**
 * An order to pay, with how to pay it. The same again is the same order; another channel, period or
 * price ends the open one first, and when that turns out to be paid it is the answer.
 * @throws AppError not_found, payment_off, bad_input, conflict (had for good), order_open, payment_failed
 */
export async function createOrder(
  ctx: Buyer & Pick<AuthedContext, 'limits'>,
  input: CreateOrderInput,
): Promise<Order> {
  const channel = requireChannel(ctx.payments, input.channel);
  await ctx.limits.consume('order', { ip: ctx.request.ip, userId: ctx.auth.userId });
  if (!channel.modes.includes(input.mode)) {
    throw new AppError('bad_input', 'This channel cannot be paid in this way');
  }
  const payerCode = input.mode === 'jsapi' ? input.payerCode : null;
  if (payerCode === undefined) {
    throw new AppError('bad_input', 'Paying inside WeChat takes the code that names the payer');
  }
  const { userId } = ctx.auth;
  const plan = await requirePlan(ctx.db, input.planId);
  const price = plan.prices.find((one) => one.period === input.period);
  if (!plan.isActive || !price) throw notFound('Plan');
  const { plans: held } = await readMyPlan(ctx.db, userId);
  if (held.some((one) => one.planId === plan.id && one.endsAt === null)) {
    throw new AppError('conflict', 'This plan is had for good already');
  }
  const wanted = {
    versionId: plan.versionId,
    period: input.period,
    amountFen: price.amountFen,
    channel: input.channel,
    mode: input.mode,
  };
  const open = await findOpen(ctx.db, userId, plan.id);
  const isSame = open !== null && isWanted(open, wanted);
  if (open && !isSame) {
    const ended = await endOrder(ctx, open);
    if (ended.status !== 'closed') return toOrder(ended);
  }
  const order = isSame
    ? open
    : await insertOrder(ctx, { userId, planId: plan.id, subject: plan.name, ...wanted });
  if (order.start !== null || order.status !== 'pending') return toOrder(order);
  return toOrder(await beginPayment(ctx, channel, { order, payerCode }));
}

type Wanted = Pick<OrderRow, 'versionId' | 'period' | 'amountFen' | 'channel' | 'mode'>;

function isWanted(order: OrderRow, wanted: Wanted): boolean {
  if (order.expiresAt.getTime() < Date.now() + LEFT_MS) return false;
  const names = ['versionId', 'period', 'amountFen', 'channel', 'mode'] as const;
  return names.every((name) => order[name] === wanted[name]);
}

async function findOpen(db: Db | Tx, userId: string, planId: string): Promise<OrderRow | null> {
  const isIt = and(
    eq(orders.userId, userId),
    eq(orders.planId, planId),
    eq(orders.status, 'pending'),
  );
  const [row] = await db.select().from(orders).where(isIt);
  return row ?? null;
}

/** Ends an open order at its channel, or finds that it is paid. @throws AppError order_open */
async function endOrder(ctx: Buyer, order: OrderRow): Promise<OrderRow> {
  // Nobody was shown how to pay it, or nobody can: a channel that is away must not keep people from another. Money
  // that comes all the same is taken when the channel can be asked.
  const isLost = order.start === null || ctx.payments[order.channel] === undefined;
  if (isLost) await closeOrder(outside(ctx).db, order.id);
  else await reconcileOrder(outside(ctx), order.id, { mustClose: true }).catch(stillOpen);
  const [row] = await ctx.db.select().from(orders).where(eq(orders.id, order.id));
  if (!row || row.status === 'pending') throw stillOpen(null);
  ctx.nudgeJobs();
  return row;
}

/** Nobody is to pay twice: as long as the former order could be paid there is no other. */
function stillOpen(cause: unknown): never {
  if (cause !== null && !(cause instanceof PaymentError)) throw cause;
  throw new AppError('order_open', 'The former order cannot be ended now', { cause });
}

type NewOrder = Wanted & { userId: string; planId: string; subject: string };

async function insertOrder(ctx: Buyer, order: NewOrder): Promise<OrderRow> {
  const { userId, planId } = order;
  return ctx.db.transaction(async (tx) => {
    await lockBuying(tx, userId, planId);
    const open = await findOpen(tx, userId, planId);
    // Made by another request meanwhile; if it is not the same, the next try ends it.
    if (open && isWanted(open, order)) return open;
    if (open) throw new AppError('conflict', 'There is another open order for this plan');
    const id = v7();
    const [row] = await tx
      .insert(orders)
      .values({
        ...order,
        id,
        checkoutId: (await formerCheckout(tx, order)) ?? id,
        outTradeNo: newOrderNumber(),
        expiresAt: sql`now() + ${OPEN_MS} * interval '1 ms'`,
      })
      .returning();
    if (!row) throw new Error('the insert of an order returned no row');
    await audit(tx, {
      ...auditBy(ctx),
      action: 'order.created',
      subjectType: 'order',
      subjectId: id,
      detail: { planId, amountFen: order.amountFen, channel: order.channel },
    });
    await queueReconcile(tx, id, { delayMs: nextCheckMs(0) });
    return row;
  });
}

/** The attempt before this one, if its money could still come: only one of them is to be paid. */
async function formerCheckout(tx: Tx, { userId, planId }: NewOrder): Promise<string | null> {
  const [row] = await tx
    .select({ checkoutId: orders.checkoutId, status: orders.status })
    .from(orders)
    .where(
      and(
        eq(orders.userId, userId),
        eq(orders.planId, planId),
        gt(orders.createdAt, sql`now() - interval '25 hours'`),
      ),
    )
    .orderBy(desc(orders.createdAt), desc(orders.id))
    .limit(1);
  return row?.status === 'closed' ? row.checkoutId : null;
}

function requirePayers({ payers }: PaymentChannel): PayerNaming {
  if (payers) return payers;
  throw new AppError('payment_off', 'This channel names no payers');
}

async function beginPayment(
  ctx: Buyer,
  channel: PaymentChannel,
  { order, payerCode }: { order: OrderRow; payerCode: string | null },
): Promise<OrderRow> {
  const { mode, outTradeNo, amountFen, subject, expiresAt } = order;
  const openId =
    payerCode === null ? null : await asked(requirePayers(channel).openIdOf(payerCode));
  const start = await asked(
    channel.createPayment({
      mode,
      outTradeNo,
      amountFen,
      subject: `${ctx.config.appName} ${subject}`,
      expiresAt,
      returnUrl: appLink(ctx.config, '/orders', { id: order.id }),
      payerIp: ctx.request.ip,
      ...(openId ? { openId } : {}),
    }),
  );
  const [row] = await ctx.db
    .update(orders)
    .set({ start })
    .where(eq(orders.id, order.id))
    .returning();
  if (!row) throw notFound('Order');
  return row;
}
