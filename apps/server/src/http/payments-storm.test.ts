// Everything that may happen to a checkout at once, in any order: what went in and out is what the channels say.
import { schema } from '@ainotebook/db';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bearer, type Person } from '../test-support.js';
import { useShop } from './payments-support.js';

const { server, admin, alipay, wechat, order, rowOf, given, expire, ...shop } = useShop();

type Channel = 'alipay' | 'wechat';
type Made = Awaited<ReturnType<typeof order>>;
/** What is done with one of the orders of a checkout. */
type Deed = 'notice' | 'check' | 'refund all' | 'refund a part' | 'expire' | 'give back elsewhere';
interface Storm {
  first: Channel;
  /** Which of the two orders are paid at their channel. */
  paid: [boolean, boolean];
  deeds: [0 | 1, Deed][];
  isDeleted: boolean;
}

const deeds: Deed[] = [
  'notice',
  'notice',
  'check',
  'refund all',
  'refund a part',
  'expire',
  'give back elsewhere',
];
const storms = fc.record<Storm>({
  first: fc.constantFrom('alipay', 'wechat'),
  paid: fc.tuple(fc.boolean(), fc.boolean()),
  deeds: fc.array(fc.tuple(fc.constantFrom(0 as const, 1 as const), fc.constantFrom(...deeds)), {
    minLength: 4,
    maxLength: 10,
  }),
  isDeleted: fc.boolean(),
});

const isPaid = ({ channel, no }: Made) =>
  (channel === 'alipay' ? alipay() : wechat()).trade(no).state === 'paid';

/** @returns what the server answered, null where there was nothing to do */
async function act(made: Made, person: Person, deed: Deed): Promise<{ status: number } | null> {
  const { id, no, channel } = made;
  const refund = (amountFen: number) =>
    server.mutate('admin.orders.refund', { id, amountFen, reason: 'x' }, bearer(admin()));
  switch (deed) {
    case 'notice':
      if (!isPaid(made)) return null;
      if (channel === 'alipay') return shop.notifyAlipay(alipay().notice(no));
      return shop.notifyWechat(wechat().notice(no));
    case 'check':
      return server.mutate('orders.check', { id }, bearer(person));
    case 'refund all':
      return refund(12_000);
    case 'refund a part':
      return refund(5_000);
    case 'expire':
      await expire(id);
      return null;
    case 'give back elsewhere':
      if (isPaid(made)) (channel === 'alipay' ? alipay() : wechat()).refundByMerchant(no, 2_000);
      return null;
  }
}

async function pay({ channel, no }: Made): Promise<void> {
  // Closed at its channel when the other one was ordered.
  const { state } = (channel === 'alipay' ? alipay() : wechat()).trade(no);
  if (state === 'closed') return;
  if (channel === 'alipay') shop.payAlipay(no);
  else wechat().pay(no);
}

/** What the merchant did elsewhere is told of, as Alipay does it, or by the bill. */
async function tellOfRefunds({ channel, no, id }: Made): Promise<void> {
  const trade = (channel === 'alipay' ? alipay() : wechat()).trade(no);
  const refundNo = `m-${no}`;
  if (!trade.refunds.has(refundNo)) return;
  const { db } = server.database();
  const now = new Date();
  await db.insert(schema.outbox).values({
    topic: 'orders.foreign-refund',
    payload: { orderId: id, refundNo },
    nextAt: now,
    dueAt: now,
  });
}

it('grants at most once, and the ledger is the bill, whatever comes at once', async () => {
  const outcomes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(storms, async ({ first, paid, deeds: todo, isDeleted }) => {
      const person = await server.register();
      const second = first === 'alipay' ? 'wechat' : 'alipay';
      const both = [
        await order(person, { channel: first }),
        await order(person, { channel: second }),
      ];
      for (const [at, made] of both.entries()) if (paid[at]) await pay(made);
      const answers = await Promise.all([
        ...todo.map(([at, deed]) => act(both[at] as Made, person, deed)),
        isDeleted
          ? server.mutate('users.delete', { password: 'correct horse battery' }, bearer(person))
          : null,
      ]);
      for (const answer of answers) expect(answer?.status ?? 200).toBeLessThan(500);
      await shop.runJobs();
      for (const made of both) await tellOfRefunds(made);
      await shop.runJobs();
      const ids = both.map(({ id }) => id);
      expect(await shop.ledger(ids)).toBe(shop.bill(both.map(({ no }) => no)));
      const rows = await Promise.all(ids.map(rowOf));
      const held = (await given(person)).length;
      const isOwed = rows.some(
        ({ status }) => status === 'paid' || status === 'partially_refunded',
      );
      expect(held).toBe(isOwed && rows.every(({ userId }) => userId !== null) ? 1 : 0);
      outcomes.add(rows.map(({ status }) => status).join());
    }),
    { numRuns: 10 },
  );
  expect(await server.database().db.select().from(schema.deadLetters)).toEqual([]);
  // Storms that all end alike would prove nothing.
  expect(outcomes.size).toBeGreaterThan(2);
}, 240_000);
