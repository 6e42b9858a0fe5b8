import {
  type BillComparison,
  billDifferenceSchema,
  type MarkBillSeenInput,
} from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import type { BillLine, ChannelName, PaymentChannel } from '@ainotebook/payments';
import {
  type AnyColumn,
  and,
  desc,
  eq,
  gt,
  gte,
  inArray,
  isNull,
  lt,
  min,
  or,
  sql,
} from 'drizzle-orm';
import pLimit from 'p-limit';
import { z } from 'zod';
import { audit, auditBy } from '../audit/audit.js';
import type { AuthedContext, Services } from '../context.js';
import { notFound } from '../errors.js';
import { matchBill, resolveDifferences } from './bill-differences.js';
import { requireChannel } from './reconcile.js';

const { billComparisons, orders, payments, refunds } = schema;

const SHOWN_DIFFERENCES = 100;
/** Days back that are compared when nobody was there to do it; both channels keep theirs for three months. */
const DAYS = 30;
const DAY_MS = 86_400_000;
const BEIJING_MS = 8 * 3_600_000;
/** Both channels have written a day down by half past ten of the next. */
const READY_MS = 10.5 * 3_600_000;

type Shop = { db: Db; payments: Services['payments'] };

const dayOf = (at: number) => new Date(at + BEIJING_MS).toISOString().slice(0, 10);

/** The days of Beijing since `first` whose bills are there, the oldest first. */
export function billedDays(now: Date, first: Date): string[] {
  const last = now.getTime() - READY_MS - DAY_MS;
  const from = dayOf(first.getTime());
  return Array.from({ length: DAYS }, (_, i) => dayOf(last - (DAYS - 1 - i) * DAY_MS)).filter(
    (day) => day >= from,
  );
}

/**
 * Compares what was not compared yet, one channel after the other: one that does not answer leaves the others their
 * turn. @throws PaymentError of the first that did not
 */
export async function compareDueBills(shop: Shop): Promise<void> {
  const failures: unknown[] = [];
  for (const channel of Object.values(shop.payments)) {
    if (channel) await compareChannel(shop, channel).catch((error) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

async function compareChannel(shop: Shop, { name }: PaymentChannel): Promise<void> {
  const { db } = shop;
  const [since] = await db
    .select({ first: min(orders.createdAt) })
    .from(orders)
    .where(eq(orders.channel, name));
  if (!since?.first) return;
  await resolveDifferences(db, name);
  for (const day of billedDays(new Date(), since.first)) {
    const isIt = and(eq(billComparisons.channel, name), eq(billComparisons.day, day));
    const [known] = await db.select({ day: billComparisons.day }).from(billComparisons).where(isIt);
    if (!known) await compareBill(shop, name, day);
  }
}

/** Puts a channel's bill of a day beside our ledger, and writes down where they differ. */
export async function compareBill(
  { db, payments: channels }: Shop,
  channel: ChannelName,
  day: string,
): Promise<void> {
  const asked = requireChannel(channels, channel);
  const lines = asked.hasBills ? await asked.bill(day) : await askedLines(db, asked, day);
  const sumOf = (kind: BillLine['kind']) =>
    lines.filter((line) => line.kind === kind).reduce((sum, line) => sum + line.amountFen, 0);
  await db.transaction(async (tx) => {
    const found = await matchBill(tx, { channel, day, lines });
    // A bill that is not written yet looks like one of a day without trades.
    const isYoung = Date.parse(`${day}T00:00:00+08:00`) > Date.now() - 3 * DAY_MS;
    if (asked.hasBills && lines.length === 0 && found.length > 0 && isYoung) return;
    await tx
      .insert(billComparisons)
      .values({
        channel,
        day,
        paidFen: sumOf('payment'),
        returnedFen: sumOf('refund'),
        differenceCount: found.length,
        differences: found.slice(0, SHOWN_DIFFERENCES),
      })
      .onConflictDoNothing();
  });
}

/** Questions that wait for a channel at the same time. */
const QUESTIONS = 4;

/**
 * What a channel without bills says of a day, one by one: of the orders that were begun or paid then, also the
 * closed ones, for money may have come late; and of what went back.
 */
async function askedLines(db: Db, channel: PaymentChannel, day: string): Promise<BillLine[]> {
  const start = sql`${day}::timestamp at time zone 'Asia/Shanghai'`;
  const end = sql`(${day}::date + 1)::timestamp at time zone 'Asia/Shanghai'`;
  const isOf = (at: AnyColumn) => and(gte(at, start), lt(at, end));
  const isTheirs = eq(orders.channel, channel.name);
  const due = await db
    .select({ outTradeNo: orders.outTradeNo })
    .from(orders)
    .where(and(isTheirs, or(isOf(orders.createdAt), isOf(orders.paidAt))));
  const gone = await db
    .select({
      outTradeNo: orders.outTradeNo,
      refundNo: refunds.refundNo,
      transactionId: payments.transactionId,
    })
    .from(refunds)
    .innerJoin(orders, eq(orders.id, refunds.orderId))
    .leftJoin(payments, eq(payments.id, refunds.paymentId))
    .where(and(isTheirs, isNull(refunds.billedOn), isOf(refunds.finishedAt)));
  const limit = pLimit(QUESTIONS);
  const paid = await limit.map(due, async ({ outTradeNo }): Promise<BillLine[]> => {
    const state = await channel.query(outTradeNo);
    if (state.kind !== 'paid' && state.kind !== 'returned') return [];
    const { transactionId, amountFen } = state;
    return [{ kind: 'payment', outTradeNo, transactionId, refundNo: null, amountFen }];
  });
  const back = await limit.map(gone, async ({ outTradeNo, refundNo }): Promise<BillLine[]> => {
    const { state, amountFen, transactionId } = await channel.queryRefund({ outTradeNo, refundNo });
    if (state !== 'done' || amountFen === null) return [];
    const about = { outTradeNo, transactionId: transactionId ?? '' };
    return [{ kind: 'refund', ...about, refundNo, amountFen }];
  });
  return [...paid, ...back].flat();
}

/** Days that are shown. */
const SHOWN_DAYS = 62;

/** The comparisons of the last two months, the newest first. */
export async function listComparisons({ db }: { db: Db | Tx }): Promise<BillComparison[]> {
  const rows = await db
    .select()
    .from(billComparisons)
    .where(gt(billComparisons.day, sql`current_date - ${SHOWN_DAYS}::int`))
    .orderBy(desc(billComparisons.day), desc(billComparisons.channel));
  const found = rows.map((row) => z.array(billDifferenceSchema).parse(row.differences));
  const numbers = [...new Set(found.flat().map(({ outTradeNo }) => outTradeNo))];
  const known = await db
    .select({ id: orders.id, outTradeNo: orders.outTradeNo })
    .from(orders)
    .where(inArray(orders.outTradeNo, numbers));
  const idOf = new Map(known.map(({ id, outTradeNo }) => [outTradeNo, id]));
  return rows.map((row, at) => ({
    ...row,
    differences: (found[at] ?? []).map((one) => ({
      ...one,
      orderId: idOf.get(one.outTradeNo) ?? null,
    })),
  }));
}

/** An administrator has looked into the differences of a day: they raise no alarm any more. @throws AppError not_found */
export async function markBillSeen(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'request'>,
  { channel, day }: MarkBillSeenInput,
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const [row] = await tx
      .update(billComparisons)
      .set({ seenAt: sql`coalesce(${billComparisons.seenAt}, now())` })
      .where(and(eq(billComparisons.channel, channel), eq(billComparisons.day, day)))
      .returning({ day: billComparisons.day });
    if (!row) throw notFound('Bill');
    await audit(tx, {
      ...auditBy(ctx),
      action: 'bill.seen',
      subjectType: 'bill',
      subjectId: `${channel} ${day}`,
    });
  });
}
