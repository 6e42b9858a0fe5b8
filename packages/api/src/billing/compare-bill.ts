import {
  type BillComparison,
  type BillDifference,
  billDifferenceSchema,
} from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import type { BillLine, ChannelName, PaymentChannel } from '@ainotebook/payments';
import { type AnyColumn, and, desc, eq, gte, inArray, isNull, lt, ne, or, sql } from 'drizzle-orm';
import pLimit from 'p-limit';
import { z } from 'zod';
import type { Services } from '../context.js';
import { requireChannel } from './reconcile.js';

const { billComparisons, orders, payments, refunds } = schema;

const SHOWN_DIFFERENCES = 100;
/** Days back that are compared when nobody was there to do it. */
const DAYS = 3;
const DAY_MS = 86_400_000;
const BEIJING_MS = 8 * 3_600_000;
/** Both channels have written a day down by half past ten of the next. */
const READY_MS = 10.5 * 3_600_000;

/** The days of Beijing whose bills are there, the oldest first. */
export function billedDays(now: Date): string[] {
  const last = now.getTime() + BEIJING_MS - READY_MS - DAY_MS;
  return Array.from({ length: DAYS }, (_, i) => last - (DAYS - 1 - i) * DAY_MS).map((at) =>
    new Date(at).toISOString().slice(0, 10),
  );
}

/** Compares what was not compared yet. @throws PaymentError when a channel does not answer */
export async function compareDueBills(services: {
  db: Db;
  payments: Services['payments'];
}): Promise<void> {
  const { db } = services;
  for (const channel of Object.values(services.payments)) {
    if (!channel) continue;
    for (const day of billedDays(new Date())) {
      const isIt = and(eq(billComparisons.channel, channel.name), eq(billComparisons.day, day));
      const [known] = await db
        .select({ day: billComparisons.day })
        .from(billComparisons)
        .where(isIt);
      if (!known) await compareBill(services, channel.name, day);
    }
  }
}

/** Puts a channel's bill of a day beside our ledger, and writes down where they differ. */
export async function compareBill(
  { db, payments: channels }: { db: Db; payments: Services['payments'] },
  channel: ChannelName,
  day: string,
): Promise<void> {
  const asked = requireChannel(channels, channel);
  const lines = asked.hasBills ? await asked.bill(day) : await askedLines(db, asked, day);
  const sumOf = (kind: BillLine['kind']) =>
    lines.filter((line) => line.kind === kind).reduce((sum, line) => sum + line.amountFen, 0);
  await db.transaction(async (tx) => {
    const found = [
      ...(await comparePayments(tx, { channel, day, lines })),
      ...(await compareRefunds(tx, { channel, day, lines })),
    ];
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
 * What a channel without bills says of the orders of a day, one by one: those that were begun or paid then,
 * also the closed ones, for money may have come late.
 */
async function askedLines(db: Db, channel: PaymentChannel, day: string): Promise<BillLine[]> {
  const start = sql`${day}::timestamp at time zone 'Asia/Shanghai'`;
  const isOf = (at: AnyColumn) => and(gte(at, start), lt(at, before(day)));
  const due = await db
    .select({ outTradeNo: orders.outTradeNo })
    .from(orders)
    .where(and(eq(orders.channel, channel.name), or(isOf(orders.createdAt), isOf(orders.paidAt))));
  const states = await pLimit(QUESTIONS).map(due, async ({ outTradeNo }) => ({
    outTradeNo,
    state: await channel.query(outTradeNo),
  }));
  return states.flatMap(({ outTradeNo, state }): BillLine[] => {
    if (state.kind !== 'paid' && state.kind !== 'returned') return [];
    const { transactionId, amountFen } = state;
    return [{ kind: 'payment', outTradeNo, transactionId, refundNo: null, amountFen }];
  });
}

interface Bill {
  channel: ChannelName;
  day: string;
  lines: readonly BillLine[];
}

/** What we learned of before the end of the day must be in its bill, or in one before. */
const before = (day: string) => sql`(${day}::date + 1)::timestamp at time zone 'Asia/Shanghai'`;

async function comparePayments(tx: Tx, { channel, day, lines }: Bill): Promise<BillDifference[]> {
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
        lt(payments.createdAt, before(day)),
      ),
    );
  const asBilled = billed.map((line) => ({ ...line, number: line.transactionId }));
  return differences('payment', asBilled, known, missing);
}

async function compareRefunds(tx: Tx, { channel, day, lines }: Bill): Promise<BillDifference[]> {
  const billed = lines.filter(({ kind }) => kind === 'refund');
  // One that the merchant made without us has no number that we know.
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
        sql`exists (select 1 from orders o
          where o.id = ${refunds.orderId} and o.channel = ${channel})`,
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
        lt(refunds.updatedAt, before(day)),
      ),
    );
  return differences('refund', asBilled, known, missing);
}

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
  for (const { number, amountFen, outTradeNo } of missing) {
    found.push({
      kind: 'unbilled',
      movement,
      outTradeNo,
      number,
      billedFen: null,
      ledgerFen: amountFen,
    });
  }
  return found;
}

/** Days that are shown. */
const SHOWN_DAYS = 62;

/** The comparisons of the last two months, the newest first. */
export async function listComparisons({ db }: { db: Db | Tx }): Promise<BillComparison[]> {
  const rows = await db
    .select()
    .from(billComparisons)
    .orderBy(desc(billComparisons.day), desc(billComparisons.channel))
    .limit(SHOWN_DAYS * 2);
  return rows.map((row) => ({
    ...row,
    differences: z.array(billDifferenceSchema).parse(row.differences),
  }));
}
