import type {
  ListOrdersInput,
  Order,
  PaymentChannelInfo,
  RefundOrderInput,
} from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { and, desc, eq, inArray } from 'drizzle-orm';
import { appLink } from '../app-link.js';
import { auditBy } from '../audit/audit.js';
import type { AuthedContext, Context } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { afterCursor, selectInstantKey, toPage } from '../pagination.js';
import { lockOrder, type OrderRow } from './order-moves.js';
import { asked, type Buyer, outside, toOrder } from './order-view.js';
import { reconcileOrder, requireChannel } from './reconcile.js';
import { retryRefund, startRefund } from './refunds.js';

const { orders } = schema;

const LATE_MS = 25 * 3_600_000;

/** The ways to pay that are set up here. */
export function listChannels(ctx: Pick<Context, 'payments' | 'config'>): PaymentChannelInfo[] {
  const returnUrl = appLink(ctx.config, '/pricing');
  return Object.values(ctx.payments)
    .filter((channel) => channel !== undefined)
    .map(({ name, modes, payers }) => ({
      name,
      modes: [...modes],
      payerUrl: payers?.url(returnUrl) ?? null,
    }));
}

async function requireOrder(ctx: Pick<Buyer, 'db' | 'auth'>, id: string): Promise<OrderRow> {
  const [row] = await ctx.db
    .select()
    .from(orders)
    .where(and(eq(orders.id, id), eq(orders.userId, ctx.auth.userId)));
  if (!row) throw notFound('Order');
  return row;
}

/** One order of the caller. @throws AppError not_found */
export async function getOrder(
  ctx: Pick<Buyer, 'db' | 'auth'>,
  { id }: { id: string },
): Promise<Order> {
  return toOrder(await requireOrder(ctx, id));
}

/**
 * Asks the channel now, for somebody who says to have paid. @throws AppError not_found,
 * payment_failed, rate_limited
 */
export async function checkOrder(
  ctx: Buyer & Pick<AuthedContext, 'limits'>,
  { id }: { id: string },
): Promise<Order> {
  const order = await requireOrder(ctx, id);
  // Money for one that is closed comes within a day, or is found in the bill.
  const mayBePaid =
    order.status === 'pending' ||
    (order.status === 'closed' && Date.now() - order.createdAt.getTime() < LATE_MS);
  if (!mayBePaid) return toOrder(order);
  requireChannel(ctx.payments, order.channel);
  await ctx.limits.consumeSecret(`order:${id}`);
  await asked(reconcileOrder(outside(ctx), id, { mustClose: false }));
  ctx.nudgeJobs();
  return getOrder(ctx, { id });
}

/** Orders of the caller, newest first. */
export async function listOrders(
  ctx: Pick<Buyer, 'db' | 'auth'>,
  { limit, cursor, statuses }: ListOrdersInput,
): Promise<{ items: Order[]; nextCursor: string | null }> {
  const position = { instant: orders.createdAt, id: orders.id };
  const rows = await ctx.db
    .select({ order: orders, key: selectInstantKey(orders.createdAt) })
    .from(orders)
    .where(
      and(
        eq(orders.userId, ctx.auth.userId),
        statuses ? inArray(orders.status, statuses) : undefined,
        afterCursor('desc', position, cursor),
      ),
    )
    .orderBy(desc(orders.createdAt), desc(orders.id))
    .limit(limit + 1);
  return toPage(rows, limit, {
    keyOf: (row) => [row.key, row.order.id],
    itemOf: (row) => toOrder(row.order),
  });
}

/**
 * Begins to give money back, all of it or a part; the term ends when all of it has gone back.
 * @throws AppError not_found, conflict, bad_input, payment_off (names what is missing)
 */
export async function refundOrder(
  ctx: Refunder,
  { id, amountFen, reason }: RefundOrderInput,
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const order = await lockOrder(tx, id);
    requireRefunds(ctx, order);
    await startRefund(tx, order, { amountFen, reason }, auditBy(ctx));
  });
  ctx.nudgeJobs();
}

/**
 * Begins a refund anew that the channel had refused. @throws AppError not_found; conflict (it has not failed, or is under
 * way again); payment_off (names what is missing)
 */
export async function retryRefundOf(ctx: Refunder, { id }: { id: string }): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    requireRefunds(ctx, await retryRefund(tx, id, auditBy(ctx)));
  });
  ctx.nudgeJobs();
}

type Refunder = Pick<Buyer, 'db' | 'auth' | 'request' | 'payments' | 'nudgeJobs'>;

function requireRefunds({ payments }: Refunder, { channel }: Pick<OrderRow, 'channel'>): void {
  const { refundNeeds } = requireChannel(payments, channel);
  if (refundNeeds.length === 0) return;
  throw new AppError('payment_off', `Refunds need ${refundNeeds.join(', ')}`);
}
