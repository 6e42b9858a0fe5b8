import { type Db, schema, type Tx } from '@ainotebook/db';
import {
  type ChannelName,
  type Notice,
  NoticeError,
  type NoticeReply,
  type RawNotice,
} from '@ainotebook/payments';
import { and, eq, inArray, sql } from 'drizzle-orm';
import pLimit from 'p-limit';
import type { Services } from '../context.js';
import { DELETE_BATCH, deleteInBatches } from '../delete-in-batches.js';
import { AppError } from '../errors.js';
import { queueForeignRefund, queueQuestion } from './order-jobs.js';
import { noteScan, requireChannel } from './reconcile.js';
import { finishRefund } from './refunds.js';
import { settlePayment } from './settle.js';

const { orders, paymentNotices, refunds } = schema;

/**
 * Notices of one process that are worked on at once. Those of one order wait for its row with a
 * connection each: a burst of repeats would take all there are.
 */
const turns = pLimit(6);
/** Bytes that are kept of a notice that was not believed: those of channels have fewer. */
const KEPT_BYTES = 4096;
/** So many more wait; the channel sends the others again. */
const MOST_WAITING = 1000;

/** What a notice came to; `rejection` says why it was not taken, and whether it is kept, for the log. */
export interface TakenNotice {
  reply: NoticeReply;
  rejection: { reason: string; isKept: boolean } | null;
}

/** A notice and the address it came from. */
type SentNotice = RawNotice & { ip: string };
type Takers = Pick<Services, 'db' | 'payments' | 'limits' | 'nudgeJobs'>;

/**
 * Takes a notice as it came: proves it, keeps it, compares it with the order, settles, and only after
 * the commit says so. The same notice again is taken again, and changes nothing.
 * @throws AppError payment_off, unavailable
 */
export async function takeNotice(
  services: Takers,
  name: ChannelName,
  raw: SentNotice,
): Promise<TakenNotice> {
  if (turns.pendingCount >= MOST_WAITING) {
    throw new AppError('unavailable', 'Too many notices at once; send it again');
  }
  return turns(() => take(services, name, raw));
}

async function take(services: Takers, name: ChannelName, raw: SentNotice): Promise<TakenNotice> {
  const { db } = services;
  const channel = requireChannel(services.payments, name);
  let notice: Notice;
  try {
    notice = await channel.verifyNotice(raw);
  } catch (error) {
    if (!(error instanceof NoticeError)) throw error;
    const reason = error.kind;
    const isKept = await keepRejected(services, name, { raw, reason });
    return { reply: channel.reply('refused'), rejection: { reason, isKept } };
  }
  const [kept] = await db
    .insert(paymentNotices)
    .values({
      channel: name,
      body: raw.body,
      headers: signatureHeaders(raw),
      noticeId: notice.noticeId,
      outTradeNo: notice.outTradeNo.slice(0, 64),
    })
    .returning({ id: paymentNotices.id });
  if (!kept) throw new Error('the insert of a notice returned no row');
  const reason = await db.transaction(async (tx) => {
    const reason = await applyNotice(tx, name, notice);
    const state = reason === null ? await stateOf(tx, name, notice) : 'rejected';
    await tx.update(paymentNotices).set({ state, reason }).where(eq(paymentNotices.id, kept.id));
    return reason;
  });
  services.nudgeJobs();
  if (reason === null) return { reply: channel.reply('taken'), rejection: null };
  return { reply: channel.reply('refused'), rejection: { reason, isKept: true } };
}

/**
 * Keeps the beginning of what was not believed, for whoever looks into it: anybody may send such, so only a few an hour
 * are kept. @returns whether it is
 */
async function keepRejected(
  { db, limits }: Takers,
  channel: ChannelName,
  { raw, reason }: { raw: SentNotice; reason: string },
): Promise<boolean> {
  try {
    await limits.consume('rejected_notice', { ip: raw.ip, userId: 'everybody' });
  } catch (error) {
    if (error instanceof AppError && error.code === 'rate_limited') return false;
    throw error;
  }
  await db.insert(paymentNotices).values({
    channel,
    body: raw.body.subarray(0, KEPT_BYTES),
    headers: signatureHeaders(raw),
    state: 'rejected',
    reason,
  });
  return true;
}

const HEADERS = new Set(
  ['timestamp', 'nonce', 'serial', 'signature', 'signature-type'].map(
    (name) => `wechatpay-${name}`,
  ),
);
const HEADER_CHARS = 1024;

/** Those of a signature; others are none of ours to keep. */
function signatureHeaders({ headers }: RawNotice): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(
      (entry): entry is [string, string] =>
        HEADERS.has(entry[0]) && typeof entry[1] === 'string' && entry[1].length <= HEADER_CHARS,
    ),
  );
}

/** @returns why it is not taken, or null */
async function applyNotice(tx: Tx, channel: ChannelName, notice: Notice): Promise<string | null> {
  const [order] = await tx
    .select({ id: orders.id, status: orders.status })
    .from(orders)
    .where(and(eq(orders.outTradeNo, notice.outTradeNo), eq(orders.channel, channel)));
  if (!order) return 'unknown_order';
  const { event } = notice;
  if (event.kind === 'payment') {
    const { state } = event;
    if (state.kind === 'scanned') await noteScan(tx, order.id);
    if (state.kind !== 'paid') return null;
    const { transactionId, amountFen } = state;
    const settled = await settlePayment(tx, order.id, { transactionId, amountFen });
    return settled === 'mismatch' ? 'mismatch' : null;
  }
  // It overtook the notice of the payment: the channel is asked what happened.
  if (order.status === 'pending') await queueQuestion(tx, order.id);
  if (event.refundNo === null || (event.state !== 'done' && event.state !== 'failed')) return null;
  const [refund] = await tx
    .select({ id: refunds.id })
    .from(refunds)
    .where(and(eq(refunds.refundNo, event.refundNo), eq(refunds.orderId, order.id)));
  if (refund) await finishRefund(tx, refund.id, event.state);
  // Of the merchant, in the channel's own console: how much it was is asked for.
  else await queueForeignRefund(tx, { orderId: order.id, refundNo: event.refundNo });
  return null;
}

async function stateOf(
  tx: Tx,
  channel: ChannelName,
  { noticeId, outTradeNo }: Notice,
): Promise<'processed' | 'duplicate'> {
  const [former] = await tx
    .select({ id: paymentNotices.id })
    .from(paymentNotices)
    .where(
      and(
        eq(paymentNotices.outTradeNo, outTradeNo),
        eq(paymentNotices.channel, channel),
        eq(paymentNotices.noticeId, noticeId),
        inArray(paymentNotices.state, ['processed', 'duplicate']),
      ),
    )
    .limit(1);
  return former ? 'duplicate' : 'processed';
}

/** Forgets what was not believed, after 30 days. @returns how many */
export async function pruneNotices(db: Db): Promise<number> {
  return deleteInBatches(
    db,
    sql`delete from payment_notices where id = any(array(
      select id from payment_notices
      where created_at < now() - interval '30 days' and state = 'rejected'
      limit ${DELETE_BATCH} for update skip locked))`,
  );
}
