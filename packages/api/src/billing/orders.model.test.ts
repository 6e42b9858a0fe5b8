// Random histories of an order against a model of what may become of it.
import { schema, type Tx } from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AppError } from '../errors.js';
import { useApi } from '../test-support.js';
import { lockOrder, moveOrder, ORDER_MOVES, type OrderStatus } from './order-moves.js';
import { bookForeignRefund, finishRefund, startRefund } from './refunds.js';
import { settlePayment } from './settle.js';
import { buildOrder, buildPlan } from './test-support.js';

const t = useApi();
const PRICE = 1200;

interface Model {
  status: OrderStatus;
  refunded: number;
  underWay: number;
  /** Of the refund that was begun last, where it failed: the channel may still do it. */
  failed: number;
  paidBy: string[];
  /** Refunds that began elsewhere, by number. */
  elsewhere: number[];
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
    if (amountFen !== PRICE) return expect(outcome).toBe('mismatch');
    if (model.paidBy.includes(transactionId)) return expect(outcome).toBe('repeat');
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
    model.failed = 0;
  });

const settle = (model: Model, amountFen: number) => {
  model.refunded += amountFen;
  if (model.underWay > 0 && model.refunded < PRICE) model.status = 'refunding';
  else model.status = model.refunded === PRICE ? 'refunded' : 'partially_refunded';
};

const finish = (state: 'done' | 'failed'): Command =>
  command(state, async (model, { refundId }) => {
    if (refundId === null) return;
    const isNew = await run((tx) => finishRefund(tx, refundId, state));
    const isLate = model.underWay === 0 && model.failed > 0 && state === 'done';
    expect(isNew).toBe(model.underWay > 0 || isLate);
    if (!isNew) return;
    const amountFen = isLate ? model.failed : model.underWay;
    model.underWay = 0;
    model.failed = state === 'failed' ? amountFen : 0;
    // More than was paid: written down for a person, and nothing else.
    if (state === 'done' && model.refunded + amountFen <= PRICE) settle(model, amountFen);
    else if (state === 'failed' && model.status === 'refunding') {
      model.status = model.refunded === 0 ? 'paid' : 'partially_refunded';
    }
  });

/** The merchant gives money back in the channel's own console. */
const giveBackElsewhere = (number: number, amountFen: number): Command =>
  command(`elsewhere(${number}, ${amountFen})`, async (model, { orderId }) => {
    const refundNo = `m-${number}-${orderId}`;
    const found = { refundNo, amountFen, transactionId: `${orderId}-1` };
    // Told of twice, it is one.
    for (let time = 0; time < 2; time += 1) {
      await run((tx) => bookForeignRefund(tx, orderId, found));
    }
    const isPaid = model.paidBy.length > 0;
    // That of a second payment leaves the order as it is.
    const isOfSecond = model.paidBy.includes(`${orderId}-1`) && model.paidBy[0] !== `${orderId}-1`;
    if (!isPaid || model.elsewhere.includes(number)) return;
    if (isOfSecond) return;
    model.elsewhere.push(number);
    if (model.refunded + amountFen <= PRICE) settle(model, amountFen);
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
      fc
        .tuple(fc.integer({ min: 1, max: 2 }), fc.constantFrom(300, PRICE))
        .map((args) => giveBackElsewhere(...args)),
    ],
    { maxCommands: 15 },
  );
  const seen = new Set<OrderStatus>();
  await fc.assert(
    fc.asyncProperty(commands, async (history) => {
      const user = await t.user();
      const order = await buildOrder(t, { userId: user.id, plan });
      const model: Model = {
        ...{ status: 'pending', refunded: 0, underWay: 0, failed: 0 },
        paidBy: [],
        elsewhere: [],
      };
      await fc.asyncModelRun(
        () => ({ model, real: { orderId: order.id, refundId: null } }),
        history,
      );
      seen.add(model.status);
    }),
    { numRuns: 100 },
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

it('and what has happened is held too: nothing of it unhappens, whoever writes', async () => {
  const admin = await t.user({ role: 'admin' });
  const plan = await buildPlan(admin);
  const [user, other] = [await t.user(), await t.user()];
  const order = await buildOrder(t, { userId: user.id, plan });
  const { db } = t.services();
  await run((tx) => settlePayment(tx, order.id, { transactionId: order.id, amountFen: PRICE }));
  const refundId = await run(async (tx) =>
    startRefund(
      tx,
      await lockOrder(tx, order.id),
      { amountFen: PRICE, reason: 'x' },
      { actorId: null },
    ),
  );
  await run((tx) => finishRefund(tx, refundId, 'done'));
  const { id } = order;
  const ofOrder = sql`where order_id = ${id}`;
  const wrong = [
    sql`update orders set status = 'paid', refunded_fen = 0 where id = ${id}`,
    sql`update orders set status = 'pending', paid_at = null, refunded_fen = 0 where id = ${id}`,
    sql`update orders set amount_fen = 1, refunded_fen = 1 where id = ${id}`,
    sql`update orders set user_id = ${other.id} where id = ${id}`,
    sql`update payments set amount_fen = 1 ${ofOrder}`,
    sql`insert into payments (id, order_id, channel, transaction_id, amount_fen, is_surplus)
      values (gen_random_uuid(), ${id}, 'wechat', 'another', 1, false)`,
    sql`update refunds set state = 'pending', finished_at = null ${ofOrder}`,
    sql`update refunds set amount_fen = 1 ${ofOrder}`,
    sql`update entitlements set revoked_at = null ${ofOrder}`,
    sql`update entitlements set user_id = ${other.id} ${ofOrder}`,
    sql`update plan_versions set benefits = '{}' where plan_id = ${plan.id}`,
    sql`update plan_prices set amount_fen = 1
      where version_id in (select id from plan_versions where plan_id = ${plan.id})`,
  ];
  for (const statement of wrong) {
    const said = await db.execute(statement).then(
      () => 'done',
      (error: unknown) => (error instanceof Error ? String(error.cause) : ''),
    );
    expect(said).toMatch(/does not (change|go from)|duplicate key/);
  }
});
