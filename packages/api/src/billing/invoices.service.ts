import type {
  AnswerInvoiceInput,
  Invoice,
  ListedInvoice,
  ListInvoicesInput,
  RequestInvoiceInput,
} from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { and, desc, eq, sql } from 'drizzle-orm';
import { audit, auditBy } from '../audit/audit.js';
import type { AuthedContext } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { afterCursor, selectInstantKey, toPage } from '../pagination.js';
import { lockOrder } from './order-moves.js';

const { invoices, orders } = schema;

type Caller = Pick<AuthedContext, 'db' | 'auth'>;

function toInvoice(row: typeof invoices.$inferSelect): Invoice {
  const { userId: _, updatedAt: _updated, ...invoice } = row;
  return invoice;
}

/** What was asked for an order of the caller; null when nothing was. @throws AppError not_found */
export async function getInvoice(
  { db, auth }: Caller,
  { orderId }: { orderId: string },
): Promise<Invoice | null> {
  const [row] = await db
    .select({ invoice: invoices })
    .from(orders)
    .leftJoin(invoices, eq(invoices.orderId, orders.id))
    .where(and(eq(orders.id, orderId), eq(orders.userId, auth.userId)));
  if (!row) throw notFound('Order');
  return row.invoice && toInvoice(row.invoice);
}

/**
 * Asks for an invoice over what was kept of an order's money. Until it is issued, asking again replaces
 * what was asked before. @throws AppError not_found; conflict (not paid, all given back, or issued)
 */
export async function requestInvoice(
  ctx: Caller & Pick<AuthedContext, 'request'>,
  { orderId, ...wish }: RequestInvoiceInput,
): Promise<Invoice> {
  const { db, auth } = ctx;
  return db.transaction(async (tx) => {
    const order = await lockOrder(tx, orderId);
    if (order.userId !== auth.userId) throw notFound('Order');
    const amountFen = order.amountFen - order.refundedFen;
    if (order.paidAt === null || order.status === 'refunding' || amountFen === 0) {
      throw new AppError('conflict', 'This order holds no money to be invoiced');
    }
    const asked = {
      ...wish,
      taxNumber: wish.kind === 'company' ? wish.taxNumber : null,
      amountFen,
      status: 'requested' as const,
      answer: null,
      answeredAt: null,
    };
    const [row] = await tx
      .insert(invoices)
      .values({ ...asked, orderId, userId: auth.userId })
      .onConflictDoUpdate({
        target: invoices.orderId,
        set: { ...asked, updatedAt: sql`now()` },
        setWhere: sql`${invoices.status} <> 'issued'`,
      })
      .returning();
    if (!row) throw new AppError('conflict', 'The invoice of this order is issued');
    await audit(tx, {
      ...auditBy(ctx),
      action: 'invoice.requested',
      subjectType: 'order',
      subjectId: orderId,
    });
    return toInvoice(row);
  });
}

/** What everybody asked for, the newest first. */
export async function listInvoices(
  { db }: Pick<AuthedContext, 'db'>,
  { limit, cursor, status }: ListInvoicesInput,
): Promise<{ items: ListedInvoice[]; nextCursor: string | null }> {
  const position = { instant: invoices.createdAt, id: invoices.id };
  const rows = await db
    .select({
      invoice: invoices,
      outTradeNo: orders.outTradeNo,
      keptFen: sql<number>`${orders.amountFen} - ${orders.refundedFen}`,
      key: selectInstantKey(invoices.createdAt),
    })
    .from(invoices)
    .innerJoin(orders, eq(orders.id, invoices.orderId))
    .where(
      and(status ? eq(invoices.status, status) : undefined, afterCursor('desc', position, cursor)),
    )
    .orderBy(desc(invoices.createdAt), desc(invoices.id))
    .limit(limit + 1);
  return toPage(rows, limit, {
    keyOf: (row) => [row.key, row.invoice.id],
    itemOf: ({ invoice, outTradeNo, keptFen }) => ({ ...toInvoice(invoice), outTradeNo, keptFen }),
  });
}

/**
 * Writes down that an invoice was issued, or why not. The same again is harmless.
 * @throws AppError not_found; conflict (it was answered otherwise)
 */
export async function answerInvoice(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'request'>,
  { id, status, answer }: AnswerInvoiceInput,
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const [row] = await tx.select().from(invoices).where(eq(invoices.id, id)).for('update');
    if (!row) throw notFound('Invoice');
    if (row.status === status && row.answer === answer) return;
    if (row.status !== 'requested') {
      throw new AppError('conflict', 'This invoice was answered already');
    }
    await tx
      .update(invoices)
      .set({ status, answer, answeredAt: sql`now()` })
      .where(eq(invoices.id, id));
    await audit(tx, {
      ...auditBy(ctx),
      action: status === 'issued' ? 'invoice.issued' : 'invoice.declined',
      subjectType: 'order',
      subjectId: row.orderId,
      detail: { why: answer },
    });
  });
}
