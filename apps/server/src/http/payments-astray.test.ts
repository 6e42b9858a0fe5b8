// Money whose way went wrong somewhere: nothing of it may be lost, and none given twice.
import { randomUUID } from 'node:crypto';
import { schema } from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { bearer, dataOf, errorOf, type Person } from '../test-support.js';
import { useShop } from './payments-support.js';

const {
  server,
  admin,
  planId,
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
const db = () => server.database().db;
const refundsOf = (orderId: string) =>
  db().select().from(schema.refunds).where(eq(schema.refunds.orderId, orderId));

/** An order that is paid, and heard of. */
async function bought(fields: { channel?: 'alipay' | 'wechat' } = {}) {
  const person = await server.register();
  const made = await order(person, fields);
  if (fields.channel === 'wechat') {
    wechat().pay(made.no);
    await notifyWechat(wechat().notice(made.no));
  } else {
    payAlipay(made.no);
    await notifyAlipay(alipay().notice(made.no));
  }
  return { person, ...made };
}

const refund = (id: string, amountFen: number) =>
  server.mutate('admin.orders.refund', { id, amountFen, reason: '不要了' }, bearer(admin()));

/** What both ledgers say of an order is the same. */
async function expectEven({ id, no }: { id: string; no: string }): Promise<void> {
  expect(await ledger([id])).toBe(bill([no]));
}

describe('money for an order that was closed', () => {
  it('whose code nobody had scanned is found though no notice comes', async () => {
    const person = await server.register();
    const first = await order(person);
    const second = await order(person, { channel: 'wechat' });
    expect((await rowOf(first.id)).status).toBe('closed');
    // The code is still on the other screen, and Alipay cannot close what was not scanned.
    payAlipay(first.no);
    await runJobs();
    expect((await rowOf(first.id)).status).toBe('paid');
    expect((await rowOf(second.id)).status).toBe('closed');
    expect(await given(person)).toHaveLength(1);
    await expectEven(first);
  });

  it('is found at once by whoever says to have paid, and by nobody else', async () => {
    const [person, other] = [await server.register(), await server.register()];
    const first = await order(person);
    await order(person, { channel: 'wechat' });
    payAlipay(first.no);
    const check = (who: Person) => server.mutate('orders.check', { id: first.id }, bearer(who));
    expect(errorOf(await check(other)).data.appCode).toBe('not_found');
    expect(dataOf(await check(person))).toMatchObject({ status: 'paid' });
    expect(await given(person)).toHaveLength(1);
  });

  it('is asked about until it cannot be paid any more, and then no longer', async () => {
    const made = await order(await server.register());
    await expire(made.id);
    await runJobs();
    expect((await rowOf(made.id)).status).toBe('closed');
    const asked = () => alipay().calls.filter(({ params }) => about(params, made.no)).length;
    await db()
      .update(schema.orders)
      .set({ expiresAt: sql`now() - interval '3 minutes'` })
      .where(eq(schema.orders.id, made.id));
    await runJobs();
    const before = asked();
    await runJobs();
    expect(asked()).toBe(before);
  });
});

const about = ({ biz_content: content = '' }: Record<string, string>, no: string) =>
  content.includes(no);

describe('a refund', () => {
  it('that needs the merchant’s help is done when the channel says so, after hours too', async () => {
    const made = await bought({ channel: 'wechat' });
    wechat().sayOfRefunds('ABNORMAL');
    await refund(made.id, 12_000);
    await runJobs();
    const [{ refundNo = '' } = {}] = await refundsOf(made.id);
    const changes = { refund_status: 'ABNORMAL' };
    await notifyWechat(wechat().refundNotice(made.no, refundNo, { changes }));
    expect((await rowOf(made.id)).status).toBe('refunding');
    expect((await notifyWechat(wechat().refundNotice(made.no, refundNo))).status).toBe(200);
    expect((await rowOf(made.id)).status).toBe('refunded');
    expect(await given(made.person)).toEqual([]);
    await expectEven(made);
  });

  it('that the channel had closed and then made is booked', async () => {
    const made = await bought({ channel: 'wechat' });
    wechat().sayOfRefunds('CLOSED');
    await refund(made.id, 12_000);
    await runJobs();
    expect((await rowOf(made.id)).status).toBe('paid');
    const [{ refundNo = '' } = {}] = await refundsOf(made.id);
    await notifyWechat(wechat().refundNotice(made.no, refundNo));
    expect(await rowOf(made.id)).toMatchObject({ status: 'refunded', refundedFen: 12_000 });
    expect(await given(made.person)).toEqual([]);
  });

  it('whose answer was lost is asked about before it is given up', async () => {
    const made = await bought();
    await refund(made.id, 500);
    alipay().behave('drop');
    await runJobs();
    alipay().behave('answer');
    // The money has moved; now the channel refuses whatever it is told.
    alipay().sayOf('alipay.trade.refund', { code: '40004', msg: 'x', sub_code: 'ACQ.X' });
    await runJobs();
    alipay().sayOf('alipay.trade.refund', null);
    expect(await rowOf(made.id)).toMatchObject({ status: 'partially_refunded', refundedFen: 500 });
    await expectEven(made);
  });

  it('for which there is no money yet waits, and for a wrong key too', async () => {
    const made = await bought();
    await refund(made.id, 500);
    for (const sub_code of ['ACQ.SELLER_BALANCE_NOT_ENOUGH', 'isv.invalid-signature']) {
      const code = sub_code.startsWith('isv') ? '40002' : '40004';
      alipay().say({ code, msg: 'x', sub_code });
      await runJobs();
      expect((await rowOf(made.id)).status).toBe('refunding');
    }
    alipay().say(null);
    await runJobs();
    expect((await rowOf(made.id)).status).toBe('partially_refunded');
    await expectEven(made);
  });

  it('that was refused is begun anew by an administrator, once', async () => {
    const made = await bought();
    const again = alipay().payAgain(made.no);
    await notifyAlipay(alipay().notice(made.no, { changes: { trade_no: again, notify_id: '2' } }));
    alipay().sayOf('alipay.trade.refund', { code: '40004', msg: 'x', sub_code: 'ACQ.X' });
    await runJobs();
    const [failed] = await refundsOf(made.id);
    expect(failed).toMatchObject({ state: 'failed', amountFen: 12_000 });
    alipay().sayOf('alipay.trade.refund', null);
    const retry = (who: Person) =>
      server.mutate('admin.orders.retryRefund', { id: failed?.id }, bearer(who));
    expect(errorOf(await retry(made.person)).data.appCode).toBe('forbidden');
    const both = await Promise.all([retry(admin()), retry(admin())]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    await runJobs();
    // The second payment went back, the first and its plan stayed.
    expect(await given(made.person)).toHaveLength(1);
    expect((await rowOf(made.id)).status).toBe('paid');
    await expectEven(made);
    expect(errorOf(await retry(admin())).data.appCode).toBe('conflict');
  });

  it('of a part that was begun anew gives back that part once', async () => {
    const made = await bought();
    await refund(made.id, 500);
    alipay().sayOf('alipay.trade.refund', { code: '40004', msg: 'x', sub_code: 'ACQ.X' });
    await runJobs();
    alipay().sayOf('alipay.trade.refund', null);
    const shown = async () =>
      dataOf(await server.query('admin.orders.get', { id: made.id }, bearer(admin()))) as {
        refunds: { id: string; canRetry: boolean }[];
      };
    const [failed] = (await shown()).refunds;
    expect(failed?.canRetry).toBe(true);
    const retry = () =>
      server.mutate('admin.orders.retryRefund', { id: failed?.id }, bearer(admin()));
    expect((await retry()).status).toBe(200);
    await runJobs();
    expect(errorOf(await retry()).data.appCode).toBe('conflict');
    expect((await shown()).refunds.map(({ canRetry }) => canRetry)).toEqual([false, false]);
    expect(await rowOf(made.id)).toMatchObject({ status: 'partially_refunded', refundedFen: 500 });
    await expectEven(made);
  });
});

describe('what the merchant gives back in the channel’s own console', () => {
  const notice = (no: string, refundNo: string, fee: string) =>
    alipay().notice(no, {
      changes: {
        notify_id: refundNo,
        out_biz_no: refundNo,
        refund_fee: fee,
        gmt_refund: '2026-03-01 08:00:00.123',
      },
    });

  it('as a whole ends the plan, told of twice', async () => {
    const made = await bought();
    const refundNo = alipay().refundByMerchant(made.no);
    for (let time = 0; time < 2; time += 1) {
      expect((await notifyAlipay(notice(made.no, refundNo, '120.00'))).text).toBe('success');
      await runJobs();
    }
    expect(await rowOf(made.id)).toMatchObject({ status: 'refunded', refundedFen: 12_000 });
    expect(await given(made.person)).toEqual([]);
    await expectEven(made);
  });

  it('in part is booked to the fen that Alipay names, whatever the notice says', async () => {
    const made = await bought();
    await refund(made.id, 1_000);
    await runJobs();
    const refundNo = alipay().refundByMerchant(made.no, 2_000);
    await notifyAlipay(notice(made.no, refundNo, '30.00'));
    await runJobs();
    const row = { status: 'partially_refunded', refundedFen: 3_000 };
    expect(await rowOf(made.id)).toMatchObject(row);
    expect(await given(made.person)).toHaveLength(1);
    await expectEven(made);
  });

  it('before we knew that it was paid owes nobody anything', async () => {
    const made = await order(await server.register(), { channel: 'wechat' });
    wechat().pay(made.no);
    wechat().refundByMerchant(made.no, 12_000);
    const told = wechat().notice(made.no, { changes: { trade_state: 'REFUND' } });
    expect((await notifyWechat(told)).status).toBe(200);
    expect((await rowOf(made.id)).status).toBe('pending');
    await runJobs();
    expect((await rowOf(made.id)).status).toBe('closed');
  });
});

describe('an order that hangs', () => {
  /** The channel is not set up in this process for a while. */
  async function withoutAlipay(work: () => Promise<void>): Promise<void> {
    const payments = server.services().payments as { alipay?: unknown };
    const { alipay: kept } = payments;
    delete payments.alipay;
    await work();
    payments.alipay = kept;
  }

  it('since its channel was switched off keeps nobody from another, and is asked about afterwards', async () => {
    const person = await server.register();
    const first = await order(person);
    payAlipay(first.no);
    await withoutAlipay(async () => {
      await runJobs();
      const second = await order(person, { channel: 'wechat' });
      expect(second.status).toBe('pending');
    });
    await runJobs();
    expect((await rowOf(first.id)).status).toBe('paid');
    expect(await given(person)).toHaveLength(1);
  });

  it('since the job that asks about it has died is swept up', async () => {
    const person = await server.register();
    const made = await order(person);
    payAlipay(made.no);
    await db().delete(schema.outbox).where(sql`payload ->> 'orderId' = ${made.id}`);
    await runJobs();
    expect((await rowOf(made.id)).status).toBe('pending');
    await db()
      .update(schema.orders)
      .set({ expiresAt: sql`now() - interval '6 minutes'` })
      .where(eq(schema.orders.id, made.id));
    const now = sql`now()`;
    const sweep = { id: randomUUID(), topic: 'orders.sweep', payload: {} };
    await db()
      .insert(schema.outbox)
      .values({ ...sweep, nextAt: now, dueAt: now });
    await runJobs();
    expect((await rowOf(made.id)).status).toBe('paid');
    expect(await given(person)).toHaveLength(1);
  });

  it('since another amount was paid is written down once, and is over', async () => {
    const person = await server.register();
    const made = await order(person);
    payAlipay(made.no);
    alipay().trade(made.no).amountFen = 11_999;
    const odd = alipay().notice(made.no);
    for (let time = 0; time < 3; time += 1) expect((await notifyAlipay(odd)).text).toBe('fail');
    await runJobs();
    await expire(made.id);
    await runJobs();
    expect((await rowOf(made.id)).status).toBe('closed');
    const noted = await db()
      .select({ action: schema.auditEvents.action })
      .from(schema.auditEvents)
      .where(eq(schema.auditEvents.subjectId, made.id));
    expect(noted.filter(({ action }) => action === 'order.mismatch')).toHaveLength(1);
    expect((await order(person)).status).toBe('pending');
    expect(await given(person)).toEqual([]);
  });
});

describe('a plan that is had for good', () => {
  it('is not sold again, and what is paid for it all the same goes back', async () => {
    const person = await server.register();
    const made = await order(person);
    const grant = { userId: person.id, planId: planId(), period: 'lifetime', reason: '谢谢' };
    await server.mutate('admin.entitlements.grant', grant, bearer(admin()));
    await expect(order(person, { period: 'month' })).rejects.toThrow('conflict');
    payAlipay(made.no);
    expect((await notifyAlipay(alipay().notice(made.no))).text).toBe('success');
    await runJobs();
    expect((await rowOf(made.id)).status).toBe('refunded');
    expect(await given(person)).toHaveLength(1);
    await expectEven(made);
  });
});

describe('a notice', () => {
  it('that is believed and cannot be settled is kept with its order, and taken when it comes again', async () => {
    const { id, no } = await order(await server.register());
    payAlipay(no);
    await db().transaction(async (tx) => {
      await tx.execute(sql`select 1 from orders where id = ${id} for update`);
      expect((await notifyAlipay(alipay().notice(no))).text).not.toBe('success');
    });
    const record = dataOf(await server.query('admin.orders.get', { id }, bearer(admin())));
    expect(record).toMatchObject({ status: 'pending', notices: [{ state: 'received' }] });
    expect((await notifyAlipay(alipay().notice(no))).text).toBe('success');
    expect((await rowOf(id)).status).toBe('paid');
  });

  it('of a payment that is known, with another amount, is refused', async () => {
    const made = await bought();
    const changes = { total_amount: '119.99', notify_id: 'odd' };
    expect((await notifyAlipay(alipay().notice(made.no, { changes }))).text).toBe('fail');
    expect((await rowOf(made.id)).status).toBe('paid');
  });

  it('that comes while its buyer’s account is deleted ends for both', async () => {
    for (let time = 0; time < 4; time += 1) {
      const person = await server.register();
      const made = await order(person);
      payAlipay(made.no);
      const [told, gone] = await Promise.all([
        notifyAlipay(alipay().notice(made.no)),
        server.mutate('users.delete', { password: 'correct horse battery' }, bearer(person)),
      ]);
      expect([told.text, gone.status]).toEqual(['success', 200]);
      await runJobs();
      await expectEven(made);
    }
  });
});
