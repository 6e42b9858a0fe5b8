import { schema } from '@ainotebook/db';
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { bearer, errorOf, type Person } from '../test-support.js';
import { useShop } from './payments-support.js';

const {
  server,
  admin,
  alipay,
  wechat,
  order,
  rowOf,
  given,
  notifyAlipay,
  notifyWechat,
  payAlipay,
  runJobs,
  expire,
  ledger,
  bill,
} = useShop();

describe('an order whose time is over', () => {
  it('is closed once the channel says so, and not before', async () => {
    const person = await server.register();
    const made = await order(person, { channel: 'wechat' });
    await expire(made.id);
    wechat().behave('broken');
    await runJobs();
    expect((await rowOf(made.id)).status).toBe('pending');
    wechat().behave('answer');
    await runJobs();
    expect((await rowOf(made.id)).status).toBe('closed');
    expect(wechat().trade(made.no).state).toBe('closed');
  });

  it('and was paid all the same is paid', async () => {
    const person = await server.register();
    const made = await order(person);
    // Scanned after we had closed it: for Alipay there was nothing to close.
    await expire(made.id);
    await runJobs();
    expect((await rowOf(made.id)).status).toBe('closed');
    payAlipay(made.no);
    expect((await notifyAlipay(alipay().notice(made.no))).text).toBe('success');
    expect((await rowOf(made.id)).status).toBe('paid');
    expect(await given(person)).toHaveLength(1);
  });

  it('and was paid twice, by both channels, is given once; the rest goes back', async () => {
    const person = await server.register();
    const first = await order(person);
    const second = await order(person, { channel: 'wechat' });
    wechat().pay(second.no);
    await notifyWechat(wechat().notice(second.no));
    payAlipay(first.no);
    expect((await notifyAlipay(alipay().notice(first.no))).text).toBe('success');
    await runJobs();
    expect((await rowOf(second.id)).status).toBe('paid');
    expect(await rowOf(first.id)).toMatchObject({ status: 'refunded', refundedFen: 12_000 });
    expect(await given(person)).toHaveLength(1);
    expect(await ledger([first.id, second.id])).toBe(12_000);
    expect(bill([first.no, second.no])).toBe(12_000);
  });
});

describe('a refund', () => {
  const refund = (id: string, amountFen: number, by = admin()) =>
    server.mutate('admin.orders.refund', { id, amountFen, reason: 'asked' }, bearer(by));
  const paidOrder = async (person: Person, channel: 'alipay' | 'wechat') => {
    const made = await order(person, { channel });
    if (channel === 'alipay') payAlipay(made.no);
    else wechat().pay(made.no);
    await server.mutate('orders.check', { id: made.id }, bearer(person));
    return made;
  };

  it.each(['alipay', 'wechat'] as const)(
    '%s: a part, then the rest, to the fen',
    async (channel) => {
      const person = await server.register();
      const made = await paidOrder(person, channel);
      expect(errorOf(await refund(made.id, 1, person)).data.appCode).toBe('forbidden');
      expect(errorOf(await refund(made.id, 12_001)).data.appCode).toBe('bad_input');
      expect((await refund(made.id, 4000)).status).toBe(200);
      expect(errorOf(await refund(made.id, 1)).data.appCode).toBe('conflict');
      await runJobs();
      expect(await rowOf(made.id)).toMatchObject({
        status: 'partially_refunded',
        refundedFen: 4000,
      });
      expect(await given(person)).toHaveLength(1);
      expect((await refund(made.id, 8000)).status).toBe(200);
      await runJobs();
      expect((await rowOf(made.id)).status).toBe('refunded');
      expect(await given(person)).toEqual([]);
      expect(await ledger([made.id])).toBe(0);
      expect(bill([made.no])).toBe(0);
    },
  );

  it('whose answer was lost, or takes long, goes back once', async () => {
    const person = await server.register();
    const made = await paidOrder(person, 'wechat');
    await refund(made.id, 12_000);
    wechat().behave('drop');
    await runJobs();
    expect((await rowOf(made.id)).status).toBe('refunding');
    wechat().behave('answer');
    wechat().delayRefunds(true);
    await runJobs();
    expect((await rowOf(made.id)).status).toBe('refunding');
    expect(await given(person)).toHaveLength(1);
    const { refundNo } = (
      await server
        .database()
        .db.select()
        .from(schema.refunds)
        .where(eq(schema.refunds.orderId, made.id))
    )[0] ?? { refundNo: '' };
    const notice = wechat().refundNotice(made.no, refundNo);
    expect((await notifyWechat(notice)).status).toBe(200);
    expect((await notifyWechat(notice)).status).toBe(200);
    await runJobs();
    expect((await rowOf(made.id)).status).toBe('refunded');
    expect(await given(person)).toEqual([]);
    expect(bill([made.no])).toBe(0);
  });
});

describe('money that nobody waits for', () => {
  it.each(['alipay', 'wechat'] as const)(
    '%s: a second payment of one order goes back, told once or often',
    async (channel) => {
      const [person, other] = [await server.register(), await server.register()];
      const made = await order(person, { channel });
      const theirs = await order(other, { channel });
      if (channel === 'alipay') payAlipay(made.no);
      else wechat().pay(made.no);
      await server.mutate('orders.check', { id: made.id }, bearer(person));
      const tell = async () => {
        if (channel === 'alipay') {
          const changes = { trade_no: second, notify_id: 'second' };
          return notifyAlipay(alipay().notice(made.no, { changes }));
        }
        return notifyWechat(wechat().notice(made.no, { changes: { transaction_id: second } }));
      };
      const second = channel === 'alipay' ? alipay().payAgain(made.no) : wechat().payAgain(made.no);
      expect((await tell()).status).toBe(200);
      expect((await tell()).status).toBe(200);
      await runJobs();
      expect((await tell()).status).toBe(200);
      await runJobs();
      // The order stays paid, with its term; only the second payment went back.
      expect(await rowOf(made.id)).toMatchObject({ status: 'paid', refundedFen: 0 });
      expect(await given(person)).toHaveLength(1);
      expect(await ledger([made.id])).toBe(12_000);
      expect(bill([made.no])).toBe(12_000);
      expect((await rowOf(theirs.id)).status).toBe('pending');
      // And what it was paid with can still be refunded.
      const input = { id: made.id, amountFen: 12_000, reason: 'asked' };
      expect((await server.mutate('admin.orders.refund', input, bearer(admin()))).status).toBe(200);
      await runJobs();
      expect((await rowOf(made.id)).status).toBe('refunded');
      expect(await given(person)).toEqual([]);
      expect(bill([made.no])).toBe(0);
    },
  );

  it('for an order of a deleted account goes back', async () => {
    const [person, other] = [await server.register(), await server.register()];
    const made = await order(person);
    const kept = await order(other);
    const gone = await server.mutate(
      'users.delete',
      { password: 'correct horse battery' },
      bearer(person),
    );
    expect(gone.status).toBe(200);
    expect(await rowOf(made.id)).toMatchObject({ userId: null, status: 'pending' });
    payAlipay(made.no);
    expect((await notifyAlipay(alipay().notice(made.no))).text).toBe('success');
    expect((await notifyAlipay(alipay().notice(made.no))).text).toBe('success');
    await runJobs();
    expect(await rowOf(made.id)).toMatchObject({ status: 'refunded', refundedFen: 12_000 });
    expect(await ledger([made.id])).toBe(0);
    expect(bill([made.no])).toBe(0);
    expect((await rowOf(kept.id)).status).toBe('pending');
  });

  it('is a number that operators are alerted by, as money for nothing of ours is', async () => {
    const made = await order(await server.register());
    payAlipay(made.no);
    const changes = { out_trade_no: 'of-another-shop' };
    expect((await notifyAlipay(alipay().notice(made.no, { changes }))).text).toBe('fail');
    const { text } = await server.send({ path: '/metrics' });
    expect(text).toContain('payments{state="paid_twice"} 4');
    expect(text).toContain('payments{state="unknown_order"} 1');
    expect(text).toContain('payments{state="refunding"} 0');
    expect(text).toMatch(/payments\{state="pending"\} [1-9]/);
  });
});
