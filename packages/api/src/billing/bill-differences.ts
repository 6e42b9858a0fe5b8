import { type BillDifference, billDifferenceSchema } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import type { BillLine, ChannelName } from '@ainotebook/payments';
import { type AnyColumn, and, eq, gt, gte, inArray, isNull, lt, ne, sql } from 'drizzle-orm';
import { z } from 'zod';
import { queueForeignRefund, queueQuestion } from './order-jobs.js';
import { isOrderNumber } from './order-number.js';

const { billComparisons, orders, payments, refunds } = schema;

/** A channel's bill of a day of Beijing. */
export interface Bill {
  channel: ChannelName;
  day: string;
  lines: readonly BillLine[];
}

/**
 * Where a bill and the ledger differ. What is found in both is marked with the day; what only the bill has is asked
 * about, and the channel's answer, which is signed, is booked.
 */
export async function matchBill(tx: Tx, bill: Bill): Promise<BillDifference[]> {
  const lines = await linesOfOurs(tx, bill);
  const found = [
    ...(await matchPayments(tx, { ...bill, lines })),
    ...(await matchRefunds(tx, { ...bill, lines })),
  ];
  await askAbout(tx, bill.channel, found);
  return found;
}

/** Others may sell under the same merchant; what looks like ours and is unknown stays. */
async function linesOfOurs(tx: Tx, { channel, lines }: Bill): Promise<BillLine[]> {
  const strange = lines.filter(({ outTradeNo }) => !isOrderNumber(outTradeNo));
  const known = await tx
    .select({ outTradeNo: orders.outTradeNo })
    .from(orders)
    .where(
      and(
        eq(orders.channel, channel),
        inArray(
          orders.outTradeNo,
          strange.map(({ outTradeNo }) => outTradeNo),
        ),
      ),
    );
  const ours = new Set(known.map(({ outTradeNo }) => outTradeNo));
  return lines.filter(({ outTradeNo }) => isOrderNumber(outTradeNo) || ours.has(outTradeNo));
}

/** We learn of a movement after it happened: that of a day is in its bill, or in one before. */
const isOfDay = (at: AnyColumn, day: string) =>
  and(
    gte(at, sql`${day}::timestamp at time zone 'Asia/Shanghai'`),
    lt(at, sql`(${day}::date + 1)::timestamp at time zone 'Asia/Shanghai'`),
  );

async function matchPayments(tx: Tx, { channel, day, lines }: Bill): Promise<BillDifference[]> {
  const billed = lines.filter(({ kind }) => kind === 'payment');
  const numbers = billed.map(({ transactionId }) => transactionId);
  const known = await tx
    .update(payments)
    .set({ billedOn: day })
    .where(and(eq(payments.channel, channel), inArray(payments.transactionId, numbers)))
    .returning({ number: payments.transactionId, amountFen: payments.amountFen });
  const missing = await tx
    .select({
      number: payments.transactionId,
      amountFen: payments.amountFen,
      outTradeNo: orders.outTradeNo,
    })
    .from(payments)
    .innerJoin(orders, eq(orders.id, payments.orderId))
    .where(
      and(
        eq(payments.channel, channel),
        isNull(payments.billedOn),
        isOfDay(payments.createdAt, day),
      ),
    );
  const asBilled = billed.map((line) => ({ ...line, number: line.transactionId }));
  return differences('payment', asBilled, known, missing);
}

async function matchRefunds(tx: Tx, { channel, day, lines }: Bill): Promise<BillDifference[]> {
  const billed = lines.filter(({ kind }) => kind === 'refund');
  // One without a number of ours can only be told by its payment.
  const asBilled = billed.map((line) => ({ ...line, number: line.refundNo ?? line.transactionId }));
  const known = await tx
    .update(refunds)
    .set({ billedOn: day })
    .where(
      and(
        ne(refunds.state, 'failed'),
        inArray(
          refunds.refundNo,
          asBilled.map(({ number }) => number),
        ),
        isOfChannel(channel),
      ),
    )
    .returning({ number: refunds.refundNo, amountFen: refunds.amountFen });
  const missing = await tx
    .select({
      number: refunds.refundNo,
      amountFen: refunds.amountFen,
      outTradeNo: orders.outTradeNo,
    })
    .from(refunds)
    .innerJoin(orders, eq(orders.id, refunds.orderId))
    .where(
      and(
        eq(orders.channel, channel),
        eq(refunds.state, 'done'),
        isNull(refunds.billedOn),
        isOfDay(refunds.finishedAt, day),
      ),
    );
  return differences('refund', asBilled, known, missing);
}

const isOfChannel = (channel: ChannelName) =>
  sql`exists (select 1 from orders o where o.id = ${refunds.orderId} and o.channel = ${channel})`;

type Booked = { number: string; amountFen: number };

function differences(
  movement: BillDifference['movement'],
  billed: readonly (Booked & { outTradeNo: string })[],
  known: readonly Booked[],
  missing: readonly (Booked & { outTradeNo: string })[],
): BillDifference[] {
  const ledger = new Map(known.map(({ number, amountFen }) => [number, amountFen]));
  const found: BillDifference[] = [];
  for (const { number, amountFen: billedFen, outTradeNo } of billed) {
    const ledgerFen = ledger.get(number) ?? null;
    if (ledgerFen === billedFen) continue;
    const kind = ledgerFen === null ? 'absent' : 'amount';
    found.push({ kind, movement, outTradeNo, number, billedFen, ledgerFen });
  }
  for (const { number, amountFen: ledgerFen, outTradeNo } of missing) {
    const about = { outTradeNo, number, billedFen: null, ledgerFen };
    found.push({ kind: 'unbilled', movement, ...about });
  }
  return found;
}

/** Asks the channel about what its bill has and the ledger has not. */
async function askAbout(
  tx: Tx,
  channel: ChannelName,
  found: readonly BillDifference[],
): Promise<void> {
  const absent = found.filter(({ kind }) => kind === 'absent');
  if (absent.length === 0) return;
  const rows = await tx
    .select({ id: orders.id, outTradeNo: orders.outTradeNo })
    .from(orders)
    .where(
      and(
        eq(orders.channel, channel),
        inArray(
          orders.outTradeNo,
          absent.map(({ outTradeNo }) => outTradeNo),
        ),
      ),
    );
  const idOf = new Map(rows.map(({ id, outTradeNo }) => [outTradeNo, id]));
  // In one order, as with any lock.
  for (const { movement, outTradeNo, number } of absent.toSorted((a, b) =>
    a.number.localeCompare(b.number),
  )) {
    const orderId = idOf.get(outTradeNo);
    if (orderId === undefined) continue;
    if (movement === 'payment') await queueQuestion(tx, orderId, { isBilled: true });
    else await queueForeignRefund(tx, { orderId, refundNo: number });
  }
}

/** Days of which differences may still be explained by what was learned since. */
const RECENT_DAYS = 30;

/** Forgets differences that were explained since: the ledger has learned what the bill said. */
export async function resolveDifferences(db: Db, channel: ChannelName): Promise<void> {
  const odd = await db
    .select({ day: billComparisons.day, differences: billComparisons.differences })
    .from(billComparisons)
    .where(
      and(
        eq(billComparisons.channel, channel),
        gt(billComparisons.differenceCount, 0),
        gt(billComparisons.day, sql`current_date - ${RECENT_DAYS}::int`),
      ),
    );
  for (const { day, differences: stored } of odd) {
    const found = z.array(billDifferenceSchema).parse(stored);
    await db.transaction(async (tx) => {
      const open: BillDifference[] = [];
      for (const one of found) {
        if (!(await isExplained(tx, { channel, day, one }))) open.push(one);
      }
      const explained = found.length - open.length;
      if (explained === 0) return;
      await tx
        .update(billComparisons)
        .set({
          differences: open,
          differenceCount: sql`${billComparisons.differenceCount} - ${explained}::int`,
        })
        .where(and(eq(billComparisons.channel, channel), eq(billComparisons.day, day)));
    });
  }
}

async function isExplained(
  tx: Tx,
  { channel, day, one }: { channel: ChannelName; day: string; one: BillDifference },
): Promise<boolean> {
  if (one.kind !== 'absent' || one.billedFen === null) return false;
  const { number, billedFen } = one;
  const rows =
    one.movement === 'payment'
      ? await tx
          .update(payments)
          .set({ billedOn: day })
          .where(
            and(
              eq(payments.channel, channel),
              eq(payments.transactionId, number),
              eq(payments.amountFen, billedFen),
            ),
          )
          .returning({ id: payments.id })
      : await tx
          .update(refunds)
          .set({ billedOn: day })
          .where(
            and(
              eq(refunds.refundNo, number),
              eq(refunds.state, 'done'),
              eq(refunds.amountFen, billedFen),
              isOfChannel(channel),
            ),
          )
          .returning({ id: refunds.id });
  return rows.length > 0;
}
