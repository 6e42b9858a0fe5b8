import { type Db, schema, type Tx } from '@ainotebook/db';
import type { PaymentChannel } from '@ainotebook/payments';
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { Services } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { nextCheckMs, queueQuestion } from './order-jobs.js';
import { lockOrder, moveOrder, type OrderRow } from './order-moves.js';
import { settlePayment } from './settle.js';

const { orders } = schema;

/** The channel of an order or a checkout. @throws AppError payment_off */
export function requireChannel(
  payments: Services['payments'],
  name: keyof Services['payments'],
): PaymentChannel {
  const channel = payments[name];
  if (!channel) throw new AppError('payment_off', 'This way to pay is not set up here');
  return channel;
}

/** After the last moment in which an order can be paid, for what is said of it late. */
const LAST_WORD_MS = 2 * 60_000;
/** While a channel can neither close an order nor say that it is paid: the payer is at it. */
const SOON_MS = 60_000;
/** So long an order waits for a channel that was switched off. */
const OFF_MS = 3 * 86_400_000;

/**
 * Asks the channel about an order that is not known to be paid, and does what follows: settles what was paid, closes
 * what is over. One that is closed is asked about too, while it can still be paid: a channel cannot close what nobody has
 * opened yet (an Alipay code that was not scanned).
 * @param how `mustClose`: whatever the time; `hasRefunds`: what went back is known, or will be, so that what was paid is
 *   booked though not all of it is there any more
 * @returns milliseconds until it should be asked again; null when nothing more can come
 * @throws AppError not_found; PaymentError
 */
export async function reconcileOrder(
  { db, payments }: { db: Db; payments: Services['payments'] },
  orderId: string,
  { mustClose, hasRefunds = false }: { mustClose: boolean; hasRefunds?: boolean },
): Promise<number | null> {
  const [row] = await db
    .select({
      order: orders,
      ageMs: sql<number>`extract(epoch from now() - ${orders.createdAt}) * 1000`.mapWith(Number),
      leftMs: sql<number>`extract(epoch from ${orders.expiresAt} - now()) * 1000`.mapWith(Number),
    })
    .from(orders)
    .where(eq(orders.id, orderId));
  if (!row) throw notFound('Order');
  const { order, ageMs, leftMs } = row;
  if (order.status !== 'pending' && order.status !== 'closed') return null;
  const channel = payments[order.channel];
  if (!channel) {
    if (ageMs < OFF_MS) return nextCheckMs(ageMs);
    await closeOrder(db, orderId);
    return null;
  }
  const found = await settleAsked(db, channel, order, hasRefunds);
  if (found === 'over') return null;
  if (!mustClose && leftMs > 0 && order.status === 'pending') return nextCheckMs(ageMs);
  const ended = await channel.close(order.outTradeNo);
  if (ended === 'not_open') {
    // Paid between the question and the closing, or with money that does not fit: then nothing more comes of it.
    const now = await settleAsked(db, channel, order, hasRefunds);
    if (now === 'mismatch') await closeOrder(db, orderId, 'mismatch');
    return now === 'open' ? SOON_MS : null;
  }
  await closeOrder(db, orderId);
  const lastMs = leftMs + LAST_WORD_MS;
  return ended === 'absent' && lastMs > 0 ? Math.min(nextCheckMs(ageMs), lastMs) : null;
}

/** `over`: nothing more can come; `mismatch`: paid with another amount, which a person has to see; `open`: neither. */
async function settleAsked(
  db: Db,
  channel: PaymentChannel,
  order: OrderRow,
  hasRefunds: boolean,
): Promise<'over' | 'mismatch' | 'open'> {
  const state = await channel.query(order.outTradeNo);
  if (state.kind === 'paid' || (state.kind === 'returned' && hasRefunds)) {
    const { transactionId, amountFen } = state;
    const payment = { transactionId, amountFen };
    const settled = await db.transaction((tx) => settlePayment(tx, order.id, payment));
    return settled === 'mismatch' ? 'mismatch' : 'over';
  }
  switch (state.kind) {
    // By the merchant before we knew that it was paid: nothing is owed before the bill says how much.
    case 'returned':
      await closeOrder(db, order.id, 'returned');
      return 'over';
    case 'closed':
      await closeOrder(db, order.id);
      return 'over';
    case 'scanned':
      await noteScan(db, order.id);
      return 'open';
    case 'open':
    case 'absent':
      return 'open';
  }
}

/** Writes down when the payer was first seen at it; again is harmless. */
export async function noteScan(db: Db | Tx, orderId: string): Promise<void> {
  await db
    .update(orders)
    .set({ scannedAt: sql`now()` })
    .where(and(eq(orders.id, orderId), isNull(orders.scannedAt)));
}

/** Closes an order that its channel takes no money for; again is harmless. */
export async function closeOrder(db: Db, orderId: string, why?: string): Promise<void> {
  await db.transaction(async (tx) => {
    const order = await lockOrder(tx, orderId);
    // A notice may have come meanwhile.
    if (order.status === 'pending')
      await moveOrder(tx, order, { to: 'closed', ...(why ? { why } : {}) });
  });
}

/** Orders of one sweep; the others are of the next. */
const SWEPT = 100;

/** Queues a question about orders whose time has been over for a while. @returns how many */
export async function sweepOrders(db: Db): Promise<number> {
  return db.transaction(async (tx) => {
    const hanging = await tx
      .select({ id: orders.id })
      .from(orders)
      .where(
        and(eq(orders.status, 'pending'), sql`${orders.expiresAt} < now() - interval '5 minutes'`),
      )
      .orderBy(asc(orders.id))
      .limit(SWEPT);
    for (const { id } of hanging) await queueQuestion(tx, id);
    return hanging.length;
  });
}
