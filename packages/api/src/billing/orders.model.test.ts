// Random histories of an order against a model of what may become of it.
import { schema, type Tx } from '@ainotebook/db';
import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AppError } from '../errors.js';
import { useApi } from '../test-support.js';
import { lockOrder, moveOrder, ORDER_MOVES, type OrderStatus } from './order-moves.js';
import { finishRefund, startRefund } from './refunds.js';
import { settlePayment } from './settle.js';
import { buildOrder, buildPlan } from './test-support.js';

const t = useApi();
const PRICE = 1200;

interface Model {
  status: OrderStatus;
  refunded: number;
  underWay: number;
  paidBy: string[];
}

interface Real {
  orderId: string;
  refundId: string | null;
}

const run = <T>(work: (tx: Tx) => Promise<T>) => t.services().db.transaction(work);
type Command = fc.AsyncCommand<Model, Real>;

/** What is in the database is what the model says, down to the ledger. */
async function compare(model: Model, { orderId }: Real): Promise<void> {
  const { db } = t.services();
  const [order] = await db.select().from(schema.orders).where(eq(schema.orders.id, orderId));
  expect([order?.status, order?.refundedFen]).toEqual([model.status, model.refunded]);
  const given = await db
    .select()
    .from(schema.entitlements)
    .where(eq(schema.entitlements.orderId, orderId));
  expect(given).toHaveLength(model.paidBy.length > 0 ? 1 : 0);
  expect(given.some((one) => one.revokedAt !== null)).toBe(model.status === 'refunded');
  const paid = await db.select().from(schema.payments).where(eq(schema.payments.orderId, orderId));
  expect(paid.filter((one) => !one.isSurplus)).toHaveLength(Math.min(1, model.paidBy.length));
  expect(paid.map((one) => one.transactionId).sort()).toEqual([...model.paidBy].sort());
}

const command = (name: string, act: Command['run']): Command => ({
  check: () => true,
  toString: () => name,
  run: async (model, real) => {
    await act(model, real);
    await compare(model, real);
  },
});

const pay = (transaction: number, amountFen: number): Command =>
  command(`pay(${transaction}, ${amountFen})`, async (model, { orderId }) => {
    const transactionId = `${orderId}-${transaction}`;
    const outcome = await run((tx) => settlePayment(tx, orderId, { transactionId, amountFen }));
    if (model.paidBy.includes(transactionId)) return expect(outcome).toBe('repeat');
    if (amountFen !== PRICE) return expect(outcome).toBe('mismatch');
    expect(outcome).toBe(model.paidBy.length === 0 ? 'granted' : 'second');
    if (model.paidBy.length === 0) model.status = 'paid';
    model.paidBy.push(transactionId);
  });

const close = command('close', async (model, { orderId }) => {
  await run(async (tx) => {
    const order = await lockOrder(tx, orderId);
    if (ORDER_MOVES[order.status].includes('closed')) await moveOrder(tx, order, { to: 'closed' });
  });
  if (model.status === 'pending') model.status = 'closed';
});

const refund = (amountFen: number): Command =>
  command(`refund(${amountFen})`, async (model, real) => {
    const mayBegin = model.status === 'paid' || model.status === 'partially_refunded';
    const fits = amountFen <= PRICE - model.refunded;
    try {
      real.refundId = await run(async (tx) =>
        startRefund(
          tx,
          await lockOrder(tx, real.orderId),
          { amountFen, reason: 'asked' },
          { actorId: null },
        ),
      );
    } catch (error) {
      expect(error).toBeInstanceOf(AppError);
      expect(mayBegin && fits).toBe(false);
      return;
    }
    expect(mayBegin && fits).toBe(true);
    model.status = 'refunding';
    model.underWay = amountFen;
  });

const finish = (state: 'done' | 'failed'): Command =>
  command(state, async (model, { refundId }) => {
    if (refundId === null) return;
    const isNew = await run((tx) => finishRefund(tx, refundId, state));
    expect(isNew).toBe(model.underWay > 0);
    if (model.underWay === 0) return;
    if (state === 'done') model.refunded += model.underWay;
    model.underWay = 0;
    if (model.refunded === 0) model.status = 'paid';
    else model.status = model.refunded === PRICE ? 'refunded' : 'partially_refunded';
  });

it('ends where the model does, one grant and one ledger, whatever happens in whatever order', async () => {
  const admin = await t.user({ role: 'admin' });
  const plan = await buildPlan(admin);
  const commands = fc.commands(
    [
      fc
        .tuple(fc.integer({ min: 1, max: 2 }), fc.constantFrom(PRICE, PRICE, PRICE, 1))
        .map((args) => pay(...args)),
      fc.constant(close),
      fc.constantFrom(400, 800, PRICE).map(refund),
      fc.constantFrom('done' as const, 'done' as const, 'failed' as const).map(finish),
    ],
    { maxCommands: 15 },
  );
  const seen = new Set<OrderStatus>();
  await fc.assert(
    fc.asyncProperty(commands, async (history) => {
      const user = await t.user();
      const order = await buildOrder(t, { userId: user.id, plan });
      const model: Model = { status: 'pending', refunded: 0, underWay: 0, paidBy: [] };
      await fc.asyncModelRun(
        () => ({ model, real: { orderId: order.id, refundId: null } }),
        history,
      );
      seen.add(model.status);
    }),
    { numRuns: 60 },
  );
  // A run that never got anywhere would prove nothing.
  expect(seen.size).toBeGreaterThanOrEqual(4);
});

it('is held to its states by the database, whoever writes', async () => {
  const admin = await t.user({ role: 'admin' });
  const plan = await buildPlan(admin);
  const user = await t.user();
  const order = await buildOrder(t, { userId: user.id, plan });
  const { db } = t.services();
  const wrong: Partial<typeof schema.orders.$inferInsert>[] = [
    { status: 'paid' },
    { paidAt: new Date() },
    { refundedFen: 1 },
    { amountFen: 0 },
    { status: 'refunded', paidAt: new Date(), refundedFen: 1199 },
    { status: 'partially_refunded', paidAt: new Date(), refundedFen: 1200 },
    { outTradeNo: 'with a space' },
  ];
  for (const values of wrong) {
    const write = db.update(schema.orders).set(values).where(eq(schema.orders.id, order.id));
    await expect(write).rejects.toThrow();
  }
  await expect(buildOrder(t, { userId: user.id, plan })).rejects.toThrow();
});
